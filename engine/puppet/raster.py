"""Drawing deformed layers without a GPU: a coarse backward map per layer, then one cv2.remap, then over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.puppet.backward import BackwardMap, affine_maps
from engine.puppet.parts import Rgba
from engine.puppet.puppet import Texture

PAD = 2
"""Clear pixels around a scaled texture."""

FOLD = 2.5
"""A cell across which the texture jumps by this many cells lies on a fold or a gap and is drawn exactly."""

SEEN = 254
"""A pixel is shown where the map is known at all four nodes around it."""

SUBPIXEL = 16


@dataclass(frozen=True)
class Sheet:
    """One layer to draw: its mesh at rest in picture pixels, its texture, and which triangles if not all are shown."""

    rest: NDArray[np.float32]
    triangles: NDArray[np.int32]
    texture: Texture
    shown: NDArray[np.int32] | None = None


class Rasteriser:
    """Draws sheets at one size. Textures are scaled once, smoothly, so that small renderings don't flicker."""

    def __init__(self, sheets: Sequence[Sheet], width: int, height: int, scale: float) -> None:
        """`scale`: output pixels per picture pixel."""
        self._scale = scale
        self._sheets = sheets
        scaled = [_scaled(sheet, scale) for sheet in sheets]
        self._textures = [texture for texture, _ in scaled]
        self._sources = [source for _, source in scaled]
        starts = np.concatenate([[0], np.cumsum([len(sheet.rest) for sheet in sheets])])
        counts = [len(sheet.triangles) for sheet in sheets]
        source = np.concatenate(self._sources)
        layer_of = np.repeat(np.arange(len(sheets)), counts)
        triangles = np.concatenate(
            [sheet.triangles + start for sheet, start in zip(sheets, starts, strict=False)]
        ).astype(np.int32)
        side = np.sqrt(2 * np.mean(_areas(source[triangles])))
        self._cell = int(np.clip(round(float(side) * 0.6), 4, 24))
        # A cell of margin all around: the map is interpolated between nodes, so nodes must lie beyond the edges.
        self._inside = (slice(self._cell, self._cell + height), slice(self._cell, self._cell + width))
        self._width, self._height = width + 2 * self._cell, height + 2 * self._cell
        shape = (len(sheets), -(-self._height // self._cell) + 1, -(-self._width // self._cell) + 1)
        self._grid = BackwardMap(triangles, layer_of, source, shape, self._cell)

    def draw(self, frame: Sequence[NDArray[np.float32]]) -> Rgba:
        """Sheets over each other: (height, width, 4) uint8 premultiplied. `frame`: vertices of each, stage pixels."""
        import cv2

        placed = [vertices.astype(np.float64) * self._scale + self._cell for vertices in frame]
        nodes = np.concatenate(placed) / self._cell - 0.5
        self._grid.update(nodes)
        canvas = np.zeros((self._height, self._width, 4), dtype=np.uint8)
        for index, vertices in enumerate(placed):
            drawn = self._sheet(index, vertices)
            if drawn is None:
                continue
            pixels, left, top = drawn
            target = canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]]
            if index == 0:
                target[:] = pixels
                continue
            veil: Any = cv2.bitwise_not(cv2.extractChannel(pixels, 3))
            below = cv2.multiply(target, cv2.merge([veil, veil, veil, veil]), scale=1 / 255)
            cv2.add(below, pixels, dst=target)
        return canvas[self._inside].copy()

    def _sheet(self, index: int, vertices: NDArray[np.float64]) -> tuple[Rgba, int, int] | None:
        """The sheet's pixels and the left and top of the box that they fill, or None when it is out of sight."""
        import cv2

        cell = self._cell
        rows, columns = self._grid.known.shape[1:]
        low = np.maximum(np.floor(vertices.min(axis=0) / cell).astype(int) - 1, 0)
        high = np.minimum(np.ceil(vertices.max(axis=0) / cell).astype(int) + 2, (columns, rows))
        if (high <= low).any():
            return None
        place = self._grid.place[index, low[1] : high[1], low[0] : high[0]]
        known = self._grid.known[index, low[1] : high[1], low[0] : high[0]]
        wide, tall = (int(v) for v in (high - low) * cell)
        where: Any = cv2.resize(place, (wide, tall), interpolation=cv2.INTER_LINEAR)
        seen: Any = cv2.resize(known, (wide, tall), interpolation=cv2.INTER_LINEAR)
        local = vertices - low * cell
        broken = _broken_cells(place, known, cell)
        if self._grid.folded[index]:
            broken |= _half_known(known)
        if broken.any():
            _exact(where, seen, broken, local[self._sheets[index].triangles], self._corners(index), cell)
        left, top = (int(v) for v in low * cell)
        width, height = min(wide, self._width - left), min(tall, self._height - top)
        mask: Any = (seen[:height, :width] >= SEEN).view(np.uint8)
        shown = self._sheets[index].shown
        if shown is not None:
            mask = mask & _filled(local[shown], width, height)
        pixels: Any = _remap(self._textures[index], where[:height, :width])
        return cv2.bitwise_and(pixels, pixels, mask=mask), left, top

    def _corners(self, index: int) -> NDArray[np.float64]:
        return self._sources[index][self._sheets[index].triangles]


