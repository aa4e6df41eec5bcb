"""The Gallery panel: what to show above, the tiles below."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from app.gallery.carry import drag_data
from app.gallery.deeds import Deeds
from app.gallery.model import ANIMATIONS, PICTURES, Filter, GalleryModel
from app.gallery.view import GalleryView
from app.session import StudioSession
from app.theme.icons import icon
from app.theme.roles import set_role
from app.theme.tokens import SPACE_1, SPACE_2, SPACE_3
from app.widgets.buttons import IconButton, push_button
from app.widgets.labels import label
from app.widgets.segmented import Segmented

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData

    from engine.library.gallery import Entry
    from engine.library.projects import Project

TYPING_PAUSE_MS = 200


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
        self._wanted_job: str | None = None
        self._selecting = False
        self._selected_ids: list[str] = []
        self._build()
        session.opened.connect(self._opened)
        session.project_changed.connect(self._project_changed)
        session.closed.connect(lambda: self.empty.setText(""))
        self.model.loaded.connect(self._loaded)

    def _build(self) -> None:
        self.scope = Segmented([("project", "Project"), ("all", "All")])
        self.scope.chosen.connect(lambda _key: self._apply())
        self.kind = Segmented([("pictures", "", "image"), ("animations", "", "film")])
        self.kind.setToolTip("Pictures or animations")
        self.kind.chosen.connect(lambda _key: self._apply())
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search prompts and tags")
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("search", "text_faint"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.favourites = IconButton("heart", "Only favourites", checkable=True)
        self.favourites.toggled.connect(lambda _on: self._apply())
        self.trash = IconButton("trash-2", "Trash", checkable=True)
        self.trash.toggled.connect(lambda _on: self._apply())
        scopes = QHBoxLayout()
        scopes.setSpacing(SPACE_2)
        scopes.addWidget(self.scope, 1)
        scopes.addWidget(self.kind)
        searching = QHBoxLayout()
        searching.setSpacing(SPACE_1)
        searching.addWidget(self.search, 1)
        searching.addWidget(self.favourites)
        searching.addWidget(self.trash)
        self.trash_bar = QFrame()
        set_role(self.trash_bar, "card")
        bar = QHBoxLayout(self.trash_bar)
        bar.setContentsMargins(SPACE_3, SPACE_1, SPACE_1, SPACE_1)
        bar.addWidget(label("In the trash", "muted"), 1)
        self.restore_button = push_button("Restore", "ghost", "archive-restore")
        self.restore_button.clicked.connect(lambda: self._deeds.restore(self.view.selected_entries()))
        self.erase_button = push_button("Erase…", "danger")
        self.erase_button.clicked.connect(self.ask_erase)
        self.erase_button.setToolTip("For good, from the disk, too")
        bar.addWidget(self.restore_button)
        bar.addWidget(self.erase_button)
        self.trash_bar.hide()
        self.empty = label("", "faint", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.empty.setContentsMargins(SPACE_3, SPACE_3 * 2, SPACE_3, 0)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_3, 0, SPACE_1, 0)
        layout.setSpacing(SPACE_2)
        for row in (scopes, searching):
            row.setContentsMargins(0, 0, SPACE_2, 0)
            layout.addLayout(row)
        layout.addWidget(self.trash_bar)
        layout.addWidget(self._stack, 1)

    # from outside

    def selected_entries(self) -> list[Entry]:
        return self.view.selected_entries()

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

    # inside

    def _opened(self) -> None:
        library = self._session.library
        if library is not None:
            self.model.thumbnails.disk_folder = library.layout.cache / "thumbnails"
        self._apply()
        self.model.refresh()

    def _project_changed(self, _project: Project | None) -> None:
        self._apply()

    def _apply(self) -> None:
        self._typing.stop()
        project = self._session.project
        trashed = self.trash.isChecked()
        self.trash_bar.setVisible(trashed)
        self.model.set_filter(
            replace(
                Filter(),
                project_id=project.id if project is not None and self.scope.key == "project" else None,
                roles=PICTURES if self.kind.key == "pictures" else ANIMATIONS,
                text=self.search.text().strip(),
                favourites=self.favourites.isChecked(),
                trashed=trashed,
            )
        )

    def _loaded(self) -> None:
        empty = self.model.rowCount() == 0
        self.empty.setText(self._empty_words() if empty else "")
        self._stack.setCurrentIndex(1 if empty else 0)
        self._select_wanted()
        entry = self._session.entry
        if entry is not None:
            row = self.model.row_of(entry.id)
            fresh = self.model.entries()[row] if row >= 0 else None
            if fresh is not None and fresh != entry:
                self._session.select(fresh)

    def _empty_words(self) -> str:
        if self.model.filter.text:
            return f"Nothing matches “{self.model.filter.text}”."
        if self.model.filter.trashed:
            return "The trash is empty."
        if self.model.filter.favourites:
            return "No favourites yet. Select a picture and press F."
        if self.kind.key == "animations":
            return "No animations yet. Select a picture, open Animate and export it."
        return "Your mascots appear here."

    def _select_wanted(self) -> None:
        if self._wanted_job is None:
            return
        for row, entry in enumerate(self.model.entries()):
            if entry.job_id == self._wanted_job:
                self._wanted_job = None
                self._selecting = True
                self.view.select_row(row)
                self._selecting = False
                return

    def _selected(self, entries: list[Entry]) -> None:
        some = bool(entries)
        ids = [entry.id for entry in entries]
        if ids == self._selected_ids:
            # Qt tells of a changed selection, too, when rows are inserted above it.
            return
        self._selected_ids = ids
        if some and not self._selecting:
            self.picked.emit()
        self.restore_button.setEnabled(some)
        self.erase_button.setEnabled(some)
        if len(entries) == 1:
            self._session.select(entries[0])
        elif not entries and self._session.entry is not None and self.model.row_of(self._session.entry.id) < 0:
            self._session.select(None)

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
