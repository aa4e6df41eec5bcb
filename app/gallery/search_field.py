"""The gallery's search field: words, or a picture that is dropped on it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.theme.icons import icon
from app.window.drop import picture_paths


class SearchField(QLineEdit):
    """Emits `picture_dropped(Path)`."""

    picture_dropped = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText("Search, or drop a picture")
        self.setToolTip(
            "Words of prompt, name, tags and notes; also model:…  lora:…  style:…  seed:…  rating:4  colour:blue  "
            "since:2026-01-31. Drop a picture to find what looks like it."
        )
        self.setAccessibleName("Search the gallery")
        self.setClearButtonEnabled(True)
        self.addAction(icon("search", "text_faint"), QLineEdit.ActionPosition.LeadingPosition)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if picture_paths(event.mimeData()):
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        paths: list[Path] = picture_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.picture_dropped.emit(paths[0])
        else:
            super().dropEvent(event)
