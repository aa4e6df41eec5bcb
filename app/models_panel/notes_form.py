"""What someone notes about an add-on: trigger words, a description, a picture of what it does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.theme.tokens import SPACE_2
from app.widgets.buttons import push_button
from app.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from engine.dispatch.model_cards import ModelCard

DESCRIPTION_PX = 72


class NotesForm(QWidget):
    """Emits `kept(trigger words as text, description, picture file or None)`."""

    kept = Signal(str, str, object)

    def __init__(self, card: ModelCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture: Path | None = None
        self.words = QLineEdit(", ".join(card.trigger_words))
        self.words.setPlaceholderText("Words that call it, with commas between")
        self.words.setAccessibleName("Trigger words")
        self.description = QPlainTextEdit(card.description)
        self.description.setFixedHeight(DESCRIPTION_PX)
        self.description.setTabChangesFocus(True)
        self.description.setAccessibleName("Description")
        self.choose = push_button("Preview…", "ghost", "image")
        self.choose.setToolTip("A picture that shows what it does")
        self.choose.clicked.connect(self._choose)
        self.chosen = ElidedLabel("", "faint")
        self.keep = push_button("Keep", "primary")
        self.keep.clicked.connect(self._keep)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addWidget(self.choose)
        row.addWidget(self.chosen, 1)
        row.addWidget(self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_2)
        for words, field in (("Trigger words", self.words), ("Description", self.description)):
            column.addWidget(label(words, "field"))
            column.addWidget(field)
        column.addLayout(row)

    def take_picture(self, path: Path) -> None:
        """Make a file the preview once it is kept."""
        self.picture = path
        self.chosen.setText(path.name)

    def _choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "A picture as preview", "", "Pictures (*.png *.webp *.jpg *.jpeg)")
        if path:
            self.take_picture(Path(path))

    def _keep(self) -> None:
        self.kept.emit(self.words.text(), self.description.toPlainText(), self.picture)
