"""A window onto a canvas: the part of a picture that a model paints, at the model's own size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.picture.alpha import Floats

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom are outside."""


@dataclass(frozen=True)
class Window:
    """`box` in canvas pixels may reach beyond the canvas; `size` (width, height) is what it is painted at."""

    box: Box
    size: tuple[int, int]

    @property
    def width(self) -> int:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        return self.box[3] - self.box[1]

    def cut(self, canvas: Floats, *, continued: bool = False) -> Floats:
        """(H, W, n) → (h, w, n) at `size`. Beyond the canvas is nothing (0), or its edge when `continued`."""
        import cv2

        left, top, right, bottom = self.box
        height, width = canvas.shape[:2]
        inner = canvas[max(0, top) : min(height, bottom), max(0, left) : min(width, right)]
        around = (max(0, -top), max(0, bottom - height), max(0, -left), max(0, right - width))
        if any(around):
            mode = cv2.BORDER_REPLICATE if continued else cv2.BORDER_CONSTANT
            inner = cv2.copyMakeBorder(inner, *around, mode, value=(0.0, 0.0, 0.0, 0.0)).astype(np.float32)
        return resampled(inner.reshape(self.height, self.width, -1), self.size)

    def inside(self, canvas_width: int, canvas_height: int) -> Box:
        """The box's part that lies on the canvas."""
        left, top, right, bottom = self.box
        return max(0, left), max(0, top), min(canvas_width, right), min(canvas_height, bottom)

    def back(self, painted: Floats, canvas_width: int, canvas_height: int) -> Floats:
        """(h, w, n) at `size` → the part on the canvas, (bottom - top, right - left, n) of `inside`."""
        left, top, right, bottom = self.inside(canvas_width, canvas_height)
        whole = resampled(painted, (self.width, self.height))
        return whole[top - self.box[1] : bottom - self.box[1], left - self.box[0] : right - self.box[0]]

    def uncovered(self, painted: Floats, canvas_width: int, canvas_height: int) -> Floats:
        """(h, w, n) at `size` without what was painted beyond the canvas, still at the painted resolution."""
        across, down = self.size[0] / self.width, self.size[1] / self.height
        left, top, right, bottom = self.inside(canvas_width, canvas_height)
        rows = slice(round((top - self.box[1]) * down), max(1, round((bottom - self.box[1]) * down)))
        columns = slice(round((left - self.box[0]) * across), max(1, round((right - self.box[0]) * across)))
        return painted[rows, columns]


def around(box: Box, width: float, height: float) -> Box:
    """A box of at least that size around the middle of another."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    w, h = max(round(width), box[2] - box[0]), max(round(height), box[3] - box[1])
    left, top = round(x - w / 2), round(y - h / 2)
    return left, top, left + w, top + h


def shaped(box: Box, size: tuple[int, int]) -> Box:
    """The smallest box around another that has the shape of `size` (width, height)."""
    width, height = box[2] - box[0], box[3] - box[1]
    aspect = size[0] / size[1]
    return around(box, max(width, height * aspect), max(height, width / aspect))


def shifted_inside(box: Box, canvas_width: int, canvas_height: int) -> Box:
    """The box moved onto the canvas as far as it fits; along a side where it is longer it is centred."""

    def move(low: int, high: int, room: int) -> tuple[int, int]:
        length = high - low
        start = (room - length) // 2 if length > room else min(max(0, low), room - length)
        return start, start + length

    left, right = move(box[0], box[2], canvas_width)
    top, bottom = move(box[1], box[3], canvas_height)
    return left, top, right, bottom


def resampled(picture: Floats, size: tuple[int, int]) -> Floats:
    """(h, w, n) float32 at `size` (width, height), antialiased, within 0..1; a fourth channel caps the colours."""
    from PIL import Image

    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    planes = [
        np.asarray(Image.fromarray(np.ascontiguousarray(picture[..., n])).resize(size, Image.Resampling.LANCZOS))
        for n in range(picture.shape[2])
    ]
    out = np.clip(np.dstack(planes), 0.0, 1.0).astype(np.float32)
    if out.shape[2] == 4:
        out[..., :3] = np.minimum(out[..., :3], out[..., 3:])
    return out
