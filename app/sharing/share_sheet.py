"""Put the open project into a workspace, or end that; either way the copy here stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.account.cloud import StudioCloud
from app.sharing.words import ICONS, short
from app.theme.icons import icon
from app.theme.tokens import ICON_M, SPACE_2, SPACE_3
from app.widgets.buttons import push_button
from app.widgets.labels import label
from app.widgets.notes import NoteLine
from app.widgets.rows import Row, icon_mark
from app.window.sheet import Sheet
from app.workspaces.roles import AS
from engine.cloud.records import SyncStatus, WorkspaceInfo

if TYPE_CHECKING:
    from engine.cloud.desk import CloudDesk
    from engine.library.projects import Project

_WORKSPACE = Qt.ItemDataRole.UserRole


class ShareSheet(Sheet):
    """Emits `workspaces_wanted()`."""

    workspaces_wanted = Signal()

    def __init__(self, window: QWidget, cloud: StudioCloud, project: Project) -> None:
        super().__init__(window, f"Share “{project.name}”", width_px=520, height_px=420)
        self._cloud, self._project = cloud, project
        self._asked = False
        self._inner = QWidget()
        self.note = NoteLine()
        self.body.addWidget(self._inner, 1)
        self.body.addWidget(self.note)
        cloud.status_changed.connect(self._build)
        self._shown: SyncStatus | None = None
        self._build(first=True)

    def dismiss(self) -> None:
        self._cloud.status_changed.disconnect(self._build)
        super().dismiss()

    def _build(self, first: bool = False) -> None:
        status = self._cloud.status_of(self._project.id)
        if not first and status == self._shown:
            return
        self._shown = status
        self._asked = False
        fresh = QWidget()
        column = QVBoxLayout(fresh)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_3)
        if status is None:
            self._choosing(column)
        else:
            self._standing(column, status)
        self.body.replaceWidget(self._inner, fresh)
        self._inner.hide()
        self._inner.deleteLater()
        self._inner = fresh

    def _choosing(self, column: QVBoxLayout) -> None:
        column.addWidget(
            label(
                "The members of the workspace see it at once. Everyone goes on working offline, too; changes merge "
                "when they meet.",
                "muted",
                wrap=True,
            )
        )
        self.list = QListWidget()
        self.list.setObjectName("rows")
        self.list.setIconSize(QSize(ICON_M, ICON_M))
        self.list.setAccessibleName("Workspaces")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemActivated.connect(lambda _item: self._share())
        column.addWidget(self.list, 1)
        self.hint = label("To share it with others, make a workspace for them first.", "faint", wrap=True)
        self.hint.hide()
        column.addWidget(self.hint)
        self.share = push_button("Share", "primary", "users")
        self.share.clicked.connect(self._share)
        self.share.setEnabled(False)
        manage = push_button("Workspaces…", "ghost")
        manage.clicked.connect(self.workspaces_wanted)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addWidget(manage)
        row.addStretch(1)
        row.addWidget(self.share)
        column.addLayout(row)
        self._cloud.ask(self, lambda desk: desk.workspaces(), self._fill, self._refuse)

    def _fill(self, workspaces: list[WorkspaceInfo]) -> None:
        if self._shown is not None:
            return
        self.list.clear()
        usable = [one for one in workspaces if one.role.may_edit]
        self.hint.setVisible(all(one.personal for one in usable))
        for workspace in sorted(usable, key=lambda one: one.personal):
            who = "only you, on all your machines" if workspace.personal else _members(workspace.members)
            name = icon("user-round" if workspace.personal else "users")
            item = QListWidgetItem(name, f"{workspace.name}   ·   {who}", self.list)
            item.setData(_WORKSPACE, workspace)
        if usable:
            self.list.setCurrentRow(0)
        self.share.setEnabled(bool(usable))

    def _share(self) -> None:
        item = self.list.currentItem()
        if self.list.currentRow() < 0:
            return
        workspace: WorkspaceInfo = item.data(_WORKSPACE)
        self.share.setEnabled(False)
        self.share.setText(" Sharing …")
        self._do(
            lambda desk: desk.share_project(self._project.id, workspace.id),
            f"Shared with “{workspace.name}”. It follows by itself from now on.",
        )

    def _standing(self, column: QVBoxLayout, status: SyncStatus) -> None:
        name, tint = ICONS[status.state]
        column.addWidget(Row(icon_mark(name, tint, 20), short(status), status.sentence))
        self.where = QVBoxLayout()
        column.addLayout(self.where)
        self.keep = QCheckBox("Keep all its files on this machine")
        self.keep.setChecked(status.keep_offline)
        self.keep.clicked.connect(self._keep)
        column.addWidget(self.keep)
        column.addWidget(
            label("Otherwise large files are fetched when you open them; small previews are always here.", "faint",
                  wrap=True)
        )  # fmt: skip
        column.addStretch(1)
        column.addWidget(
            label("When you stop sharing, others keep theirs and you keep your copy here.", "faint", wrap=True)
        )
        self.stop = push_button("Stop sharing…", "danger", "link-2-off")
        self.stop.clicked.connect(self._stop)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.stop)
        column.addLayout(row)
        self._cloud.ask(self, lambda desk: desk.workspaces(), self._show_where, lambda _sentence: None)

    def _show_where(self, workspaces: list[WorkspaceInfo]) -> None:
        """With whom it is shared; left out while the server can't be asked."""
        status = self._shown
        found = next((one for one in workspaces if status is not None and one.id == status.workspace_id), None)
        if found is None or self.where.count():
            return
        people = push_button("People…", "ghost")
        people.clicked.connect(self.workspaces_wanted)
        who = "only you, on all your machines" if found.personal else _members(found.members)
        mark = icon_mark("user-round" if found.personal else "users", size_px=20)
        self.where.addWidget(Row(mark, found.name, f"{who}  ·  you belong to it {AS[found.role]}", people))

    def _keep(self, kept: bool) -> None:
        self._do(
            lambda desk: desk.keep_offline(self._project.id, kept),
            "All its files come to this machine." if kept else "Files are fetched when you open them.",
        )

    def _stop(self) -> None:
        """The second press stops."""
        if not self._asked:
            self._asked = True
            self.stop.setText(" Stop, and keep my copy")
            return
        self._do(lambda desk: desk.stop_sharing(self._project.id), "Not shared any more. Your copy stays here.")

    def _do(self, work: Callable[[CloudDesk], object], said: str) -> None:
        def done(_: object) -> None:
            self.note.show_note(said, "success")
            self._cloud.begin()

        self.note.clear_note()
        self._cloud.ask(self, work, done, self._refuse)

    def _refuse(self, sentence: str) -> None:
        self._shown = None
        self._build(first=True)
        self.note.show_note(sentence, "error")


def _members(count: int) -> str:
    return "1 member" if count == 1 else f"{count} members"
