"""A view of equal tiles in lines whose places are computed, not kept: a hundred thousand rows cost as much as ten."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget

from app.widgets.indexes import AnyIndex

WHEEL_PX = 48


class GridView(QAbstractItemView):
    """Rows of a list model from left to right, then down. `set_tile` says how large a tile is, gaps included."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tile = QSize(120, 140)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(WHEEL_PX)
        # Its place stays, or the number of columns would change with it; with nothing to scroll it isn't seen.
        self.verticalScrollBar().rangeChanged.connect(lambda _low, high: self.verticalScrollBar().setEnabled(high > 0))
        self.verticalScrollBar().valueChanged.connect(lambda _value: self.viewport().update())

    def set_tile(self, size: QSize) -> None:
        if size != self._tile:
            self._tile = size
            self.updateGeometries()
            self.viewport().update()

    @property
    def columns(self) -> int:
        return max(1, (self.viewport().width() - 2) // self._tile.width())

    def rows_shown(self) -> range:
        """The rows of the model that are at least partly visible."""
        top = self.verticalOffset() // self._tile.height()
        bottom = (self.verticalOffset() + self.viewport().height()) // self._tile.height()
        return range(top * self.columns, min(self._count(), (bottom + 1) * self.columns))

    # what Qt asks a view

    def visualRect(self, index: AnyIndex) -> QRect:
        if not index.isValid():
            return QRect()
        line, column = divmod(index.row(), self.columns)
        corner = QPoint(column * self._tile.width(), line * self._tile.height() - self.verticalOffset())
        return QRect(corner, self._tile)

    def indexAt(self, point: QPoint) -> QModelIndex:
        column = point.x() // self._tile.width()
        row = (point.y() + self.verticalOffset()) // self._tile.height() * self.columns + column
        inside = 0 <= column < self.columns and 0 <= row < self._count()
        return self.model().index(row, 0) if inside else QModelIndex()

    def scrollTo(
        self, index: AnyIndex, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        place, room = self.visualRect(index), self.viewport().rect()
        bar = self.verticalScrollBar()
        if hint is QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + place.center().y() - room.center().y())
        elif place.top() < 0:
            bar.setValue(bar.value() + place.top())
        elif place.bottom() > room.bottom():
            bar.setValue(bar.value() + place.bottom() - room.bottom())

    def moveCursor(self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier) -> QModelIndex:
        count = self._count()
        if not count:
            return QModelIndex()
        lines = max(1, self.viewport().height() // self._tile.height())
        moves = {
            QAbstractItemView.CursorAction.MoveLeft: -1,
            QAbstractItemView.CursorAction.MovePrevious: -1,
            QAbstractItemView.CursorAction.MoveRight: 1,
            QAbstractItemView.CursorAction.MoveNext: 1,
            QAbstractItemView.CursorAction.MoveUp: -self.columns,
            QAbstractItemView.CursorAction.MoveDown: self.columns,
            QAbstractItemView.CursorAction.MovePageUp: -lines * self.columns,
            QAbstractItemView.CursorAction.MovePageDown: lines * self.columns,
            QAbstractItemView.CursorAction.MoveHome: -count,
            QAbstractItemView.CursorAction.MoveEnd: count,
        }
        current = self.currentIndex()
        row = current.row() + moves.get(action, 0) if current.isValid() else 0
        return self.model().index(min(count - 1, max(0, row)), 0)

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, _index: AnyIndex) -> bool:
        return False

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Qt asks with the rectangle from the anchor to the pointer: in a grid that is everything between the two."""
        first, last = self.indexAt(rect.topLeft()), self.indexAt(rect.bottomRight())
        chosen = QItemSelection()
        if first.isValid() or last.isValid():
            rows = sorted(index.row() for index in (first, last) if index.isValid())
            chosen.select(self.model().index(rows[0], 0), self.model().index(rows[-1], 0))
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, _selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())

    def updateGeometries(self) -> None:
        super().updateGeometries()
        lines = -(-self._count() // self.columns)
        bar, room = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, lines * self._tile.height() - room))
        bar.setPageStep(room)

    def rowsInserted(self, parent: AnyIndex, start: int, end: int) -> None:
        super().rowsInserted(parent, start, end)
        self.updateGeometries()
        self.viewport().update()

    def rowsAboutToBeRemoved(self, parent: AnyIndex, start: int, end: int) -> None:
        super().rowsAboutToBeRemoved(parent, start, end)
        self.scheduleDelayedItemsLayout()

    def reset(self) -> None:
        super().reset()
        self.updateGeometries()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometries()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        delegate, selection, current = self.itemDelegate(), self.selectionModel(), self.currentIndex()
        hovered = self.indexAt(self.viewport().mapFromGlobal(self.cursor().pos())) if self.underMouse() else None
        for row in self.rows_shown():
            index = self.model().index(row, 0)
            option = QStyleOptionViewItem()
            self.initViewItemOption(option)
            option.rect = self.visualRect(index)  # type: ignore[attr-defined]
            if not event.rect().intersects(option.rect):  # type: ignore[attr-defined]
                continue
            state = QStyle.StateFlag.State_Enabled
            if selection.isSelected(index):
                state |= QStyle.StateFlag.State_Selected
            if index == current and self.hasFocus():
                state |= QStyle.StateFlag.State_HasFocus
            if hovered is not None and index == hovered:
                state |= QStyle.StateFlag.State_MouseOver
            option.state = state  # type: ignore[attr-defined]
            delegate.paint(painter, option, index)
        painter.end()

    def _count(self) -> int:
        model = self.model()
        return 0 if model is None else model.rowCount()  # pyright: ignore[reportUnnecessaryComparison]
