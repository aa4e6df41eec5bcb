"""Pictures on their way out: as files with their recipe inside, and as a picture with its transparency."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from engine.library.gallery import Entry
    from engine.library.library import Library

DRAG_FOLDER = "drag"


def clean_drag_folder(library: Library) -> None:
    """Remove what earlier drags left in the cache; on the executor, when a library was opened."""
    shutil.rmtree(library.layout.cache / DRAG_FOLDER, ignore_errors=True)


def files_for(library: Library, entries: Sequence[Entry]) -> list[Path]:
    """Copies of the entries in a folder of the cache, recipes inside, under names a person would give.

    Raises DiskFull, NotFound.
    """
    from engine.library.export import save_artifact

    folder = library.layout.cache / DRAG_FOLDER / entries[0].id
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return [save_artifact(library, entry, folder) for entry in entries]


def drag_data(library: Library, entries: Sequence[Entry]) -> QMimeData:
    """Files to drop into a folder or another program; one picture goes as a picture, too."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in files_for(library, entries)])
    if len(entries) == 1:
        _add_picture(data, library, entries[0])
    return data


def clipboard_data(library: Library, entry: Entry) -> QMimeData:
    """One picture with its alpha: as PNG bytes for those who take them, as an image for the others."""
    data = QMimeData()
    _add_picture(data, library, entry)
    return data


def _add_picture(data: QMimeData, library: Library, entry: Entry) -> None:
    content = library.blobs.read(entry.artifact.blob)
    image = QImage.fromData(content)
    if image.isNull():
        return
    data.setImageData(image)
    if entry.artifact.media_type == "image/png":
        data.setData("image/png", content)
