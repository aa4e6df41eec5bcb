"""The middle of the window: notes above, the picture and the stage as tabs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.theme.roles import set_role
from app.window.note_bar import NoteBar
from app.window.panels import LateTabs


class Workspace(QWidget):
    """`tabs` holds "picture", "animate" and "paint"."""

    def __init__(self) -> None:
        super().__init__()
        set_role(self, "canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.notes = NoteBar()
        tabs = [
            ("picture", "Picture", "image"),
            ("animate", "Animate", "play"),
            ("paint", "Paint", "brush"),
            ("logo", "Logo", "shapes"),
        ]
        self.tabs = LateTabs(tabs, centred=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.notes)
        layout.addWidget(self.tabs, 1)
        self._layout = layout

    def add_banner(self, banner: QWidget) -> None:
        """A line that stands over the tabs while it has something to say."""
        self._layout.insertWidget(0, banner)
