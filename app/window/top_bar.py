"""The line at the top: the mark, the menus, the project, and the way into the command palette."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenuBar, QSizePolicy, QToolButton, QWidget

from app.theme.icons import icon, pixmap
from app.theme.roles import set_kind
from app.theme.tokens import ICON_L, ICON_S, SPACE_1, SPACE_2, SPACE_3
from app.widgets.buttons import ActionButton, tooltip


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
        self._palette: QToolButton | None = None
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
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setToolTip(tooltip("Find an action by its name", action.shortcut()))
        button.setAccessibleName("Find an action")
        button.clicked.connect(action.trigger)
        self._palette = button
        self._append(button)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """In a narrow window the search field shrinks to its sign, so that no menu is lost."""
        button = self._palette
        if button is None:
            return
        words = "  Find an action    Ctrl+K"
        wide = button.fontMetrics().horizontalAdvance(words) + SPACE_2
        needed = self._layout.minimumSize().width() + (0 if button.text() else wide)
        shown = words if needed <= self.width() else ""
        if shown != button.text():
            button.setText(shown)

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
