"""Trigger words as buttons: a click gives the word away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.theme.tokens import SPACE_1
from app.widgets.buttons import push_button
from app.widgets.flow_layout import FlowLayout

MOST = 16
_LONGEST = 40


class WordChips(QWidget):
    """Hidden while there are no words. Emits `clicked(word)`."""

    clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self._more: tuple[str, ...] = ()
        self._shown: tuple[str, ...] = ()
        self._layout = FlowLayout(self, SPACE_1)
        self.hide()

    @property
    def words(self) -> tuple[str, ...]:
        return self._shown

    def set_words(self, words: Sequence[str]) -> None:
        self._words = tuple(words)
        self._build()

    def set_more(self, words: Sequence[str]) -> None:
        """Words that stay whatever `set_words` gives."""
        self._more = tuple(words)
        self._build()

    def _build(self) -> None:
        wanted = tuple(dict.fromkeys((*self._words, *self._more)))[:MOST]
        if wanted == self._shown:
            return
        self._shown = wanted
        while self._layout.count():
            item = self._layout.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for word in wanted:
            self._layout.addWidget(self._chip(word))
        self.setVisible(bool(wanted))

    def _chip(self, word: str) -> QWidget:
        chip = push_button(word if len(word) <= _LONGEST else word[:_LONGEST] + "…", "chip")
        chip.setToolTip(f"Put “{word}” into the prompt")
        chip.setAccessibleName(word)
        chip.clicked.connect(lambda: self.clicked.emit(word))
        return chip
