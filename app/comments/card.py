"""One comment: who, when, what; its author can change or remove it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QToolButton, QVBoxLayout

from app.account.moments import ago
from app.theme.icons import icon
from app.theme.roles import set_kind, set_role
from app.theme.tokens import SPACE_1, SPACE_2, SPACE_3
from app.widgets.avatar import SMALL_PX, Avatar
from app.widgets.buttons import IconButton, push_button
from app.widgets.labels import ElidedLabel, wrapped
from app.widgets.rows import buttons
from engine.cloud.records import CommentInfo
from engine.protocol.people import colour_of

EDIT_PX, LINK_PX = 68, 120


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
        tint = colour_of(comment.author_id) if comment.author_id else ""
        layout.addWidget(Avatar(author, tint, SMALL_PX), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(SPACE_1)
        head = QHBoxLayout()
        head.setSpacing(SPACE_2)
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addWidget(ElidedLabel(author, "heading-small"))
        when = [ago(comment.created_at)] + ["edited"] * comment.edited + ["waits to be sent"] * (not comment.sent)
        lines.addWidget(ElidedLabel("  ·  ".join(part for part in when if part), "faint"))
        head.addLayout(lines, 1)
        if mine:
            for name, text, call in (("pencil", "Change", self._edit), ("trash-2", "Remove", self._remove)):
                button = IconButton(name, text)
                button.clicked.connect(call)
                head.addWidget(button)
        column.addLayout(head)
        self.text = wrapped(comment.text)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.text)
        if about and comment.entry_id:
            link = QToolButton()
            set_kind(link, "link")
            link.setIcon(icon("image", "text_faint"))
            link.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            link.setText(QFontMetrics(link.font()).elidedText(f" {about}", Qt.TextElideMode.ElideRight, LINK_PX))
            link.setToolTip(f"Show {about}")
            link.setAccessibleName(f"Show {about}")
            link.clicked.connect(lambda: self.entry_wanted.emit(comment.entry_id))
            column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        self.editor = QPlainTextEdit(comment.text)
        self.editor.setFixedHeight(EDIT_PX)
        self.editor.setTabChangesFocus(True)
        self.editor.setAccessibleName("Comment")
        self.keep = push_button("Keep", "primary")
        self.keep.clicked.connect(self._keep)
        self.stay = push_button("Cancel", "ghost")
        self.stay.clicked.connect(self._close)
        self._editing = (self.editor, self.keep, self.stay)
        column.addWidget(self.editor)
        column.addLayout(buttons(self.stay, self.keep, leading=False))
        self._close()
        layout.addLayout(column, 1)

    def _edit(self) -> None:
        for part in self._editing:
            part.show()
        self.text.hide()
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _keep(self) -> None:
        text = self.editor.toPlainText().strip()
        if text and text != self.comment.text:
            self.changed.emit(self.comment.id, text)
        self._close()

    def _close(self) -> None:
        for part in self._editing:
            part.hide()
        self.text.show()

    def _remove(self) -> None:
        self.removed.emit(self.comment.id)
