"""Light colours for what is not plain words in a prompt: weights and wildcards."""

from __future__ import annotations

import re

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from app.theme.icons import colour

_RULES = (
    (re.compile(r"(?<!\\)[()\[\]]|:\s*\d*\.?\d+\s*(?=\))"), "accent"),
    (re.compile(r"(?<!\\)[{}|]|(?<=\{)\s*\d+(?:-\d+)?\$\$|__[A-Za-z0-9][\w./-]*?__"), "info"),
)


class PromptHighlighter(QSyntaxHighlighter):
    """Weights in the accent's colour, wildcards in blue."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats = {name: self._format(name) for _, name in _RULES}

    def highlightBlock(self, text: str) -> None:
        for pattern, name in _RULES:
            for found in pattern.finditer(text):
                self.setFormat(found.start(), found.end() - found.start(), self._formats[name])

    @staticmethod
    def _format(name: str) -> QTextCharFormat:
        result = QTextCharFormat()
        result.setForeground(QColor(colour(name)))
        return result