def _remap(texture: Rgba, where: NDArray[np.float32]) -> Rgba:
    import cv2

    remap: Any = cv2.remap
    return remap(texture, where, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)


def _scaled(sheet: Sheet, scale: float) -> tuple[Rgba, NDArray[np.float64]]:
    """The texture at the output's scale with a clear border, and where the mesh lies in it, (n, 2)."""
    import cv2

    texture = sheet.texture
    height, width = texture.rgba.shape[:2]
    wide, tall = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    same = (wide, tall) == (width, height)
    scaled: Any = texture.rgba if same else cv2.resize(texture.rgba, (wide, tall), interpolation=how)
    # Cubic scaling may overshoot: premultiplied colour must never exceed its alpha.
    scaled = np.minimum(scaled, scaled[..., 3:])
    padded: Any = cv2.copyMakeBorder(scaled, PAD, PAD, PAD, PAD, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    source = (sheet.rest - (texture.left, texture.top)) * (wide / width, tall / height) + (PAD - 0.5)
    return padded, source.astype(np.float64)


def _areas(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2


def _broken_cells(place: NDArray[np.float32], known: NDArray[np.uint8], cell: int) -> NDArray[np.bool_]:
    """Cells (rows - 1, columns - 1) whose known corners come from places far apart in the texture."""
    right = np.abs(place[:, 1:] - place[:, :-1]).max(axis=2) * (known[:, 1:] & known[:, :-1] & 1)
    down = np.abs(place[1:] - place[:-1]).max(axis=2) * (known[1:] & known[:-1] & 1)
    jump = np.maximum(np.maximum(right[1:], right[:-1]), np.maximum(down[:, 1:], down[:, :-1]))
    return jump > FOLD * cell


def _half_known(known: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Cells (rows - 1, columns - 1) with both known and unknown corners."""
    corners = known[1:, 1:], known[1:, :-1], known[:-1, 1:], known[:-1, :-1]
    total = sum((corner & 1 for corner in corners), start=np.zeros_like(corners[0]))
    return (total > 0) & (total < 4)


def _exact(
    where: NDArray[np.float32],
    seen: NDArray[np.uint8],
    broken: NDArray[np.bool_],
    corners: NDArray[np.float64],
    source: NDArray[np.float64],
    cell: int,
) -> None:
    """Fill broken cells pixel by pixel from the triangles themselves, (m, 3, 2), later triangles in front."""
    import cv2

    # The cell between nodes i and i + 1 covers the pixels from (i + 0.5) * cell on.
    mask = np.zeros(seen.shape, dtype=bool)
    half = cell // 2
    blown = np.repeat(np.repeat(broken, cell, axis=0), cell, axis=1)
    mask[half : half + blown.shape[0], half : half + blown.shape[1]] = blown
    rows, columns = np.nonzero(mask)
    top, left = int(rows.min()), int(columns.min())
    bottom, right = int(rows.max()) + 1, int(columns.max()) + 1
    low, high = corners.min(axis=1), corners.max(axis=1)
    near = (high[:, 0] >= left) & (low[:, 0] <= right) & (high[:, 1] >= top) & (low[:, 1] <= bottom)
    owner = np.full((bottom - top, right - left), -1, dtype=np.int32)
    fixed = np.rint((corners - (left + 0.5, top + 0.5)) * SUBPIXEL).astype(np.int32)
    for index in np.flatnonzero(near):
        cv2.fillConvexPoly(owner, fixed[index], int(index), lineType=cv2.LINE_8, shift=4)
    picked = owner[rows - top, columns - left]
    matrix = affine_maps(corners, source)[1][picked]
    place = np.column_stack([columns + 0.5, rows + 0.5, np.ones(len(rows))])
    where[rows, columns] = np.einsum("ndj,nj->nd", matrix, place)
    seen[rows, columns] = np.where(picked >= 0, 255, 0)


def _filled(corners: NDArray[np.float64], width: int, height: int) -> NDArray[np.uint8]:
    """A mask of 1 where one of the triangles (m, 3, 2) lies."""
    import cv2

    mask = np.zeros((height, width), dtype=np.uint8)
    for triangle in np.rint((corners - 0.5) * SUBPIXEL).astype(np.int32):
        cv2.fillConvexPoly(mask, triangle, 1, lineType=cv2.LINE_8, shift=4)
    return mask
