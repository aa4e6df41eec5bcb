"""What people say about the open project and its pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.account.cloud import StudioCloud
from app.canvas.describe import entry_title
from app.comments.card import CommentCard
from app.comments.writer import CommentWriter
from app.session import StudioSession
from app.theme.tokens import SPACE_2, SPACE_3
from app.widgets.labels import label
from app.widgets.notes import NoteLine
from app.widgets.rows import RowList
from app.widgets.segmented import Segmented
from engine.cloud.records import CommentInfo, Member
from engine.protocol.errors import NotFound

if TYPE_CHECKING:
    from engine.cloud.desk import CloudDesk
    from engine.library.gallery import Entry


class CommentsPanel(QWidget):
    """Follows the project and the selected picture. Emits `entry_wanted(entry id)`."""

    entry_wanted = Signal(str)

    def __init__(self, session: StudioSession, cloud: StudioCloud) -> None:
        super().__init__()
        self._session, self._cloud = session, cloud
        self._members: tuple[str, list[Member]] = ("", [])
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_3, 0, SPACE_3, SPACE_3)
        column.setSpacing(SPACE_2)
        self.scope = Segmented([("all", "Whole project"), ("entry", "This picture")])
        self.scope.chosen.connect(lambda _key: self.reload())
        self.empty = label("", "faint", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.list = RowList()
        self.note = NoteLine()
        self.writer = CommentWriter()
        self.writer.written.connect(self._send)
        column.addWidget(self.scope)
        column.addWidget(self.empty, 1)
        column.addWidget(self.list, 1)
        column.addWidget(self.note)
        column.addWidget(self.writer)
        self.silent = label("You see this project as a viewer; members write here.", "faint", wrap=True)
        self.silent.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.silent)
        session.project_changed.connect(lambda _project: self.reload())
        session.entry_changed.connect(self._entry_changed)
        session.closed.connect(self.reload)
        cloud.account_changed.connect(self.reload)
        cloud.status_changed.connect(self._status_changed)
        cloud.comments_changed.connect(self._others_said)
        self._could: tuple[bool, str] | None = None
        self.reload()

    @property
    def _entry(self) -> Entry | None:
        return self._session.entry if self.scope.key == "entry" else None

    def reload(self) -> None:
        """Read the comments anew."""
        self.note.clear_note()
        status = self._cloud.status
        self._could = (status is not None, str(status.role) if status else "")
        may = status is not None and self._cloud.is_in and (status.role is None or status.role.may_edit)
        self.writer.setVisible(may)
        self.silent.setVisible(status is not None and self._cloud.is_in and not may)
        self.writer.about.setText(f"on {entry_title(self._entry)}" if self._entry is not None else "on the project")
        if status is None:
            self._show([])
            return
        project_id = status.project_id
        entry_id = self._entry.id if self._entry is not None else None
        if self.scope.key == "entry" and entry_id is None:
            self._show([])
            return
        self._cloud.ask(self, lambda desk: desk.comments(project_id, entry_id), self._show, self._refuse)
        if may and self._members[0] != status.workspace_id:
            workspace_id = status.workspace_id
            self._cloud.ask(
                self,
                lambda desk: desk.members(workspace_id),
                lambda found: self._know(workspace_id, found),
                lambda _sentence: None,
            )

    def _know(self, workspace_id: str, members: list[Member]) -> None:
        account = self._cloud.account
        others = [one for one in members if account is None or one.user_id != account.user_id]
        self._members = (workspace_id, others)
        self.writer.set_members(others)

    def _entry_changed(self, _entry: Entry | None) -> None:
        if self.scope.key == "entry":
            self.reload()

    def _status_changed(self) -> None:
        status = self._cloud.status
        if (status is not None, str(status.role) if status else "") != self._could:
            self.reload()

    def _others_said(self, project_id: str) -> None:
        status = self._cloud.status
        if status is not None and status.project_id == project_id:
            self.reload()

    def _show(self, comments: list[CommentInfo]) -> None:
        account = self._cloud.account
        self.list.clear()
        for comment in comments:
            mine = account is not None and comment.author_id in (None, account.user_id)
            card = CommentCard(comment, mine=mine, about=self._about(comment))
            card.changed.connect(self._change)
            card.removed.connect(self._remove)
            card.entry_wanted.connect(self.entry_wanted)
            self.list.add(card)
        self.empty.setText(self._empty_words())
        self.empty.setVisible(not comments)
        self.list.setVisible(bool(comments))
        if comments:
            bar = self.list.verticalScrollBar()
            bar.rangeChanged.connect(lambda _low, high: bar.setValue(high), Qt.ConnectionType.SingleShotConnection)

    def _about(self, comment: CommentInfo) -> str:
        library = self._session.library
        if comment.entry_id is None or library is None or self.scope.key == "entry":
            return ""
        try:
            return entry_title(library.gallery.get(comment.entry_id))
        except NotFound:
            return ""

    def _empty_words(self) -> str:
        if not self._cloud.is_in:
            return "Sign in (Account menu) and share a project to talk about it here."
        if self._cloud.status is None:
            return "This project is in your library alone. Share it (Ctrl+Alt+S), and people can comment."
        if self.scope.key == "entry" and self._session.entry is None:
            return "Select a picture to see what is said about it."
        return "Nobody has said anything yet."

    def _send(self, text: str, mentions: list[str]) -> None:
        status = self._cloud.status
        if status is None:
            return
        project_id, entry_id = status.project_id, self._entry.id if self._entry is not None else None
        self._do(lambda desk: desk.comment(project_id, text, entry_id, tuple(mentions)), text)

    def _change(self, comment_id: str, text: str) -> None:
        self._do(lambda desk: desk.change_comment(comment_id, text))

    def _remove(self, comment_id: str) -> None:
        self._do(lambda desk: desk.remove_comment(comment_id))

    def _do(self, work: Callable[[CloudDesk], object], text: str = "") -> None:
        def refused(sentence: str) -> None:
            if text and not self.writer.edit.toPlainText():
                self.writer.edit.setPlainText(text)
            self._refuse(sentence)

        self._cloud.ask(self, work, lambda _: self.reload(), refused)

    def _refuse(self, sentence: str) -> None:
        self.note.show_note(sentence, "error")
