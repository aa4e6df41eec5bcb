"""The gallery as a list model: it knows the ids of everything that fits, and reads what is looked at."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, QTimer, Signal

from app.canvas.describe import entry_title
from app.gallery.thumbnails import Thumbnails
from app.session import StudioSession
from app.widgets.indexes import AnyIndex
from engine.library.entry_filter import EntryFilter
from engine.protocol.errors import MascotError

if TYPE_CHECKING:
    from engine.library.gallery import Entry
    from engine.library.library import Library

PAGE = 60
KEPT_PAGES = 40
FRESH_PAGES = 4
"""How many of the pages seen last are read again when something changed."""
MOST_ALIKE = 120
REFRESH_PAUSE_MS = 60
FEW_STEPS = 40
ENTRY_ROLE = Qt.ItemDataRole.UserRole + 1

PICTURES = ("picture", "sheet", "comparison", "control-map")
LOGOS = ("logo", "logo-pack")
ANIMATIONS = ("webm", "webp", "apng", "gif", "png-sequence")


@dataclass(frozen=True)
class Likeness:
    """What the pictures shall look like: an entry of the library or a file. `title` is for the user."""

    title: str
    entry: Entry | None = None
    path: Path | None = None


@dataclass(frozen=True)
class Filter:
    """`like` orders by likeness instead of by date."""

    wanted: EntryFilter = field(default_factory=EntryFilter)
    like: Likeness | None = None

    @property
    def trashed(self) -> bool:
        return self.wanted.trashed


@dataclass(frozen=True)
class _Answer:
    ids: list[str]
    pages: dict[int, list[Entry]]


class GalleryModel(QAbstractListModel):
    """Rows are entries, the newest (or the most alike) first. Emits `loaded()` after each answer of the library,
    `read()` when entries that were asked for have come, and `turned(same)` when single rows went and came: meanwhile
    `turning` holds, and a selection means nothing. `same`: the same filter, so what went was taken away."""

    loaded = Signal()
    read = Signal()
    turned = Signal(bool)

    def __init__(self, session: StudioSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.thumbnails = Thumbnails(session.background, self)
        self._ids: list[str] = []
        self._pages: OrderedDict[int, list[Entry]] = OrderedDict()
        self._filter = Filter()
        self._shown = self._filter
        self.turning = False
        self._round = 0
        self._wanted_pages: list[int] = []
        self._reading: int | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(REFRESH_PAUSE_MS)
        self._soon.timeout.connect(self.refresh)
        session.entries_changed.connect(self._soon.start)
        session.closed.connect(self.clear)

    # Qt's side

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._ids)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._ids):
            return None
        if role not in (
            ENTRY_ROLE,
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.ToolTipRole,
        ):
            return None
        entry = self.entry_at(index.row())
        if entry is None or role == ENTRY_ROLE:
            return entry
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip_of(entry)
        return entry_title(entry)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    # ours

    @property
    def filter(self) -> Filter:
        return self._filter

    def set_filter(self, wanted: Filter) -> None:
        """Show other entries."""
        if wanted != self._filter:
            self._filter = wanted
            self.refresh()

    def ids(self) -> list[str]:
        """The ids of all rows in their order."""
        return list(self._ids)

    def entries(self) -> list[Entry]:
        """The entries that are read, in the order of the rows."""
        return [entry for number in sorted(self._pages) for entry in self._pages[number]]

    def entry_at(self, row: int) -> Entry | None:
        """The row's entry if it is read; else None, and `read` follows."""
        number, place = divmod(row, PAGE)
        page = self._pages.get(number)
        if page is None:
            self._ask_for(number)
            return None
        self._pages.move_to_end(number)
        return page[place] if place < len(page) else None

    def row_of(self, entry_id: str) -> int:
        """The row of an entry, -1 when it is not shown."""
        try:
            return self._ids.index(entry_id)
        except ValueError:
            return -1

    def open(self) -> None:
        """The first page at once, in front of everything else that a library's opening asks for; the rest follows."""
        library = self._session.library
        if library is None:
            return
        try:
            entries = library.gallery.find(self._filter.wanted, limit=PAGE)
        except MascotError as error:
            self._session.report(error)
            return
        self._round += 1
        self._shown = self._filter
        self._become([entry.id for entry in entries], {0: entries}, anew=True)
        self.loaded.emit()
        self.refresh()

    def refresh(self) -> None:
        """Ask the library anew; rows that stay keep their selection."""
        library = self._session.library
        if library is None:
            return
        self._round += 1
        this_round, wanted = self._round, self._filter
        same = wanted == self._shown
        pages = sorted({0, *list(self._pages)[-FRESH_PAGES:]}) if same else [0]
        self._session.background.run(
            lambda: _ask(library, wanted, pages),
            lambda answer: self._arrived(this_round, wanted, answer),
            self._session.report,
        )

    def clear(self) -> None:
        self._round += 1
        self.beginResetModel()
        self._ids, self._shown = [], Filter()
        self._forget_pages()
        self.endResetModel()
        self.thumbnails.forget()

    def _forget_pages(self) -> None:
        self._pages.clear()
        self._wanted_pages, self._reading = [], None

    def _arrived(self, this_round: int, wanted: Filter, answer: _Answer) -> None:
        if this_round != self._round:
            return
        reordered = wanted.like is not None or self._shown.like is not None
        same, self._shown = wanted == self._shown, wanted
        self._become(answer.ids, answer.pages, anew=reordered, same=same)
        self.loaded.emit()

    def _become(self, ids: list[str], pages: dict[int, list[Entry]], *, anew: bool, same: bool = True) -> None:
        """Turn the rows into `ids`, with as few steps as keep the selection, or all at once when that would be many."""
        before = self._ids
        gone, come = _differences(before, ids)
        if anew or len(gone) + len(come) > FEW_STEPS:
            self.beginResetModel()
            self._ids = ids
            self._forget_pages()
            self._pages.update(pages)
            self.endResetModel()
            return
        self.turning = True
        self._pages.clear()
        self._pages.update(pages)
        for row in range(len(before) - 1, -1, -1):
            if gone and before[row] in gone:
                self.beginRemoveRows(QModelIndex(), row, row)
                self._ids = self._ids[:row] + self._ids[row + 1 :]
                self.endRemoveRows()
        for row in [row for row, id_ in enumerate(ids) if id_ in come] if come else []:
            self.beginInsertRows(QModelIndex(), row, row)
            self._ids = [*self._ids[:row], ids[row], *self._ids[row:]]
            self.endInsertRows()
        self._ids = ids
        self._wanted_pages, self._reading = [], None
        self.turning = False
        self.turned.emit(same)
        if ids:
            self.dataChanged.emit(self.index(0), self.index(len(ids) - 1))

    def _ask_for(self, number: int) -> None:
        """The page asked for last is read first; of those that were scrolled past long ago none."""
        if number == self._reading:
            return
        self._wanted_pages = [*(other for other in self._wanted_pages if other != number), number][-FRESH_PAGES:]
        self._read_next()

    def _read_next(self) -> None:
        library = self._session.library
        if library is None or self._reading is not None or not self._wanted_pages:
            return
        number = self._reading = self._wanted_pages.pop()
        ids, this_round = self._ids[number * PAGE : (number + 1) * PAGE], self._round
        self._session.background.run(
            lambda: library.gallery.entries(ids), lambda found: self._page_read(this_round, number, found)
        )

    def _page_read(self, this_round: int, number: int, found: list[Entry]) -> None:
        if this_round != self._round or number != self._reading:
            return
        self._reading = None
        self._pages[number] = found
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        first = number * PAGE
        self.dataChanged.emit(self.index(first), self.index(min(len(self._ids), first + PAGE) - 1))
        self.read.emit()
        self._read_next()


