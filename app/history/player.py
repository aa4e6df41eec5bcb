"""Plays an animation of the library in a picture view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from app.canvas.image_view import ImageView
from app.history.frames import Frame, read_frames
from app.session import StudioSession

if TYPE_CHECKING:
    from engine.library.entries import Entry


class Player(QObject):
    """Loops while it plays; late frames are left out, so that the speed stays right. Emits `playing(bool)`."""

    playing = Signal(bool)

    def __init__(self, session: StudioSession, view: ImageView) -> None:
        super().__init__(view)
        self._session, self._view = session, view
        self._frames: list[Frame] = []
        self._size: tuple[int, int] | None = None
        self._wanted: str | None = None
        self._at = -1
        self._skipped_ms = 0
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        session.closed.connect(self.stop)

    @property
    def is_playing(self) -> bool:
        return self._timer.isActive()

    @property
    def can_play(self) -> bool:
        """Whether there is an animation, playing or paused."""
        return len(self._frames) > 1

    @property
    def frame(self) -> int:
        """The number of the frame that is shown, -1 for none."""
        return self._at

    def play(self, entry: Entry) -> None:
        """Decode beside the window, then play."""
        self.stop()
        library = self._session.library
        if library is None:
            return
        self._wanted = entry.id
        artifact, path = entry.artifact, library.blobs.path(entry.artifact.blob)
        self._size = (artifact.width, artifact.height) if artifact.width and artifact.height else None
        self._session.background.run(
            lambda: read_frames(path, artifact), lambda frames: self._start(entry.id, frames), self._session.report
        )

    def stop(self) -> None:
        """Show nothing more; what was decoded is let go."""
        self._wanted = None
        self._timer.stop()
        self._frames, self._at = [], -1
        self.playing.emit(False)

    def toggle(self) -> None:
        """Pause, or go on from the frame that is shown."""
        if self._timer.isActive():
            self._timer.stop()
        elif len(self._frames) > 1:
            self._skipped_ms = sum(frame.milliseconds for frame in self._frames[: self._at])
            self._clock.restart()
            self._timer.start()
        self.playing.emit(self._timer.isActive())

    def _start(self, entry_id: str, frames: list[Frame]) -> None:
        if entry_id != self._wanted:
            return
        self._frames = frames
        self._skipped_ms = 0
        self._show(0)
        if len(frames) > 1:
            self._timer.setInterval(max(8, min(frame.milliseconds for frame in frames) // 2))
            self._clock.restart()
            self._timer.start()
        self.playing.emit(self._timer.isActive())

    def _tick(self) -> None:
        if not self._view.isVisible():
            return
        length = sum(frame.milliseconds for frame in self._frames)
        at = (self._clock.elapsed() + self._skipped_ms) % max(1, length)
        for number, frame in enumerate(self._frames):
            at -= frame.milliseconds
            if at < 0:
                self._show(number)
                return

    def _show(self, number: int) -> None:
        if number != self._at:
            self._at = number
            self._view.show_image(self._frames[number].image, self._size)
