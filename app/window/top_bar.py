"""The line at the top: the mark, the menus, the project, and the way into the command palette."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenuBar, QSizePolicy, QToolButton, QWidget

from app.theme.icons import icon, pixmap
from app.theme.roles import set_kind
from app.theme.tokens import ICON_L, ICON_S, SPACE_1, SPACE_2, SPACE_3
from app.widgets.buttons import ActionButton


class TopBar(QWidget):
    """`menus` is the window's menu bar; `set_project_button` gives the middle its switcher."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(SPACE_3, SPACE_1, SPACE_2, SPACE_1)
        self._layout.setSpacing(SPACE_2)
        mark = QLabel()
        mark.setPixmap(pixmap("wand-sparkles", ICON_L, "accent"))
        mark.setToolTip("MascotForge")
        self.menus = QMenuBar()
        self.menus.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._last: QWidget | None = None
        self._layout.addWidget(mark)
        self._layout.addWidget(self.menus)
        self._layout.addStretch(1)
        self._layout.addStretch(1)

    def set_project_button(self, button: QWidget) -> None:
        self._layout.insertWidget(3, button)

    def add_palette(self, action: QAction) -> None:
        """A field-like button that opens the command palette."""
        button = QToolButton()
        set_kind(button, "search")
        button.setIcon(icon("search", "text_faint"))
        button.setIconSize(QSize(ICON_S, ICON_S))
        button.setText("  Find an action    Ctrl+K")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setToolTip("Every action by name")
        button.clicked.connect(action.trigger)
        self._append(button)

    def add_widget(self, widget: QWidget) -> None:
        """Something at the right end that shows itself when it has something to show."""
        self._layout.addWidget(widget)

    def add_last(self, widget: QWidget) -> None:
        """Something that stays at the very end."""
        self._last = widget
        self._layout.addWidget(widget)

    def add_button(self, action: QAction) -> None:
        """An icon button at the right end."""
        self._append(ActionButton(action))

    def _append(self, widget: QWidget) -> None:
        at = self._layout.indexOf(self._last) if self._last is not None else self._layout.count()
        self._layout.insertWidget(at, widget)
