"""One reference picture with its caption."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.theme.tokens import SPACE_1, SPACE_2
from app.widgets.buttons import IconButton

if TYPE_CHECKING:
    from engine.library.characters import ReferenceView

EDGE_PX = 72


class PictureCard(QWidget):
    """Signals: `captioned(str)` when the caption was edited, `removed()`."""

    captioned = Signal(str)
    removed = Signal()

    def __init__(self, picture: ReferenceView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = picture
        self.setFixedHeight(EDGE_PX)
        self.image = QLabel()
        self.image.setFixedSize(EDGE_PX, EDGE_PX)
        self.image.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.image.setAccessibleName("Reference picture")
        self.caption = QLineEdit(picture.caption)
        self.caption.setPlaceholderText("What it shows (optional)")
        self.caption.setToolTip("What differs in this picture: pose, mood, what it wears")
        self.caption.setAccessibleName("Caption")
        self.caption.editingFinished.connect(self._edited)
        remove = IconButton("x", "Remove this picture from the character")
        remove.clicked.connect(self.removed)
        self.remove_button = remove
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_2)
        row.addWidget(self.image)
        words = QVBoxLayout()
        words.setSpacing(SPACE_1)
        words.addStretch(1)
        words.addWidget(self.caption)
        words.addStretch(1)
        row.addLayout(words, 1)
        row.addWidget(remove)

    def show_pixmap(self, pixmap: QPixmap) -> None:
        self.image.setPixmap(
            pixmap.scaled(
                EDGE_PX, EDGE_PX, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        )

    def show_picture(self, picture: ReferenceView) -> None:
        """The same picture with what is said of it now."""
        self.picture = picture
        if not self.caption.hasFocus() and self.caption.text() != picture.caption:
            self.caption.setText(picture.caption)

    def _edited(self) -> None:
        text = self.caption.text().strip()
        if text != self.picture.caption:
            self.captioned.emit(text)
