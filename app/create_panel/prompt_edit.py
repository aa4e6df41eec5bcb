"""The prompt's field: a few lines of text, weights with Ctrl+Up and Down, older prompts with Up and Down."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.create_panel.highlighter import PromptHighlighter
from app.create_panel.weighting import STEP, reweighed

LINES = 5
TOOLTIP = (
    "(word:1.2) counts more, (word:0.8) less: Ctrl+Up and Ctrl+Down. {red|blue} takes one by chance, __colours__ one "
    "of a list."
)


class PromptEdit(QPlainTextEdit):
    """Emits `edited(text)` when the user changed the text. `history` is the newest prompt first."""

    edited = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, lines: int = LINES) -> None:
        super().__init__(parent)
        self.history: list[str] = []
        self._at = -1
        self._draft = ""
        self._highlighter = PromptHighlighter(self.document())
        self.setPlaceholderText("a happy blue fox with a red scarf")
        self.setToolTip(TOOLTIP)
        self.setTabChangesFocus(True)
        self.setAccessibleName("Prompt")
        self.setMinimumHeight(self.fontMetrics().lineSpacing() * lines + 18)
        self.setMaximumHeight(self.fontMetrics().lineSpacing() * (lines + 3) + 18)
        # The highlighter's colours are told as changes, too.
        self._told = ""
        self.textChanged.connect(self._changed)

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

    def insert_words(self, words: str) -> None:
        """Put words at the end, behind a comma; nothing happens when they are there."""
        text = self.toPlainText()
        if words.casefold() in text.casefold():
            return
        self.set_prompt(f"{text.rstrip().rstrip(',')}, {words}" if text.strip() else words)

    def change_weight(self, by: float) -> None:
        """Let the selection, or the word at the cursor, count more or less."""
        cursor = self.textCursor()
        text = self.toPlainText()
        changed, start, end = reweighed(text, cursor.selectionStart(), cursor.selectionEnd(), by)
        if changed == text:
            return
        self.set_prompt(changed)
        cursor = self.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def event(self, event: QEvent) -> bool:
        # The window has actions on these keys; here they belong to the text.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _weighs(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _weighs(event):
            self.change_weight(STEP if event.key() == Qt.Key.Key_Up else -STEP)
            return
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

    def _changed(self) -> None:
        text = self.toPlainText()
        if text != self._told:
            self._told = text
            self.edited.emit(text)

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


def _weighs(event: QKeyEvent) -> bool:
    arrow = event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down)
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return arrow and modifiers == Qt.KeyboardModifier.ControlModifier
