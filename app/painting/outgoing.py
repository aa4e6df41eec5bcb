"""The painting on its way out: into the gallery, a file, the clipboard; and pictures on their way in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QRect
from PySide6.QtGui import QImage

from app.painting.compose import flatten
from app.painting.errand import png
from app.painting.layers import Painting
from app.painting.selection import Selection
from app.painting.tiles import pixels_of

if TYPE_CHECKING:
    from engine.library.gallery import Entry
    from engine.library.library import Library
    from engine.protocol.recipes import PictureRecipe
PNG = "image/png"


def save_to_gallery(
    library: Library,
    project_id: str,
    painting: Painting,
    name: str,
    parent: str,
    recipe: PictureRecipe | None,
) -> Entry:
    """The finished picture as an entry of the gallery. `parent` is the blob that it was begun from, or empty.

    Raises DiskFull, LibraryReadOnly, NotFound. Not for the GUI thread.
    """
    from engine.protocol.artifacts import Artifact, AssetType

    image = flatten(painting)
    data = png(image)
    artifact = Artifact(
        type=AssetType.IMAGE,
        role="picture",
        blob=library.blobs.add_bytes(data),
        media_type=PNG,
        file_name=f"{_stem(name)}.png",
        size_bytes=len(data),
        width=image.width(),
        height=image.height(),
        effective={"made_by": "canvas", "parent": parent or None, "layers": len(painting.layers)},
    )
    return library.gallery.add(project_id, None, artifact, recipe)


def export_png(painting: Painting, path: Path) -> None:
    """The finished picture as a file with its transparency. Raises DiskFull, LibraryReadOnly."""
    from engine.blobs.files import write_bytes

    write_bytes(path, png(flatten(painting)))


def copied(painting: Painting, selection: Selection) -> QImage:
    """What is selected of the finished picture, or all of it."""
    if not selection:
        return flatten(painting)
    area = selection.bounds().intersected(painting.frame)
    if area.isEmpty():
        return flatten(painting)
    image = flatten(painting, area)
    return _limited(image, selection, area)


def clipboard_data(image: QImage, encoded: bytes) -> QMimeData:
    """With its alpha: as PNG bytes for those who take them, as an image for the others."""
    data = QMimeData()
    data.setImageData(image.convertToFormat(QImage.Format.Format_ARGB32))
    data.setData(PNG, encoded)
    return data


def picture_in(data: QMimeData) -> QImage:
    """The picture of a drop or a paste, with its alpha where it has one; a null image when there is none."""
    if data.hasFormat(PNG):
        image = QImage.fromData(data.data(PNG))
        if not image.isNull():
            return image
    for url in data.urls():
        if url.isLocalFile():
            image = QImage(url.toLocalFile())
            if not image.isNull():
                return image
    found = data.imageData()
    return found if isinstance(found, QImage) else QImage()


def _limited(image: QImage, selection: Selection, area: QRect) -> QImage:
    import numpy as np

    result = image.copy()
    share = selection.coverage(area).astype(np.uint16)[..., None]
    pixels = pixels_of(result)
    limited = ((pixels.astype(np.uint16) * share + 127) // 255).astype(np.uint8)
    return QImage(
        np.ascontiguousarray(limited).data, result.width(), result.height(), result.width() * 4, result.format()
    ).copy()


def _stem(name: str) -> str:
    words = "-".join("".join(sign if sign.isalnum() else " " for sign in name.casefold()).split())
    return words[:48].strip("-") or "canvas"
