"""What a canvas can draw: textured triangles for OpenGL, whole frames for the software path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

Pixels = NDArray[np.uint8]
Points = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class DrawnLayer:
    """One textured mesh, drawn in order, the first behind.

    `pixels` (height, width, 4) uint8 premultiplied; `uv` (n, 2) 0..1, v down; `triangles` (m, 3) indices.
    """

    pixels: Pixels
    uv: Points
    triangles: NDArray[np.int32]


class Drawable(Protocol):
    """A picture that may move, in picture pixels, x right, y down.

    `frame` (x, y, width, height) is what `render` shows; it reaches beyond the picture where a movement does.
    """

    @property
    def size(self) -> tuple[int, int]: ...
    @property
    def frame(self) -> tuple[float, float, float, float]: ...
    @property
    def loop_seconds(self) -> float: ...
    @property
    def layers(self) -> tuple[DrawnLayer, ...]: ...

    def positions(self, seconds: float) -> list[Points]:
        """Where the vertices of each of `layers` are, (n, 2) float32."""
        ...

    def render(self, seconds: float, longer_side: int) -> Pixels:
        """The frame as (height, width, 4) uint8 premultiplied, its longer side about as asked."""
        ...


class StillPicture:
    """A picture at rest: one quad."""

    loop_seconds = 1.0

    def __init__(self, pixels: Pixels) -> None:
        """`pixels` (height, width, 4) uint8 premultiplied."""
        self._image = image_of(pixels)
        height, width = pixels.shape[:2]
        self.size = (width, height)
        self.frame = (0.0, 0.0, float(width), float(height))
        corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float32)
        self._corners = corners * np.array([width, height], dtype=np.float32)
        self.layers = (DrawnLayer(pixels, corners, np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32)),)

    def positions(self, seconds: float) -> list[Points]:
        return [self._corners]

    def render(self, seconds: float, longer_side: int) -> Pixels:
        scale = longer_side / max(self.size)
        width, height = (max(1, round(side * scale)) for side in self.size)
        mode = Qt.TransformationMode.SmoothTransformation
        return pixels_of(self._image.scaled(width, height, Qt.AspectRatioMode.IgnoreAspectRatio, mode))


def load_picture(path: str) -> Pixels | None:
    """A picture file as (height, width, 4) uint8 premultiplied; None when it can't be read."""
    image = QImage(path)
    if image.isNull():
        return None
    return pixels_of(image)


def pixels_of(image: QImage) -> Pixels:
    """A QImage's pixels as a new (height, width, 4) uint8 premultiplied RGBA array."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888_Premultiplied)
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4).copy()


def image_of(pixels: Pixels) -> QImage:
    """(height, width, 4) uint8 premultiplied as a QImage that owns its bytes."""
    height, width = pixels.shape[:2]
    data = np.ascontiguousarray(pixels)
    return QImage(data.data, width, height, width * 4, QImage.Format.Format_RGBA8888_Premultiplied).copy()