def _differences(before: list[str], after: list[str]) -> tuple[set[str], set[str]]:
    """What is gone and what has come; new results at the top, the common case, cost no sets of everything."""
    more = len(after) - len(before)
    if more >= 0 and after[more:] == before:
        return set(), set(after[:more])
    old, new = set(before), set(after)
    return old - new, new - old


def tooltip_of(entry: Entry) -> str:
    """Title, date, stars, tags and note, a line each."""
    lines = [entry_title(entry), f"{entry.created_at.astimezone():%d %b %Y, %H:%M}"]
    if entry.rating:
        lines.append("★" * entry.rating)
    if entry.tags:
        lines.append(", ".join(entry.tags))
    if entry.note:
        lines.append(entry.note)
    return "\n".join(lines)


def _ask(library: Library, wanted: Filter, pages: list[int]) -> _Answer:
    """All ids, and the entries of some pages. Raises as the library."""
    like = wanted.like
    if like is None:
        ids = library.gallery.ids(wanted.wanted)
        return _Answer(ids, {n: library.gallery.entries(ids[n * PAGE : (n + 1) * PAGE]) for n in pages})
    library.likeness.learn_all()
    if like.entry is not None:
        found = library.likeness.like_entry(like.entry, wanted.wanted, MOST_ALIKE)
    else:
        assert like.path is not None
        found = library.likeness.like_picture(like.path.read_bytes(), wanted.wanted, MOST_ALIKE)
    entries = [similar.entry for similar in found]
    parts = {start // PAGE: entries[start : start + PAGE] for start in range(0, len(entries), PAGE)}
    return _Answer([entry.id for entry in entries], parts)
