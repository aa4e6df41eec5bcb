"""Who changed the open project's document and when; any state of it can be brought back."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.account.cloud import StudioCloud
from app.account.moments import ago, moment
from app.widgets.avatar import Avatar
from app.widgets.buttons import push_button
from app.widgets.labels import label
from app.widgets.notes import NoteLine
from app.widgets.rows import Row, RowList
from app.window.sheet import Sheet
from engine.cloud.records import VersionInfo
from engine.protocol.people import colour_of

if TYPE_CHECKING:
    from engine.cloud.desk import CloudDesk
    from engine.library.projects import Project


def day_of(version: VersionInfo) -> str:
    """The heading under which a version stands."""
    at = moment(version.ended_at)
    return f"{at:%A, %d %B %Y}" if at is not None else "Earlier"


class VersionsSheet(Sheet):
    """The newest first, a heading for each day."""

    def __init__(self, window: QWidget, cloud: StudioCloud, project: Project) -> None:
        super().__init__(window, f"History of “{project.name}”", width_px=560, height_px=560)
        self._cloud, self._project = cloud, project
        self.body.addWidget(
            label(
                "Names, descriptions, saved mascots, characters and joints. Bringing a state back is a new edit: "
                "nothing that came after it is lost.",
                "muted",
                wrap=True,
            )
        )
        self.empty = label("Looking …", "faint")
        self.body.addWidget(self.empty)
        self.list = RowList()
        self.body.addWidget(self.list, 1)
        self.note = NoteLine()
        self.body.addWidget(self.note)
        self._load()

    def _load(self) -> None:
        project_id = self._project.id
        self._cloud.ask(self, lambda desk: desk.history(project_id), self._show, self._refuse)

    def _show(self, versions: list[VersionInfo]) -> None:
        self.list.clear()
        ordered = sorted(versions, key=lambda one: one.number, reverse=True)
        self.empty.setVisible(not ordered)
        self.empty.setText("Nothing has been changed yet.")
        status = self._cloud.status_of(self._project.id)
        may = status is None or status.role is None or status.role.may_edit
        for heading, group in groupby(ordered, key=day_of):
            self.list.add(label(heading, "section"))
            for version in group:
                self.list.add(self._row(version, newest=version is ordered[0], may=may))

    def _row(self, version: VersionInfo, *, newest: bool, may: bool) -> Row:
        author = version.author_name or "Somebody"
        mark = Avatar(author, colour_of(version.author_id) if version.author_id else "")
        edits = "1 edit" if version.operations == 1 else f"{version.operations:,} edits"
        at = moment(version.ended_at)
        words = "  ·  ".join(part for part in (edits, f"{at:%H:%M}" if at else "", ago(version.ended_at)) if part)
        if newest:
            return Row(mark, author, words, label("Now", "success"))
        back = push_button("Bring back", "ghost", "history")
        back.setEnabled(may)
        back.setToolTip("" if may else "As a viewer you can't change this project.")
        back.clicked.connect(lambda: self._restore(version))
        return Row(mark, author, words, back)

    def _restore(self, version: VersionInfo) -> None:
        project_id = self._project.id
        self.note.show_note("Bringing it back …", "info")

        def done(changed: bool) -> None:
            then = "The project is as it was then. The edits after it are in its history."
            self.note.show_note(then if changed else "The project is like that now already.", "success")
            self._load()

        def work(desk: CloudDesk) -> bool:
            changed = desk.restore_version(project_id, version.number)
            desk.sync(project_id, files=False)  # so that it stands in the history when that is read anew
            return changed

        self._cloud.ask(self, work, done, self._refuse)

    def _refuse(self, sentence: str) -> None:
        self.empty.hide()
        self.note.show_note(sentence, "error")
