"""What could connect, where and when; and the switch that forbids all of it."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QFrame, QVBoxLayout, QWidget

from app.models_panel.desk import StudioModels
from app.theme.roles import set_role
from app.theme.tokens import SPACE_2, SPACE_3
from app.widgets.labels import label


class NetworkPage(QWidget):
    def __init__(self, desk: StudioModels, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        from engine.dispatch.model_desk import ModelDesk

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_2)
        self.offline = QCheckBox("Offline: nothing connects")
        self.offline.clicked.connect(desk.set_offline)
        desk.changed.connect(self._follow)
        layout.addWidget(self.offline)
        layout.addWidget(
            label("MascotForge connects to nothing unless you ask for it. This is all that can:", "muted",
                  wrap=True)
        )  # fmt: skip
        for one in ModelDesk.connections():
            card = QFrame()
            set_role(card, "card")
            inner = QVBoxLayout(card)
            inner.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_2)
            inner.setSpacing(0)
            inner.addWidget(label(f"{one.name}: {one.host}"))
            inner.addWidget(label(f"When {one.when}. Goes out: {one.sends}.", "faint", wrap=True))
            layout.addWidget(card)
        layout.addStretch(1)
        desk.open()

    def _follow(self) -> None:
        # A method, not a lambda: the desk outlives this page, and Qt ends only what it knows the receiver of.
        self.offline.setChecked(self._desk.offline)
