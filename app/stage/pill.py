"""A few words that float over the stage, on a dark rounded ground."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from app.theme.tokens import DARK, RADIUS_L, TEXT_S

_COLOURS = {"warning": DARK.warning}


class Pill(QLabel):
    """Hidden until it has something to say. `severity` is what it was told last; `resized` asks for a place."""

    resized = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.severity = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hide()

    def show_text(self, text: str, severity: str) -> None:
        """`severity`: info, busy, warning or meter."""
        if severity != self.severity:
            self.severity = severity
            self.setStyleSheet(
                f"background: rgba(15, 16, 19, 215); color: {_COLOURS.get(severity, DARK.text_muted)};"
                f"border: 1px solid {DARK.border}; border-radius: {RADIUS_L}px; padding: 4px 12px;"
                f"font-size: {TEXT_S}px;"
            )
        self.setText(text)
        self.setAccessibleName(text)
        self.show()
        self.resized.emit()

    def size_within(self, room: int) -> QSize:
        """On one line when `room` pixels are enough, else wrapped."""
        self.setWordWrap(False)
        size = self.sizeHint()
        if size.width() > room:
            self.setWordWrap(True)
            return QSize(room, self.heightForWidth(room))
        return size

    def put(self, left: int, top: int, size: QSize) -> None:
        self.setGeometry(QRect(left, top, size.width(), size.height()))
