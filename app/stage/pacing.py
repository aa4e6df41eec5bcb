"""When to draw the next frame: at the screen's rate, by the display's sync where it blocks, by a timer elsewhere."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

DEFAULT_HERTZ = 60.0
MAX_HERTZ = 120.0


class FramePacer(QObject):
    """Emits `due` for each frame while running. The canvas calls `frame_done` when a frame has reached the screen."""

    due = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._fire)

    @property
    def running(self) -> bool:
        return self._timer.isActive()

    def start(self) -> None:
        if not self._timer.isActive():
            self._timer.start(0)

    def stop(self) -> None:
        self._timer.stop()

    def frame_done(self) -> None:
        """Plan the next frame: at once when the screen's sync has already spent the interval."""
        left = self._interval() - (time.perf_counter() - self._last)
        # A timer counts whole milliseconds: rounding down keeps the rate from falling below the screen's.
        self._timer.start(max(0, int(left * 1000)))

    def _interval(self) -> float:
        screen = self._widget.screen()
        hertz = screen.refreshRate() if screen is not None else DEFAULT_HERTZ  # pyright: ignore[reportUnnecessaryComparison]
        return 1.0 / min(max(hertz, 30.0), MAX_HERTZ)

    def _fire(self) -> None:
        self._last = time.perf_counter()
        self.due.emit()
