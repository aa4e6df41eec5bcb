"""Logo: the selected mascot as a logo, live, with every choice beside it.

To embed: `LogoPanel(session, parent)` in the workspace's tab; it follows the session's selection while it is seen.
`close_panel()` before the session closes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.logo_panel.choices import Choices, choices_of
from app.logo_panel.export import LogoExport
from app.logo_panel.form import LogoForm
from app.logo_panel.preview import LogoPreview, VariantStrip, ground_of
from app.logo_panel.workshop import Made, Source, Workshop, read_source
from app.session import StudioSession
from app.stage.latest import Latest
from app.stage.subject import can_perform
from app.theme.roles import set_role
from app.theme.tokens import SPACE_2, SPACE_3, SPACE_4
from app.widgets.buttons import push_button
from app.widgets.labels import ElidedLabel, label
from app.widgets.notes import NoteLine
from engine.protocol.errors import MascotError
from engine.protocol.recipes import LogoRecipe

if TYPE_CHECKING:
    from engine.library.entries import Entry

REST_MS = 260
"""The true logo with its variants follows once the hand rests for this long; until then drafts are shown."""
FORM_PX = 288
FOLDER_KEY = "save_folder"


class LogoPanel(QWidget):
    def __init__(self, session: StudioSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._workshop = Workshop()
        self._source: Source | None = None
        self._made: Made | None = None
        self._wanted: str | None = None
        self._latest = Latest(session.background, self)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._refine)
        self.export = LogoExport(session, self)
        self.preview, self.strip = LogoPreview(), VariantStrip()
        self.form = LogoForm(session.background)
        self.facts = ElidedLabel("", "faint")
        self.note = NoteLine()
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.hide()
        self.save = push_button("Export…", "primary", "download")
        self.stop = push_button("Cancel")
        self.stop.hide()
        self._pages = QStackedWidget()
        self._lay_out()
        self._connect()
        self._refresh()

    def show_recipe(self, recipe: LogoRecipe) -> None:
        """Choose what a logo's recipe says."""
        self.form.set_choices(choices_of(recipe))

    def close_panel(self) -> None:
        """Make nothing more."""
        self._rest.stop()
        self._latest.close()

    # building

    def _lay_out(self) -> None:
        shown = QWidget()
        left = QVBoxLayout()
        left.setContentsMargins(SPACE_4, SPACE_2, SPACE_3, SPACE_3)
        left.setSpacing(SPACE_3)
        left.addWidget(self.preview, 1)
        left.addWidget(self.strip)
        left.addWidget(self.facts)
        row = QHBoxLayout(shown)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self._side())
        empty = QWidget()
        column = QVBoxLayout(empty)
        column.addStretch(1)
        for text, role in (
            ("No mascot is selected", "heading"),
            ("Select a picture in the gallery to make a logo of it.", "muted"),
        ):
            words = label(text, role)
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(words)
        column.addStretch(1)
        self._pages.addWidget(empty)
        self._pages.addWidget(shown)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def _side(self) -> QWidget:
        content = QWidget()
        set_role(content, "scroll")
        inside = QVBoxLayout(content)
        inside.setContentsMargins(SPACE_3, SPACE_2, SPACE_4, SPACE_3)
        inside.addWidget(self.form)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(content)
        foot = QVBoxLayout()
        foot.setContentsMargins(SPACE_3, SPACE_2, SPACE_4, SPACE_3)
        foot.setSpacing(SPACE_2)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        buttons.addWidget(self.save, 1)
        buttons.addWidget(self.stop)
        foot.addWidget(self.note)
        foot.addWidget(self.bar)
        foot.addLayout(buttons)
        side = QWidget()
        side.setFixedWidth(FORM_PX)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scroll, 1)
        column.addLayout(foot)
        return side

    def _connect(self) -> None:
        session = self._session
        session.entry_changed.connect(lambda _entry: self._refresh())
        session.closed.connect(self._forget)
        self.form.changed.connect(self._choices_changed)
        self.strip.chosen.connect(lambda _variant: self._show_made())
        self._latest.done.connect(self._take)
        self._latest.failed.connect(self._failed)
        self.save.clicked.connect(self._ask_where)
        self.stop.clicked.connect(self.export.cancel)
        self.export.progressed.connect(lambda fraction: self.bar.setValue(round(fraction * 1000)))
        self.export.saved.connect(self._saved)
        self.export.failed.connect(self._export_failed)
        self.export.cancelled.connect(lambda: self._show_running(False))

    # the source

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.form.font_box.itemIcon(0).isNull():
            self.form.draw_fonts()
        self._refresh()

    def _refresh(self) -> None:
        """Take up the selection, if this tab is seen and it is a mascot; a logo is not made of a logo."""
        entry, library = self._session.entry, self._session.library
        if not self.isVisible() or library is None or entry is None or not _is_mascot(entry):
            return
        if entry.id == self._wanted:
            return
        self._wanted = entry.id
        self._pages.setCurrentIndex(1)
        self._rest.stop()
        self.preview.set_stale(True)
        self._session.background.run(
            lambda: read_source(entry, library), self._source_read, lambda error: self._failed(None, error)
        )

    def _source_read(self, source: Source) -> None:
        if source.entry_id != self._wanted:
            return
        self._source, self._made = source, None
        self._choices_changed(self.form.choices)

    def _forget(self) -> None:
        self._wanted = self._source = self._made = None
        self._rest.stop()
        self._latest.forget()
        self.preview.clear()
        self.strip.show_tiles({})
        self._pages.setCurrentIndex(0)

    # the logo

    def _choices_changed(self, choices: Choices) -> None:
        source = self._source
        if source is None:
            return
        self.note.clear_note()
        self.preview.set_stale(True)
        self._latest.ask((source.entry_id, choices, False), lambda: self._workshop.draft(source, choices))
        self._rest.start()

    def _refine(self) -> None:
        source, choices = self._source, self.form.choices
        if source is not None:
            self._latest.ask((source.entry_id, choices, True), lambda: self._workshop.final(source, choices))

    def _take(self, key: object, result: object) -> None:
        source = self._source
        if not isinstance(result, Made) or not isinstance(key, tuple) or source is None or key[0] != source.entry_id:
            return
        current = key[1] == self.form.choices
        self._made = result
        if result.tiles:
            self.strip.show_tiles(result.tiles)
        self._show_made()
        self.preview.set_stale(not (current and not result.draft))

    def _show_made(self) -> None:
        made, variant = self._made, self.strip.current
        if made is None:
            return
        if variant != "full" and not made.tiles:
            return
        self.preview.show_logo(made.tiles.get(variant) or made.full, ground_of(variant))
        if not made.draft:
            size = f"{made.size_bytes / 1024:.0f} KB"
            self.facts.setText(f"{len(made.colours)} colours · {made.paths} paths · {size} as SVG")

    def _failed(self, key: object, error: object) -> None:
        if isinstance(key, tuple) and key[1] != self.form.choices:
            # What was asked for before is no longer wanted, and neither is why it failed.
            return
        self.preview.set_stale(False)
        known = isinstance(error, MascotError)
        self.note.show_note(error.sentence if known else "The logo could not be drawn; try other choices.", "error")

    # the export

    def _ask_where(self) -> None:
        start = str(self._session.recall(FOLDER_KEY) or Path.home())
        folder = QFileDialog.getExistingDirectory(self, "Export the logo to", start)
        if folder:
            self.export_to(Path(folder))

    def export_to(self, folder: Path) -> None:
        """Make all files in a new folder in `folder`."""
        source = self._source
        if source is None or self.export.running:
            return
        if self.export.start(self.form.choices.recipe(source.recipe, source.name), folder):
            self._session.remember(FOLDER_KEY, str(folder))
            self._show_running(True)

    def _saved(self, folder: Path) -> None:
        self._show_running(False)
        self._session.say(
            f"Saved the logo to {folder}.", "success",
            action=("Show", lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))),
        )  # fmt: skip

    def _export_failed(self, sentence: str, details: str) -> None:
        self._show_running(False)
        self.note.show_note(sentence, "error")
        self.note.setToolTip(details)

    def _show_running(self, running: bool) -> None:
        self.bar.setValue(0)
        self.bar.setVisible(running)
        self.stop.setVisible(running)
        self.save.setEnabled(not running)


def _is_mascot(entry: Entry) -> bool:
    return can_perform(entry) and not isinstance(entry.recipe, LogoRecipe)
