"""Thumbnails: decoded beside the window, kept in memory up to a budget and on disk until the cache is cleared."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QBuffer, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap

from app.background import Background
from app.history.frames import first_frame
from engine.blobs.files import write_bytes
from engine.protocol.errors import MascotError

EDGE_PX = 320
MEMORY_BYTES = 96 * 2**20


class Thumbnails(QObject):
    """Pictures by blob hash, at most EDGE_PX on the longer side. Emits `ready(blob)` when a wanted one is there."""

    ready = Signal(str)

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._kept: OrderedDict[str, QPixmap] = OrderedDict()
        self._kept_bytes = 0
        self._broken: set[str] = set()
        self._waiting: OrderedDict[str, Path] = OrderedDict()
        self._working: str | None = None
        self.disk_folder: Path | None = None

    def get(self, blob: str, source: Path) -> QPixmap | None:
        """The thumbnail if it is in memory; else None, and `ready` follows. The newest wish is served first."""
        kept = self._kept.get(blob)
        if kept is not None:
            self._kept.move_to_end(blob)
            return kept
        if blob not in self._broken and blob != self._working:
            self._waiting[blob] = source
            self._waiting.move_to_end(blob)
            self._next()
        return None

    @property
    def is_busy(self) -> bool:
        """Whether a thumbnail that was asked for is still being made."""
        return self._working is not None or bool(self._waiting)

    def is_broken(self, blob: str) -> bool:
        """Whether the file could not be read as a picture."""
        return blob in self._broken

    def look_again(self) -> None:
        """What couldn't be read may be there now: files of shared projects come later than their entries."""
        broken, self._broken = self._broken, set()
        for blob in broken:
            self.ready.emit(blob)

    def disk_bytes(self) -> int:
        """How much the disk cache holds; for the settings page, on the executor."""
        folder = self.disk_folder
        return sum(path.stat().st_size for path in folder.rglob("*.png")) if folder and folder.is_dir() else 0

    def clear_disk(self) -> None:
        """Empty the disk cache; for the settings page, on the executor."""
        folder = self.disk_folder
        if folder is None or not folder.is_dir():
            return
        for path in folder.rglob("*.png"):
            path.unlink(missing_ok=True)

    def forget(self) -> None:
        """Another library: nothing of the old one is wanted any more."""
        self._kept.clear()
        self._waiting.clear()
        self._broken.clear()
        self._kept_bytes = 0
        self._working = None

    def _next(self) -> None:
        if self._working is not None or not self._waiting:
            return
        blob, source = self._waiting.popitem(last=True)
        self._working = blob
        folder = self.disk_folder
        self._background.run(
            lambda: load_thumbnail(source, folder / blob[:2] / f"{blob}.png" if folder else None),
            lambda image: self._arrived(blob, image),
            lambda _error: self._arrived(blob, QImage()),
        )

    def _arrived(self, blob: str, image: QImage) -> None:
        if self._working != blob:
            return
        self._working = None
        if image.isNull():
            self._broken.add(blob)
        else:
            pixmap = QPixmap.fromImage(image)
            self._kept[blob] = pixmap
            self._kept_bytes += _bytes_of(pixmap)
            while self._kept_bytes > MEMORY_BYTES and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._kept_bytes -= _bytes_of(dropped)
        self.ready.emit(blob)
        self._next()


def _bytes_of(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4


def load_thumbnail(source: Path, cached: Path | None) -> QImage:
    """Decode `source` to a thumbnail, from the disk cache if it is there. A null image when it is no picture."""
    if cached is not None and cached.is_file():
        image = QImage(str(cached))
        if not image.isNull():
            return image
    reader = QImageReader(str(source))
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > 4 * EDGE_PX:
        reader.setScaledSize(size.scaled(QSize(2 * EDGE_PX, 2 * EDGE_PX), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        image = first_frame(source)
    if image.isNull():
        return image
    if max(image.width(), image.height()) > EDGE_PX:
        image = image.scaled(
            EDGE_PX, EDGE_PX, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    if cached is not None:
        _keep(image, cached)
    return image


def _keep(image: QImage, cached: Path) -> None:
    """A full disk only means that the thumbnail is made again next time."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    try:
        write_bytes(cached, bytes(buffer.data().data()))
    except (OSError, MascotError):
        return
