"""Where a comment is written: names follow an @, Ctrl+Enter sends."""

from __future__ import annotations

import re

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QListView, QPlainTextEdit, QVBoxLayout, QWidget

from app.theme.tokens import SPACE_1, SPACE_2
from app.widgets.buttons import push_button
from app.widgets.labels import ElidedLabel
from engine.cloud.records import Member

MOST_CHARACTERS = 4000
HEIGHT_PX = 68
_BEGUN = re.compile(r"(?:^|\s)@([\w.\- ]{0,40})$")


class CommentEdit(QPlainTextEdit):
    """Offers names while one types after an @. Emits `sent()` for Ctrl+Enter."""

    sent = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT_PX)
        self.setTabChangesFocus(True)
        self.setPlaceholderText("Write a comment; @ mentions somebody")
        self.setAccessibleName("Comment")
        self._names = QStringListModel(self)
        self.completer = QCompleter(self._names, self)
        self.completer.setWidget(self)
        self.completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.completer.activated.connect(self._take)
        self._popup = QListView()
        self._popup.setObjectName("names")
        self.completer.setPopup(self._popup)

    def offer(self, names: list[str]) -> None:
        self._names.setStringList(names)

    def begun(self) -> str | None:
        """What is typed after the @ before the cursor; None when there is none."""
        before = self.toPlainText()[: self.textCursor().position()]
        found = _BEGUN.search(before)
        return found[1] if found else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        popup = self._popup
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if popup.isVisible() and (enter or event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Tab)):
            event.ignore()
            return
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.sent.emit()
            return
        super().keyPressEvent(event)
        begun = self.begun()
        if begun is None:
            popup.hide()
            return
        self.completer.setCompletionPrefix(begun)
        if self.completer.completionCount() and self.isVisible():
            at = self.cursorRect()
            at.translate(0, self.viewport().y() + SPACE_1)  # under the line, not over it
            at.setLeft(0)
            at.setWidth(min(220, self.width()))
            self.completer.complete(at)

    def _take(self, name: str) -> None:
        begun = self.begun() or ""
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(begun))
        cursor.insertText(f"{name} ")


class CommentWriter(QWidget):
    """Emits `written(text, user ids that are mentioned)`."""

    written = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self._members: list[Member] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_2)
        self.edit = CommentEdit()
        self.edit.sent.connect(self.send_now)
        self.about = ElidedLabel("", "faint")
        self.send = push_button("Send", "primary", "send")
        self.send.setToolTip("Ctrl+Enter")
        self.send.clicked.connect(self.send_now)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addWidget(self.about, 1)
        row.addWidget(self.send)
        column.addWidget(self.edit)
        column.addLayout(row)

    def set_members(self, members: list[Member]) -> None:
        """Who can be mentioned."""
        self._members = members
        self.edit.offer([name_of(member) for member in members])

    def mentions(self, text: str) -> list[str]:
        """The user ids of those whose names follow an @ in the text."""
        folded = text.casefold()
        return [one.user_id for one in self._members if f"@{name_of(one)}".casefold() in folded]

    def send_now(self) -> None:
        """Hand over what was written, when there is anything."""
        text = self.edit.toPlainText().strip()[:MOST_CHARACTERS]
        if text and self.send.isEnabled():
            self.written.emit(text, self.mentions(text))
            self.edit.clear()


def name_of(member: Member) -> str:
    """A member's name, or what stands before the @ of the address."""
    return member.name or member.email.partition("@")[0]
