"""The gallery as a list model: read from the library page by page, beside the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, QTimer, Signal

from app.canvas.describe import entry_title
from app.gallery.thumbnails import Thumbnails
from app.session import StudioSession
from app.widgets.indexes import AnyIndex

if TYPE_CHECKING:
    from engine.library.gallery import Entry

PAGE = 60
REFRESH_PAUSE_MS = 60
ENTRY_ROLE = Qt.ItemDataRole.UserRole + 1

PICTURES = ("picture",)
ANIMATIONS = ("webm", "webp", "apng", "gif", "png-sequence")


@dataclass(frozen=True)
class Filter:
    """`project_id` None means all projects; `roles` None means everything that is a result."""

    project_id: str | None = None
    roles: tuple[str, ...] = PICTURES
    text: str = ""
    favourites: bool = False
    trashed: bool = False


class GalleryModel(QAbstractListModel):
    """Rows are entries, the newest first. Emits `loaded()` after each answer of the library."""

    loaded = Signal()

    def __init__(self, session: StudioSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.thumbnails = Thumbnails(session.background, self)
        self.thumbnails.ready.connect(self._thumbnail_ready)
        self._entries: list[Entry] = []
        self._filter = Filter()
        self._round = 0
        self._complete = True
        self._fetching = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(REFRESH_PAUSE_MS)
        self._soon.timeout.connect(self.refresh)
        session.entries_changed.connect(self._soon.start)
        session.closed.connect(self.clear)

    # Qt's side

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._entries):
            return None
        entry = self._entries[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return entry_title(entry)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{entry_title(entry)}\n{entry.created_at.astimezone():%d %b %Y, %H:%M}"
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def canFetchMore(self, parent: AnyIndex) -> bool:
        return not parent.isValid() and not self._complete and not self._fetching

    def fetchMore(self, parent: AnyIndex) -> None:
        if self.canFetchMore(parent):
            self._load(before=self._entries[-1].id if self._entries else None, limit=PAGE)

    # ours

    @property
    def filter(self) -> Filter:
        return self._filter

    @property
    def is_complete(self) -> bool:
        """Whether everything that fits the filter is loaded."""
        return self._complete

    def set_filter(self, wanted: Filter) -> None:
        """Show other entries."""
        if wanted == self._filter:
            return
        self._filter = wanted
        self.refresh()

    def entries(self) -> list[Entry]:
        return list(self._entries)

    def row_of(self, entry_id: str) -> int:
        """The row of an entry, -1 when it is not loaded."""
        return next((row for row, entry in enumerate(self._entries) if entry.id == entry_id), -1)

    def refresh(self) -> None:
        """Read again as much as is loaded; rows that stay keep their selection."""
        self._load(before=None, limit=max(PAGE, len(self._entries) + 8))

    def clear(self) -> None:
        self._round += 1
        self._fetching = False
        self.beginResetModel()
        self._entries, self._complete = [], True
        self.endResetModel()
        self.thumbnails.forget()

    def _load(self, before: str | None, limit: int) -> None:
        library = self._session.library
        if library is None:
            return
        self._round += 1
        self._fetching = True
        this_round, wanted = self._round, self._filter
        self._session.background.run(
            lambda: library.gallery.list(
                wanted.project_id,
                roles=wanted.roles,
                text=wanted.text,
                trashed=wanted.trashed,
                favourites=wanted.favourites,
                limit=limit,
                before=before,
            ),
            lambda entries: self._arrived(this_round, entries, before, limit),
            self._session.report,
        )

    def _arrived(self, this_round: int, entries: list[Entry], before: str | None, limit: int) -> None:
        if this_round != self._round:
            return
        self._fetching = False
        self._complete = len(entries) < limit
        if before is None:
            self._become(entries)
        elif entries:
            first = len(self._entries)
            self.beginInsertRows(QModelIndex(), first, first + len(entries) - 1)
            self._entries += entries
            self.endInsertRows()
        self.loaded.emit()

    def _become(self, wanted: list[Entry]) -> None:
        """Turn the rows into `wanted` with the fewest changes: both are ordered newest first."""
        ids = {entry.id for entry in wanted}
        for row in range(len(self._entries) - 1, -1, -1):
            if self._entries[row].id not in ids:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._entries[row]
                self.endRemoveRows()
        for row, entry in enumerate(wanted):
            if row < len(self._entries) and self._entries[row].id == entry.id:
                if self._entries[row] != entry:
                    self._entries[row] = entry
                    self.dataChanged.emit(self.index(row), self.index(row))
                continue
            self.beginInsertRows(QModelIndex(), row, row)
            self._entries.insert(row, entry)
            self.endInsertRows()

    def _thumbnail_ready(self, blob: str) -> None:
        for row, entry in enumerate(self._entries):
            if entry.artifact.blob == blob:
                self.dataChanged.emit(self.index(row), self.index(row), [Qt.ItemDataRole.DecorationRole])
