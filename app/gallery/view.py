"""The gallery's list of tiles: fills its lines, drags pictures out as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QMimeData, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QDrag, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from app.gallery.delegate import CAPTION_PX, GAP_PX, TileDelegate
from app.gallery.model import ENTRY_ROLE, GalleryModel
from app.session import StudioSession
from app.widgets.indexes import AnyIndex

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.library.gallery import Entry

LEAST_EDGE = 88


class GalleryView(QListView):
    """Signals: `selected(list of entries)`, `opened(entry)` on Enter or double click,
    `menu_wanted(QPoint)` in screen coordinates."""

    selected = Signal(object)
    opened = Signal(object)
    menu_wanted = Signal(QPoint)

    def __init__(self, session: StudioSession, model: GalleryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles = TileDelegate(session, model)
        self.mime_for: Callable[[list[Entry]], QMimeData] | None = None
        self.setModel(model)
        self.setItemDelegate(self._tiles)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.setAccessibleName("Gallery")
        self.activated.connect(self._activated)

    def selected_entries(self) -> list[Entry]:
        """The chosen entries in the order of the list."""
        rows = sorted(self.selectedIndexes(), key=lambda index: index.row())
        return [index.data(ENTRY_ROLE) for index in rows]

    def select_row(self, row: int) -> None:
        """Choose one row alone and bring it into view."""
        index = self.model().index(row, 0)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.selected.emit(self.selected_entries())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fill_lines()
        super().resizeEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.selectedIndexes():
            self.menu_wanted.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._activated(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def startDrag(self, _actions: Qt.DropAction) -> None:
        entries = self.selected_entries()
        if not entries or self.mime_for is None:
            return
        drag = QDrag(self)
        drag.setMimeData(self.mime_for(entries))
        first = self.currentIndex()
        if first.isValid():
            drag.setPixmap(self.grab(self.visualRect(first)))
            drag.setHotSpot(QPoint(self._tiles.edge // 2, self._tiles.edge // 2))
        drag.exec(Qt.DropAction.CopyAction)

    def _fill_lines(self) -> None:
        """As many columns as fit, each as wide as the line allows."""
        room = self.viewport().width() - 2
        columns = max(1, room // (LEAST_EDGE + GAP_PX))
        edge = room // columns - GAP_PX
        if edge != self._tiles.edge:
            self._tiles.edge = edge
            self.setGridSize(QSize(edge + GAP_PX, edge + CAPTION_PX + GAP_PX))
            self.scheduleDelayedItemsLayout()

    def _activated(self, index: AnyIndex) -> None:
        if index.isValid():
            self.opened.emit(index.data(ENTRY_ROLE))
