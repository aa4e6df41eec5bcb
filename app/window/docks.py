"""Panels that dock around the canvas: a quiet title, and buttons to float and to close."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QEnterEvent, QIcon
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QWidget

from app.theme.icons import icon
from app.theme.roles import set_role
from app.theme.tokens import SPACE_1, SPACE_3
from app.widgets.buttons import IconButton
from app.widgets.labels import label

CREATE, GALLERY, QUEUE, COMMENTS = "create", "gallery", "queue", "comments"


class Dock(QDockWidget):
    """A dock whose name is also its place in the saved layout."""

    def __init__(self, name: str, title: str, content: QWidget, window: QMainWindow) -> None:
        super().__init__(title, window)
        self.setObjectName(name)
        content.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_role(content, "dock")
        self.setWidget(content)
        self.setTitleBarWidget(_TitleBar(self, title))


class _TitleBar(QWidget):
    def __init__(self, dock: Dock, title: str) -> None:
        super().__init__(dock)
        self.setObjectName("dockTitle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_3, SPACE_1, SPACE_1, SPACE_1)
        layout.setSpacing(0)
        layout.addWidget(label(title, "heading-small"), 1)
        floating = IconButton("external-link", f"Float or dock {title}")
        floating.clicked.connect(lambda: dock.setFloating(not dock.isFloating()))
        closing = IconButton("x", f"Hide {title}")
        closing.clicked.connect(dock.close)
        self._buttons = (floating, closing)
        for button in self._buttons:
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            layout.addWidget(button)
        self._show_buttons(False)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._show_buttons(True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._show_buttons(False)

    def _show_buttons(self, shown: bool) -> None:
        for button, name in zip(self._buttons, ("external-link", "x"), strict=True):
            button.setIcon(icon(name) if shown else QIcon())
