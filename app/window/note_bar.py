"""Notes at the top of the canvas: dismissible, never in the way, at most three at a time."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from app.notes import UNDO, Note
from app.theme.icons import pixmap
from app.theme.tokens import ICON_M, SPACE_1, SPACE_2, SPACE_3
from app.widgets.buttons import IconButton, push_button
from app.widgets.labels import label

MAX_NOTES = 3
QUIET_MS = {"info": 9_000, "success": 6_000}
_ICONS = {"info": "info", "success": "circle-check", "warning": "triangle-alert", "error": "circle-alert"}
_COLOURS = {"info": "info", "success": "success", "warning": "warning", "error": "danger"}


class NoteBar(QWidget):
    """A stack of notes, the newest below. Infos and successes go by themselves; warnings and errors wait."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, 0)
        self._layout.setSpacing(SPACE_2)
        self.hide()

    def show_note(self, note: Note) -> None:
        """Add a note; one that says the same is replaced."""
        for card in self.cards():
            if card.note.sentence == note.sentence:
                self._remove(card)
        for card in self.cards()[: max(0, len(self.cards()) - MAX_NOTES + 1)]:
            self._remove(card)
        card = _NoteCard(note, self)
        card.dismiss.clicked.connect(lambda: self._remove(card))
        if note.action is not None:
            card.act.clicked.connect(lambda: self._remove(card))
        self._layout.addWidget(card)
        self.show()
        if quiet := QUIET_MS.get(note.severity):
            timer = QTimer(card)
            timer.setSingleShot(True)
            timer.timeout.connect(lambda: self._remove(card))
            timer.start(quiet)

    def cards(self) -> list[_NoteCard]:
        return self.findChildren(_NoteCard, options=Qt.FindChildOption.FindDirectChildrenOnly)

    def sentences(self) -> list[str]:
        """What is shown now, the oldest first."""
        return [card.note.sentence for card in self.cards()]

    def drop_undo(self) -> None:
        """Take the offers to undo away: what they would take back now is something else."""
        for card in self.cards():
            if card.note.action is not None and card.note.action[0] == UNDO:
                self._remove(card)

    def clear(self) -> None:
        for card in self.cards():
            self._remove(card)

    def _remove(self, card: _NoteCard) -> None:
        if card.parent() is not self:
            return
        self._layout.removeWidget(card)
        card.setParent(None)
        card.deleteLater()
        self.setVisible(bool(self.cards()))


class _NoteCard(QFrame):
    def __init__(self, note: Note, parent: QWidget) -> None:
        super().__init__(parent)
        self.note = note
        self.setObjectName("note")
        self.setProperty("severity", note.severity)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE_3, SPACE_1, SPACE_1, SPACE_1)
        outer.setSpacing(SPACE_1)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        outer.addLayout(row)
        sign = QLabel()
        sign.setPixmap(pixmap(_ICONS[note.severity], ICON_M, _COLOURS[note.severity]))
        row.addWidget(sign)
        text = label(note.sentence, wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(text, 1)
        if note.details:
            fold = push_button("Details", "ghost")
            fold.setCheckable(True)
            row.addWidget(fold)
            details = QPlainTextEdit(note.details)
            details.setObjectName("details")
            details.setReadOnly(True)
            details.setMaximumHeight(160)
            details.hide()
            fold.toggled.connect(details.setVisible)
            outer.addWidget(details)
        if note.action is not None:
            self.act = push_button(note.action[0], "ghost")
            call = note.action[1]
            self.act.clicked.connect(lambda: call())
            row.addWidget(self.act)
        self.dismiss = IconButton("x", "Dismiss")
        row.addWidget(self.dismiss)
