"""What an empty studio shows: what to do first, with prompts that can be clicked."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.theme.icons import pixmap
from app.theme.tokens import SPACE_2, SPACE_3, SPACE_4, SPACE_6
from app.widgets.buttons import push_button
from app.widgets.labels import label

EXAMPLES = (
    "a happy blue fox with a red scarf",
    "a sleepy purple robot wearing headphones, sitting",
    "a surprised teal rabbit with a yellow crown, waving",
)


class EmptyState(QWidget):
    """Signals: `prompt_picked(str)`, `build_wanted()`."""

    prompt_picked = Signal(str)
    build_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE_6, SPACE_6, SPACE_6, SPACE_6)
        outer.addStretch(4)
        sign = QLabel()
        sign.setPixmap(pixmap("sparkles", 40, "accent"))
        sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = title = label("", "title")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.lead = lead = label("", "muted", wrap=True)
        lead.setAlignment(Qt.AlignmentFlag.AlignCenter)
        outer.addWidget(sign)
        outer.addSpacing(SPACE_3)
        outer.addWidget(title)
        outer.addWidget(lead)
        outer.addSpacing(SPACE_4)
        self.examples = [push_button(text, "chip") for text in EXAMPLES]
        for button, text in zip(self.examples, EXAMPLES, strict=True):
            button.setToolTip("Put this into the prompt and generate it")
            button.clicked.connect(lambda _checked=False, prompt=text: self.prompt_picked.emit(prompt))
            outer.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
            outer.addSpacing(SPACE_2)
        outer.addSpacing(SPACE_3)
        row = QHBoxLayout()
        row.addStretch(1)
        self.build = push_button("Build one by hand", "ghost", "hammer")
        self.build.clicked.connect(self.build_wanted)
        row.addWidget(self.build)
        row.addStretch(1)
        outer.addLayout(row)
        hint = label("Drop a MascotForge picture here to get its recipe back.", "faint", wrap=True)
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        outer.addWidget(hint)
        outer.addStretch(5)
        self.set_first(True)

    def set_first(self, first: bool) -> None:
        """Whether there is nothing in the gallery yet that could be chosen instead."""
        self.title.setText("Make your first mascot" if first else "Choose a picture, or make a new one")
        self.lead.setText(
            "Describe it in a sentence and press Generate, or start with one of these:"
            if first
            else "Choose one in the gallery, or describe another and press Generate, for example:"
        )
