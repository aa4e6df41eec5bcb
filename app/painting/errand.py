"""From the canvas to a recipe: the start picture, the mask, the margins and the control maps, as blobs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QRect
from PySide6.QtGui import QImage

from app.painting.compose import flatten, flatten_layers
from app.painting.easel import Edges
from app.painting.layers import Layer, LayerKind, Painting
from app.painting.masks import Coverage, region_to_make, to_picture
from app.painting.selection import Selection
from app.painting.tiles import pixels_of

if TYPE_CHECKING:
    from engine.blobs.store import BlobStore
    from engine.protocol.picture_options import Control, ReferencePicture, StartPicture
    from engine.protocol.recipes import PictureRecipe

UNIT = 8
LEAST_EDGE = 64
PNG_QUALITY = 80
"""Qt's scale for PNG: the higher, the less it is compressed; pixels are the same."""


@dataclass(frozen=True, eq=False)
class Errand:
    """`area` of the canvas is what the result stands for; its pixels beyond `area` are padding. `region` (height,
    width) uint8 of the frame is what changes, None when everything may."""

    painting: Painting
    area: QRect
    edges: Edges
    region: Coverage | None
    width: int
    height: int
    start: StartPicture | None
    controls: tuple[Control, ...]

    def limit(self) -> Coverage | None:
        """(height, width) uint8 of the area: what the engine makes anew; None means all of it."""
        if self.region is None and not self.edges.any:
            return None
        limit = np.full((self.area.height(), self.area.width()), 255 if self.edges.any else 0, np.uint8)
        frame = self.painting.frame
        x, y = frame.left() - self.area.left(), frame.top() - self.area.top()
        inside = limit[y : y + frame.height(), x : x + frame.width()]
        inside[:] = 0 if self.region is None else self.region
        return limit

    def recipe(self, base: PictureRecipe, references: tuple[ReferencePicture, ...] = ()) -> PictureRecipe:
        """What the creator asked for, worked into the canvas. Raises pydantic.ValidationError."""
        from engine.protocol.recipes import PictureRecipe

        kinds = {control.kind for control in self.controls}
        controls = (*(control for control in base.controls if control.kind not in kinds), *self.controls)
        known = {reference.blob for reference in base.references}
        more = tuple(reference for reference in references if reference.blob not in known)
        return PictureRecipe.model_validate(
            base.model_dump()
            | {
                "width": self.width,
                "height": self.height,
                "start": self.start,
                "controls": controls[:4],
                "references": (*base.references, *more)[:4],
            }
        )


def prepare(
    painting: Painting, selection: Selection, edges: Edges, strength: float, feather: int, blobs: BlobStore
) -> Errand:
    """Write what the engine has to see into the blobs. May take a second on a large canvas: not for the GUI thread.

    Raises DiskFull, LibraryReadOnly.
    """
    frame = painting.frame
    left, pad_x, right = _fitted(frame.width(), edges.left, edges.right)
    top, pad_y, bottom = _fitted(frame.height(), edges.top, edges.bottom)
    grown = Edges(left, top, right, bottom)
    padded = frame.adjusted(0, 0, pad_x, pad_y)
    region = region_to_make(painting, selection)
    start = _start(painting, padded, region, grown, strength, feather, blobs)
    return Errand(
        painting=painting,
        area=grown.around(frame),
        edges=grown,
        region=region,
        width=padded.width() + left + right,
        height=padded.height() + top + bottom,
        start=start,
        controls=_controls(painting, frame, blobs),
    )


def _start(
    painting: Painting,
    padded: QRect,
    region: Coverage | None,
    edges: Edges,
    strength: float,
    feather: int,
    blobs: BlobStore,
) -> StartPicture | None:
    from engine.protocol.picture_options import Margins, StartPicture

    picture = flatten(painting, padded)
    bare = region is None and not edges.any
    if bare and (strength >= 1.0 or not _shows_something(picture)):
        return None
    mask = None
    if region is not None:
        height, width = region.shape
        whole = np.zeros((padded.height(), padded.width()), np.uint8)
        whole[:height, :width] = region
        mask = blobs.add_bytes(png(to_picture(whole)))
    margins = Margins(left=edges.left, top=edges.top, right=edges.right, bottom=edges.bottom)
    return StartPicture(
        blob=blobs.add_bytes(png(picture)), strength=strength, mask=mask, feather=feather, margins=margins
    )


def _controls(painting: Painting, frame: QRect, blobs: BlobStore) -> tuple[Control, ...]:
    from engine.protocol.picture_options import Control, ControlKind

    def control(layer: Layer) -> Control:
        image = flatten_layers((replace(layer, kind=LayerKind.PICTURE, opacity=1.0),), frame)
        blob = blobs.add_bytes(png(image))
        return Control(kind=ControlKind(layer.control), blob=blob, ready=True, weight=layer.opacity)

    wanted = [
        layer for layer in painting.layers if layer.kind is LayerKind.CONTROL and layer.visible and not layer.empty
    ]
    return tuple(control(layer) for layer in wanted)


def png(image: QImage) -> bytes:
    """A picture as PNG, with straight alpha."""
    if image.format() is not QImage.Format.Format_Grayscale8:
        image = image.convertToFormat(QImage.Format.Format_ARGB32)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", PNG_QUALITY)  # pyright: ignore[reportCallIssue, reportArgumentType]
    return bytes(buffer.data().data())


def _shows_something(picture: QImage) -> bool:

    return bool(pixels_of(picture)[..., 3].any())


def _fitted(size: int, before: int, after: int) -> tuple[int, int, int]:
    """(before, padding, after) so that all together is a size that a recipe can have. Padding would part the picture
    from what continues it, so a side that grows takes it instead."""
    total = before + size + after
    wanted = max(LEAST_EDGE, -(-total // UNIT) * UNIT)
    if after:
        return before, 0, after + wanted - total
    if before:
        return before + wanted - total, 0, 0
    return 0, wanted - total, 0
