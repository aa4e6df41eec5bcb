"""The Gallery panel: what to show above, the tiles below."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.gallery.carry import drag_data
from app.gallery.deeds import Deeds
from app.gallery.filter_box import MADE_WITH, FilterBox
from app.gallery.model import ANIMATIONS, LOGOS, PAGE, PICTURES, Filter, GalleryModel, Likeness
from app.gallery.search_field import SearchField
from app.gallery.selection_bar import SelectionBar
from app.gallery.view import GalleryView
from app.session import StudioSession
from app.theme.roles import set_role
from app.theme.tokens import SPACE_1, SPACE_2, SPACE_3
from app.widgets.buttons import IconButton, push_button
from app.widgets.labels import ElidedLabel, label
from app.widgets.segmented import Segmented
from engine.library.entry_filter import EntryFilter
from engine.library.search_words import read_search

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData

    from engine.library.gallery import Entry
    from engine.library.library import Library
    from engine.library.projects import Project

TYPING_PAUSE_MS = 200
LOOKED_AT = "looked_at"
"""What was chosen last, by project."""
ROLES = {"pictures": PICTURES, "animations": ANIMATIONS, "logos": LOGOS}


class GalleryPanel(QWidget):
    """Signals: `menu_wanted(QPoint)`, `opened(entry)`, `picked()` when the user chose something.

    Selecting one entry selects it in the session.
    """

    menu_wanted = Signal(QPoint)
    opened = Signal(object)
    picked = Signal()

    def __init__(self, session: StudioSession, deeds: Deeds, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._deeds = deeds
        self.model = GalleryModel(session, self)
        self.view = GalleryView(session, self.model)
        self.view.mime_for = self._mime_for
        self.view.selected.connect(self._selected)
        self.view.opened.connect(self.opened)
        self.view.menu_wanted.connect(self.menu_wanted)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_PAUSE_MS)
        self._typing.timeout.connect(self._apply)
        self._like: Likeness | None = None
        self._wanted_job: str | None = None
        self._wanted_entry: str | None = None
        self._arriving = False
        self._arrived_in: str | None = None
        self._looked_at: dict[str, str] = {}
        self._selecting = False
        self._selected_ids: list[str] = []
        self._build()
        session.opened.connect(self._opened)
        session.project_changed.connect(self._project_changed)
        session.entry_changed.connect(self._look_at)
        session.closing.connect(lambda: session.remember(LOOKED_AT, dict(self._looked_at)))
        session.closed.connect(self._closed)
        self.model.loaded.connect(self._loaded)
        self.model.read.connect(self._show_single)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_3, 0, SPACE_1, SPACE_1)
        column.setSpacing(SPACE_2)
        column.addLayout(self._build_scopes())
        column.addLayout(self._build_search())
        self.filters = FilterBox()
        self.filters.changed.connect(self._apply)
        self.filters.hide()
        self.selection = SelectionBar()
        self.selection.rated.connect(lambda rating: self._deeds.rate(self.view.selected_entries(), rating))
        for part in (self.filters, self._build_like(), self._build_trash(), self.selection):
            column.addWidget(part)
        self.empty = label("", "faint", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        column.addWidget(self._stack, 1)

    def _build_scopes(self) -> QHBoxLayout:
        self.scope = Segmented([("project", "Project"), ("all", "All")])
        self.scope.chosen.connect(lambda _key: self._apply())
        self.kind = Segmented([("pictures", "", "image"), ("animations", "", "film"), ("logos", "", "shapes")])
        self.kind.setToolTip("Pictures, animations or logos")
        self.kind.chosen.connect(lambda _key: self._apply())
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, SPACE_2, 0)
        row.setSpacing(SPACE_2)
        row.addWidget(self.scope, 1)
        row.addWidget(self.kind)
        return row

    def _build_search(self) -> QHBoxLayout:
        self.search = SearchField()
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.search.picture_dropped.connect(self.find_like_file)
        self.narrow = IconButton("list-filter", "Narrow by stars, colour, date, model …", checkable=True)
        self.narrow.toggled.connect(self._show_filters)
        self.favourites = IconButton("heart", "Only favourites", checkable=True)
        self.favourites.toggled.connect(lambda _on: self._apply())
        self.trash = IconButton("trash-2", "Trash", checkable=True)
        self.trash.toggled.connect(lambda _on: self._apply())
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.search, 1)
        for button in (self.narrow, self.favourites, self.trash):
            row.addWidget(button)
        return row

    def _build_like(self) -> QWidget:
        self.like_bar = QFrame()
        set_role(self.like_bar, "card")
        row = QHBoxLayout(self.like_bar)
        row.setContentsMargins(SPACE_2, SPACE_1, SPACE_1, SPACE_1)
        self.like_text = ElidedLabel("", "field")
        end = IconButton("x", "Show everything again")
        end.clicked.connect(self.stop_likeness)
        row.addWidget(self.like_text, 1)
        row.addWidget(end)
        self.like_bar.hide()
        return self.like_bar

    def _build_trash(self) -> QWidget:
        self.trash_bar = QFrame()
        set_role(self.trash_bar, "card")
        in_trash = QHBoxLayout(self.trash_bar)
        in_trash.setContentsMargins(SPACE_2, SPACE_1, SPACE_1, SPACE_1)
        in_trash.setSpacing(0)
        in_trash.addWidget(ElidedLabel("In the trash", "field"), 1)
        self.restore_button = push_button("Restore", "ghost")
        self.restore_button.clicked.connect(lambda: self._deeds.restore(self.view.selected_entries()))
        self.erase_button = push_button("Erase…", "ghost")
        self.erase_button.clicked.connect(self.ask_erase)
        in_trash.addWidget(self.restore_button)
        in_trash.addWidget(self.erase_button)
        self.trash_bar.hide()
        return self.trash_bar

    # from outside

    def selected_entries(self) -> list[Entry]:
        return self.view.selected_entries()

    def selected_ids(self) -> list[str]:
        """The ids of what is chosen; costs nothing however much that is."""
        return self.view.selected_ids()

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def show_trash(self, shown: bool) -> None:
        self.trash.setChecked(shown)

    def set_scope(self, key: str) -> None:
        """Show the current "project" or "all"."""
        self.scope.choose(key)
        self._apply()

    def select_result_of(self, job_id: str) -> None:
        """Select a job's picture as soon as it is loaded."""
        self._wanted_job = job_id
        self._select_wanted()

    def select_entry(self, entry_id: str) -> None:
        """Select an entry as soon as it is loaded."""
        self._wanted_entry = entry_id
        self._select_wanted()

    def find_like(self, entry: Entry, title: str) -> None:
        """Show what looks like an entry, the most alike first."""
        self._set_like(Likeness(title, entry=entry))

    def find_like_file(self, path: Path) -> None:
        """Show what looks like a picture file."""
        self._set_like(Likeness(path.name, path=path))

    def stop_likeness(self) -> None:
        """Back to the newest first."""
        self._set_like(None)

    # inside

    def _opened(self) -> None:
        library = self._session.library
        if library is not None:
            self.model.thumbnails.disk_folder = library.layout.cache / "thumbnails"
        kept = self._session.recall(LOOKED_AT, {})
        self._looked_at = kept if isinstance(kept, dict) else {}
        self._arriving = True
        self._arrived_in = self._session.project.id if self._session.project is not None else None
        self._apply()
        self.model.open()

    def _closed(self) -> None:
        self.empty.setText("")
        self._wanted_job = self._wanted_entry = None
        self._looked_at, self._arriving, self._arrived_in = {}, False, None
        self._like = None
        self.like_bar.hide()
        self.filters.clear()
        self.narrow.setChecked(False)

    def _project_changed(self, project: Project | None) -> None:
        new = project is not None and project.id != self._arrived_in
        self._arrived_in = project.id if project is not None else None
        self._arriving = self._arriving or new
        self._apply()

    def _look_at(self, entry: Entry | None) -> None:
        if entry is not None:
            self._looked_at[entry.project_id] = entry.id

    def _arrive(self) -> None:
        """Someone who comes (back) to a project sees what they looked at last, else the newest; not an empty canvas."""
        project, count = self._session.project, self.model.rowCount()
        if not self._arriving or project is None:
            return
        row = self.model.row_of(self._looked_at.get(project.id, ""))
        if row < 0 and project.id in self._looked_at and count == PAGE:
            return  # only the first page is here
        self._arriving = False
        if count and self._session.entry is None and not self.model.filter.trashed:
            self._select(max(0, row))

    def _set_like(self, like: Likeness | None) -> None:
        self._like = like
        self.like_text.setText(f"Like “{like.title}”" if like is not None else "")
        self.like_bar.setVisible(like is not None)
        self._apply()
        self.view.scrollToTop()

    def _show_filters(self, shown: bool) -> None:
        self.filters.setVisible(shown)
        library = self._session.library
        if shown and library is not None:
            project = self._session.project
            self._session.background.run(lambda: _in_use(library, project), self.filters.offer)
        elif not shown and self.filters.narrows:
            self.filters.clear()

    def _apply(self) -> None:
        self._typing.stop()
        project = self._session.project
        trashed = self.trash.isChecked()
        self.trash_bar.setVisible(trashed)
        place = EntryFilter(
            project_id=project.id if project is not None and self.scope.key == "project" else None,
            roles=ROLES[self.kind.key],
            favourites=self.favourites.isChecked(),
            trashed=trashed,
        )
        wanted = self.filters.put_into(read_search(self.search.text(), place))
        self.model.set_filter(Filter(wanted, self._like))

    def _loaded(self) -> None:
        empty = self.model.rowCount() == 0
        self.empty.setText(self._empty_words() if empty else "")
        self._stack.setCurrentIndex(1 if empty else 0)
        self._select_wanted()
        self._arrive()
        entry = self._session.entry
        if entry is not None:
            row = self.model.row_of(entry.id)
            fresh = self.model.entry_at(row) if row >= 0 else None
            if fresh is not None and fresh != entry:
                self._session.select(fresh)

    def _empty_words(self) -> str:
        wanted = self.model.filter.wanted
        if self._like is not None:
            return "No picture here looks like it."
        if wanted.text:
            return f"Nothing matches “{self.search.text().strip()}”."
        if replace(wanted, favourites=False).narrows:
            return "Nothing fits; take a filter away."
        if wanted.trashed:
            return "The trash is empty."
        if wanted.favourites:
            return "No favourites yet. Select a picture and press F."
        if self.kind.key == "logos":
            return "No logos yet. Select a picture and open Logo."
        if self.kind.key == "animations":
            return "No animations yet. Select a picture, open Animate and export it."
        return "Your mascots appear here."

    def _select_wanted(self) -> None:
        library = self._session.library
        if self._wanted_entry is not None and (row := self.model.row_of(self._wanted_entry)) >= 0:
            self._wanted_entry = None
            self._select(row)
        if self._wanted_job is None or library is None:
            return
        for entry in reversed(library.gallery.of_job(self._wanted_job)):
            row = self.model.row_of(entry.id)
            if row >= 0:
                self._wanted_job = None
                self._select(row)
                return

    def _select(self, row: int) -> None:
        """Select a row that the user did not pick."""
        self._selecting = True
        self.view.select_row(row)
        self._selecting = False

    def _selected(self, ids: list[str]) -> None:
        some = bool(ids)
        self.selection.show_chosen(len(ids) if not self.model.filter.trashed else 0)
        if ids == self._selected_ids:
            # Qt tells of a changed selection, too, when rows are inserted above it.
            return
        self._selected_ids = list(ids)
        if some and not self._selecting:
            self.picked.emit()
        self.restore_button.setEnabled(some)
        self.erase_button.setEnabled(some)
        if len(ids) == 1:
            self._show_single()
        elif not ids and self._session.entry is not None and self.model.row_of(self._session.entry.id) < 0:
            self._session.select(None)

    def _show_single(self) -> None:
        """Make the one chosen entry the session's, as soon as it is read."""
        ids = self._selected_ids
        if len(ids) != 1 or (self._session.entry is not None and self._session.entry.id == ids[0]):
            return
        chosen = self.view.selected_entries()
        if chosen:
            self._session.select(chosen[0])

    def ask_erase(self) -> None:
        """Say that it is for good, with the button that does it."""
        entries = self.view.selected_entries()
        if entries:
            self._session.say(
                "Erasing can't be undone: the files leave the disk, too.",
                "warning",
                action=("Erase for good", lambda: self._deeds.erase(entries)),
            )

    def _mime_for(self, entries: list[Entry]) -> QMimeData:
        assert self._session.library is not None
        return drag_data(self._session.library, entries)


def _in_use(library: Library, project: Project | None) -> dict[str, list[tuple[str, str, int]]]:
    """What there is to choose from; styles and the project's characters by their names, for others have none here."""
    from engine.library.characters import Characters
    from engine.presets import load

    people = Characters(library.projects.document(project.id)).list() if project is not None else []
    names = {
        "style": {style.id: style.name for style in load(library.folder)},
        "character": {person.id: person.name for person in people},
    }
    found: dict[str, list[tuple[str, str, int]]] = {}
    for kind in MADE_WITH:
        known = names.get(kind)
        found[kind] = [
            (value, value if known is None else known.get(value, value), count)
            for value, count in library.gallery.in_use(kind)
            if kind != "character" or (known is not None and value in known)
        ]
    return found
