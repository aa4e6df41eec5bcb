"""The line under the picture: what it is on the left, how it is shown on the right."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from app.canvas.image_view import ImageView
from app.history.player import Player
from app.theme.roles import set_role
from app.theme.tokens import SPACE_1, SPACE_2, SPACE_3
from app.widgets.buttons import ActionButton, IconButton, tooltip
from app.widgets.labels import ElidedLabel


class ViewBar(QFrame):
    """Follows an ImageView; `describe` sets the text at the left; `add_actions` fills the middle."""

    def __init__(self, view: ImageView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "bar")
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(SPACE_3, SPACE_1, SPACE_2, SPACE_1)
        self._layout.setSpacing(SPACE_1)
        self.text = ElidedLabel("", "faint")
        self._layout.addWidget(self.text, 1)
        self._actions_at = self._layout.count()
        self._layout.addSpacing(SPACE_3)
        self.checker = IconButton("grid-2x2", "Checkerboard behind transparency", checkable=True)
        self.checker.setChecked(True)
        self.checker.toggled.connect(view.set_checker)
        self.sharp = IconButton("scan", "Sharp pixels", checkable=True)
        self.sharp.toggled.connect(view.set_sharp_pixels)
        self.percent = QToolButton()
        self.percent.setMinimumWidth(52)
        self.percent.setToolTip(tooltip("Actual size", "Ctrl+Alt+0"))
        self.percent.clicked.connect(view.actual_size)
        fit = IconButton("maximize", "Fit", "Ctrl+0")
        fit.clicked.connect(view.fit)
        for widget in (self.checker, self.sharp, self.percent, fit):
            self._layout.addWidget(widget)
        view.zoomed.connect(
            lambda zoom: self.percent.setText(f"{zoom * view.devicePixelRatioF():.0%}".replace("%", " %"))
        )

    def follow(self, player: Player) -> None:
        """A button that pauses an animation, shown while there is one."""
        button = IconButton("pause", "Pause or go on")
        button.clicked.connect(player.toggle)
        button.hide()
        self._layout.insertWidget(self._actions_at, button)
        self._actions_at += 1

        def show(playing: bool) -> None:
            button.set_icon("pause" if playing else "play")
            button.setVisible(player.can_play)

        player.playing.connect(show)

    def describe(self, text: str) -> None:
        self.text.setText(text)

    def add_actions(self, actions: list[QAction]) -> None:
        """Buttons for what can be done with the picture."""
        for offset, action in enumerate(actions):
            self._layout.insertWidget(self._actions_at + offset, ActionButton(action))
