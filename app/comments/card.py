"""One comment: who, when, what; its author can change or remove it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout

from app.account.moments import ago
from app.theme.roles import set_role
from app.theme.tokens import SPACE_1, SPACE_2, SPACE_3
from app.widgets.avatar import SMALL_PX, Avatar
from app.widgets.buttons import IconButton, push_button
from app.widgets.labels import label
from engine.cloud.records import CommentInfo

EDIT_PX = 68


class CommentCard(QFrame):
    """Signals: `changed(comment id, text)`, `removed(comment id)`, `entry_wanted(entry id)`."""

    changed = Signal(str, str)
    removed = Signal(str)
    entry_wanted = Signal(str)

    def __init__(self, comment: CommentInfo, *, mine: bool, about: str = "") -> None:
        super().__init__()
        self.comment = comment
        set_role(self, "card")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_3, SPACE_2, SPACE_2, SPACE_3)
        layout.setSpacing(SPACE_2)
        author = comment.author_name or ("You" if mine else "Somebody")
        layout.addWidget(Avatar(author, size_px=SMALL_PX), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(SPACE_1)
        head = QHBoxLayout()
        head.setSpacing(SPACE_2)
        head.addWidget(label(author, "heading-small"))
        when = [ago(comment.created_at)] + ["edited"] * comment.edited + ["waits to be sent"] * (not comment.sent)
        head.addWidget(label("  ·  ".join(part for part in when if part), "faint"), 1)
        if mine:
            for name, text, call in (("pencil", "Change", self._edit), ("trash-2", "Remove", self._remove)):
                button = IconButton(name, text)
                button.clicked.connect(call)
                head.addWidget(button)
        column.addLayout(head)
        self.text = label(comment.text, wrap=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.text)
        if about and comment.entry_id:
            link = push_button(f"on {about}", "ghost", "image")
            link.clicked.connect(lambda: self.entry_wanted.emit(comment.entry_id))
            column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        self.editor = QPlainTextEdit(comment.text)
        self.editor.setFixedHeight(EDIT_PX)
        self.editor.hide()
        self.keep = push_button("Keep", "primary")
        self.keep.clicked.connect(self._keep)
        self.keep.hide()
        column.addWidget(self.editor)
        column.addWidget(self.keep, 0, Qt.AlignmentFlag.AlignRight)
        layout.addLayout(column, 1)

    def _edit(self) -> None:
        for part in (self.editor, self.keep):
            part.show()
        self.text.hide()
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _keep(self) -> None:
        text = self.editor.toPlainText().strip()
        if text and text != self.comment.text:
            self.changed.emit(self.comment.id, text)
        for part in (self.editor, self.keep):
            part.hide()
        self.text.show()

    def _remove(self) -> None:
        self.removed.emit(self.comment.id)
