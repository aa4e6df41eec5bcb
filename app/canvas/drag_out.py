"""A handle by which the finished picture is dragged out of the canvas, as a file and as a picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication

from app.painting.compose import flatten
from app.painting.errand import png
from app.painting.layers import Painting
from app.painting.outgoing import clipboard_data
from app.widgets.buttons import IconButton
from engine.blobs.files import write_bytes

THUMB_PX = 96
NAME = "canvas.png"


class DragOut(IconButton):
    """`painting` gives what is dragged, `folder` where its file may lie until it is dropped (None: nowhere)."""

    def __init__(self, painting: Callable[[], Painting], folder: Callable[[], Path | None]) -> None:
        super().__init__("file-up", "Drag the finished picture out from here")
        self._painting, self._folder = painting, folder
        self._from: QPoint | None = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._from = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        start = self._from
        if start is None:
            return
        if (event.position().toPoint() - start).manhattanLength() >= QApplication.startDragDistance():
            self._from = None
            self._drag()

    def data(self) -> QMimeData:
        """What is dropped. Raises DiskFull, LibraryReadOnly."""
        image = flatten(self._painting())
        encoded = png(image)
        data = clipboard_data(image, encoded)
        folder = self._folder()
        if folder is not None:
            path = folder / NAME
            write_bytes(path, encoded)
            data.setUrls([QUrl.fromLocalFile(str(path))])
        return data

    def _drag(self) -> None:
        drag = QDrag(self)
        data = self.data()
        drag.setMimeData(data)
        picture = QPixmap.fromImage(flatten(self._painting()))
        drag.setPixmap(picture.scaledToWidth(THUMB_PX, Qt.TransformationMode.SmoothTransformation))
        drag.exec(Qt.DropAction.CopyAction)
