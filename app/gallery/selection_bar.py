"""What can be done with several pictures at once; shown while several are chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.gallery.stars import Stars
from app.theme.roles import set_role
from app.theme.tokens import SPACE_1, SPACE_2
from app.widgets.buttons import ActionButton
from app.widgets.labels import label


class SelectionBar(QFrame):
    """Emits `rated(int)`; other deeds are the window's own actions, put in by `add_actions`."""

    rated = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_2, SPACE_1, SPACE_2, SPACE_1)
        column.setSpacing(0)
        top = QHBoxLayout()
        self.count = label("", "field")
        self.stars = Stars("Rate the chosen pictures")
        self.stars.rated.connect(self.rated)
        top.addWidget(self.count, 1)
        top.addWidget(self.stars)
        column.addLayout(top)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(SPACE_1)
        self._buttons.addStretch(1)
        column.addLayout(self._buttons)
        self.hide()

    def add_actions(self, actions: Sequence[QAction]) -> None:
        for action in actions:
            self._buttons.addWidget(ActionButton(action))

    def show_chosen(self, number: int) -> None:
        """Appear for two and more."""
        self.count.setText(f"{number:,} chosen")
        self.stars.set_rating(0)
        self.setVisible(number > 1)
