"""The prompt's field: a few lines of text, older prompts with the up and down keys."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

LINES = 5


class PromptEdit(QPlainTextEdit):
    """Emits `edited(text)` when the user changed the text. `history` is the newest prompt first."""

    edited = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.history: list[str] = []
        self._at = -1
        self._draft = ""
        self.setPlaceholderText("a happy blue fox with a red scarf")
        self.setTabChangesFocus(True)
        self.setAccessibleName("Prompt")
        self.setMinimumHeight(self.fontMetrics().lineSpacing() * LINES + 18)
        self.setMaximumHeight(self.fontMetrics().lineSpacing() * (LINES + 3) + 18)
        self.textChanged.connect(lambda: self.edited.emit(self.toPlainText()))

    def sizeHint(self) -> QSize:
        return QSize(240, self.minimumHeight())

    def set_prompt(self, text: str) -> None:
        """Replace the text, keeping the field's own undo; nothing happens when it is the same."""
        if text == self.toPlainText():
            return
        cursor = self.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self.setTextCursor(cursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if plain and event.key() == Qt.Key.Key_Up and self._on_edge(QTextCursor.MoveOperation.Up) and self._step(1):
            return
        if (
            plain
            and event.key() == Qt.Key.Key_Down
            and self._on_edge(QTextCursor.MoveOperation.Down)
            and self._step(-1)
        ):
            return
        super().keyPressEvent(event)

    def _on_edge(self, direction: QTextCursor.MoveOperation) -> bool:
        return not QTextCursor(self.textCursor()).movePosition(direction)

    def _step(self, by: int) -> bool:
        """Go `by` prompts back in history; from the newest down lies the draft. False at an end."""
        if self._at >= 0 and (self._at >= len(self.history) or self.history[self._at] != self.toPlainText()):
            self._at = -1
        target = self._at + by
        if not -1 <= target < len(self.history):
            return False
        if self._at == -1:
            self._draft = self.toPlainText()
        self._at = target
        self.set_prompt(self._draft if target == -1 else self.history[target])
        return True
