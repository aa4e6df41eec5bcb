"""The gallery's list of tiles: fills its lines, drags pictures out as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QMimeData, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QDrag, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from app.gallery.delegate import CAPTION_PX, GAP_PX, TileDelegate
from app.gallery.grid import GridView
from app.gallery.model import ENTRY_ROLE, GalleryModel
from app.session import StudioSession
from app.widgets.indexes import AnyIndex

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.library.gallery import Entry

LEAST_EDGE = 88
MOST_RESTORED = 500


class GalleryView(GridView):
    """Signals: `selected(list of ids)`, `opened(entry)` on Enter or double click,
    `menu_wanted(QPoint)` in screen coordinates."""

    selected = Signal(object)
    opened = Signal(object)
    menu_wanted = Signal(QPoint)

    def __init__(self, session: StudioSession, model: GalleryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._gallery = model
        self._tiles = TileDelegate(session, model)
        self.mime_for: Callable[[list[Entry]], QMimeData] | None = None
        self._ids: list[str] = []
        self._kept: list[str] = []
        self._chosen: list[Entry] | None = []
        self.setModel(model)
        self.setItemDelegate(self._tiles)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.setAccessibleName("Gallery")
        self.activated.connect(self._activated)
        model.thumbnails.ready.connect(lambda _blob: self.viewport().update())
        model.dataChanged.connect(self._forget_chosen)
        model.turned.connect(self._turned)
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._restore)

    def selected_ids(self) -> list[str]:
        """The ids of the chosen entries in the order of the list."""
        return list(self._ids)

    def selected_entries(self) -> list[Entry]:
        """The chosen entries in the order of the list; those that were never shown are read now."""
        if self._chosen is None:
            known = {entry.id: entry for entry in self._gallery.entries()}
            missing = [id_ for id_ in self._ids if id_ not in known]
            library = self._session.library
            if missing and library is not None:
                known |= {entry.id: entry for entry in library.gallery.entries(missing)}
            self._chosen = [known[id_] for id_ in self._ids if id_ in known]
        return list(self._chosen)

    def select_row(self, row: int) -> None:
        """Choose one row alone and bring it into view, whatever keys are held down meanwhile."""
        index = self.model().index(row, 0)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if not self._gallery.turning:
            self._take_selection()

    def _take_selection(self) -> None:
        ids = self._gallery.ids()
        chosen = self.selectionModel().selection()
        ranges = sorted((chosen.at(n).top(), chosen.at(n).bottom()) for n in range(chosen.size()))
        self._ids = [id_ for top, bottom in ranges for id_ in ids[top : bottom + 1]]
        self._chosen = None
        self.viewport().update()
        self.selected.emit(self._ids)

    def _turned(self, same: bool) -> None:
        """When the chosen ones were taken away the next one is chosen, so that one can go on sorting out."""
        had = bool(self._ids)
        self._take_selection()
        current = self.currentIndex()
        if same and had and not self._ids and current.isValid():
            self.select_row(current.row())

    def _forget_chosen(self) -> None:
        self._chosen = None

    def _remember(self) -> None:
        self._kept = self.selected_ids()

    def _restore(self) -> None:
        """After all rows came anew: what was chosen and is still there stays chosen."""
        rows = [row for id_ in self._kept[:MOST_RESTORED] if (row := self._gallery.row_of(id_)) >= 0]
        chosen = QItemSelection()
        for row in rows:
            index = self.model().index(row, 0)
            chosen.select(index, index)
        if rows:
            first = self.model().index(rows[0], 0)
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.Select)
        else:
            self._take_selection()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fill_lines()
        super().resizeEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._ids:
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
            self.set_tile(QSize(edge + GAP_PX, edge + CAPTION_PX + GAP_PX))

    def _activated(self, index: AnyIndex) -> None:
        entry = index.data(ENTRY_ROLE) if index.isValid() else None
        if entry is not None:
            self.opened.emit(entry)
