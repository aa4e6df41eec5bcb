"""The line at the bottom: each engine lane with a coloured dot, the library's folder, the device."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStatusBar, QWidget

from app.places import short_path
from app.session import StudioSession
from app.theme.icons import colour
from app.theme.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4
from app.widgets.labels import ElidedLabel, label

LANE_NAMES = {"gpu": "Pictures", "cpu": "Drawings and exports"}
STATES = {
    "stopped": ("asleep", "text_disabled"),
    "starting": ("waking up", "warning"),
    "ready": ("ready", "success"),
    "busy": ("working", "accent"),
    "failed": ("stopped", "danger"),
}


class LaneLight(QWidget):
    """One lane's dot and word."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_2)
        self._dot = _Dot(self)
        self._word = label("")
        layout.addWidget(self._dot)
        layout.addWidget(self._word)
        self._name = name
        self.set_state("stopped")

    def set_state(self, state: str) -> None:
        """`state` is an EngineState's value, in any case."""
        self.state = state.lower().rpartition(".")[2]
        word, tint = STATES.get(self.state, (self.state, "text_faint"))
        self._dot.set_colour(colour(tint))
        self._word.setText(f"{self._name} {word}")
        self.setToolTip(f"The engine for {self._name.lower()} is {word}.")


class _Dot(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._colour = QColor(Qt.GlobalColor.gray)
        self.setFixedSize(QSize(8, 8))

    def set_colour(self, value: str) -> None:
        self._colour = QColor(value)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour)
        painter.drawEllipse(QRectF(0.5, 0.5, 7, 7))
        painter.end()


class StatusBar(QStatusBar):
    """Follows a session by itself."""

    def __init__(self, session: StudioSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._session = session
        self.lanes = {lane: LaneLight(name) for lane, name in LANE_NAMES.items()}
        left = QWidget()
        layout = QHBoxLayout(left)
        layout.setContentsMargins(SPACE_2, 0, 0, 0)
        layout.setSpacing(SPACE_4)
        for light in self.lanes.values():
            layout.addWidget(light)
        self.addWidget(left)
        self._device = label("")
        self._library = ElidedLabel("", mode=Qt.TextElideMode.ElideMiddle)
        self._library.setMaximumWidth(420)
        self._library.setMinimumWidth(160)
        self._library.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.addPermanentWidget(self._device)
        self.addPermanentWidget(self._library)
        self.setContentsMargins(SPACE_1, 0, SPACE_3, 0)
        session.engine_state.connect(self._engine_state)
        session.opening.connect(lambda folder: self._library.setText(f"Opening {short_path(folder)} …"))
        session.opened.connect(self._opened)
        session.problem.connect(lambda _error, _folder: self._library.setText(""))
        session.closed.connect(self._closed)

    def add_light(self, light: QWidget) -> None:
        """Something at the right, before what pictures are made on."""
        self.insertPermanentWidget(1, light)

    def set_device(self, text: str) -> None:
        """What pictures are made on, for example "cpu · float32"."""
        self._device.setText(text)
        self._device.setToolTip("What the newest picture was made on")

    def _engine_state(self, lane: str, state: str) -> None:
        light = self.lanes.get(lane.lower().rpartition(".")[2])
        if light is not None:
            light.set_state(state)

    def _opened(self) -> None:
        if self._session.library is not None:
            self._library.setText(short_path(self._session.library.folder))

    def _closed(self) -> None:
        self._library.setText("")
        for light in self.lanes.values():
            light.set_state("stopped")
