"""A titled block of a panel, which can fold."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QToolButton, QVBoxLayout, QWidget

from app.theme.icons import icon
from app.theme.roles import set_kind
from app.theme.tokens import ICON_S, SPACE_2, SPACE_3
from app.widgets.labels import label


class Section(QWidget):
    """A small title over `body`; with `collapsible` the title is a button that folds it. Emits `toggled(open)`."""

    toggled = Signal(bool)

    def __init__(
        self, title: str, *, collapsible: bool = False, opened: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(SPACE_2)
        self._content = QWidget()
        self.body = QVBoxLayout(self._content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(SPACE_3)
        self._button: QToolButton | None = None
        if collapsible:
            self._button = QToolButton()
            set_kind(self._button, "fold")
            self._button.setText(title)
            self._button.setCheckable(True)
            self._button.setChecked(opened)
            self._button.setIconSize(QSize(ICON_S, ICON_S))
            self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            self._button.toggled.connect(self.set_open)
            self._button.clicked.connect(lambda opened: QTimer.singleShot(0, self, self._reveal) if opened else None)
            outer.addWidget(self._button)
        else:
            outer.addWidget(label(title, "section"))
        outer.addWidget(self._content)
        self.set_open(opened or not collapsible)

    @property
    def is_open(self) -> bool:
        return self._button is None or self._button.isChecked()

    def set_open(self, opened: bool) -> None:
        """Show or fold the body."""
        self._content.setVisible(opened)
        if self._button is None:
            return
        self._button.setIcon(icon("chevron-down" if opened else "chevron-right", "text_faint", checked="text_faint"))
        if self._button.isChecked() != opened:
            self._button.setChecked(opened)
        else:
            self.toggled.emit(opened)

    def _reveal(self) -> None:
        """Scroll so that what was unfolded is seen, its title always."""
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        page = area.widget() if area is not None else None
        if area is None or page is None:
            return
        bar, top = area.verticalScrollBar(), self.mapTo(page, QPoint(0, 0)).y()
        bar.setValue(min(top, max(bar.value(), top + self.height() - area.viewport().height())))
