"""A button that lists older prompts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.widgets.buttons import IconButton

SHOWN = 15
LINE_CHARACTERS = 60


class HistoryButton(IconButton):
    """Emits `picked(prompt)`."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("history", "Older prompts", parent=parent)
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.set_prompts([])

    def set_prompts(self, prompts: Sequence[str]) -> None:
        """The newest first."""
        self._menu.clear()
        self.setEnabled(bool(prompts))
        for prompt in prompts[:SHOWN]:
            line = " ".join(prompt.split()).replace("&", "&&")
            shown = line if len(line) <= LINE_CHARACTERS else line[: LINE_CHARACTERS - 1] + "…"
            self._menu.addAction(shown).triggered.connect(lambda _checked=False, text=prompt: self.picked.emit(text))
