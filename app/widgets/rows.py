"""Rows of a list that people read: a mark, a line, a fainter line under it, and what can be done at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QScrollArea, QVBoxLayout, QWidget

from app.theme.icons import pixmap
from app.theme.roles import set_role
from app.theme.tokens import ICON_L, SPACE_2, SPACE_3
from app.widgets.labels import ElidedLabel, wrapped


def icon_mark(name: str, color: str = "text_faint", size_px: int = ICON_L) -> QLabel:
    """An icon as a label, for a row's beginning."""
    mark = QLabel()
    mark.setPixmap(pixmap(name, size_px, color))
    mark.setFixedWidth(size_px)
    return mark


class Row(QFrame):
    """A card: `mark` at the left, `title` over `words`, `tools` at the right. `wrap`: a long title takes more lines."""

    def __init__(self, mark: QWidget | None, title: str, words: str = "", *tools: QWidget, wrap: bool = False) -> None:
        super().__init__()
        set_role(self, "card")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_3, SPACE_2, SPACE_2, SPACE_2)
        layout.setSpacing(SPACE_3)
        if mark is not None:
            layout.addWidget(mark)
        lines = QVBoxLayout()
        lines.setSpacing(2)
        self.title = wrapped(title) if wrap else ElidedLabel(title)
        self.words = ElidedLabel(words, "faint")
        lines.addStretch(1)
        lines.addWidget(self.title)
        if words:
            lines.addWidget(self.words)
        lines.addStretch(1)
        layout.addLayout(lines, 1)
        self.tools = list(tools)
        for tool in tools:
            layout.addWidget(tool, 0, Qt.AlignmentFlag.AlignVCenter)


class RowList(QScrollArea):
    """Rows from top to bottom, with a scroll bar when there are many; `fits` makes it as high as its rows."""

    def __init__(self, *, fits: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fits = fits
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._page = QWidget()
        set_role(self._page, "scroll")
        self._column = QVBoxLayout(self._page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_2)
        self._column.addStretch(1)
        self.setWidget(self._page)

    def add(self, row: QWidget) -> None:
        self._column.insertWidget(self._column.count() - 1, row)
        if self._fits:
            row.show()  # one that isn't shown yet has no height
            self._column.activate()
            self.setFixedHeight(self._page.sizeHint().height())

    def rows(self) -> list[QWidget]:
        """What is in it now, from the top."""
        items = (self._column.itemAt(index) for index in range(self._column.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if widget is not None]

    def clear(self) -> None:
        for row in self.rows():
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        if self._fits:
            self.setFixedHeight(0)


def buttons(*widgets: QWidget, leading: bool = True) -> QLayout:
    """A line of buttons; `leading` puts them at the left, else at the right."""
    row = QHBoxLayout()
    row.setSpacing(SPACE_2)
    if not leading:
        row.addStretch(1)
    for widget in widgets:
        row.addWidget(widget)
    if leading:
        row.addStretch(1)
    return row
