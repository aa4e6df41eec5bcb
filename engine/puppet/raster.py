"""Drawing deformed layers without a GPU: a coarse backward map per layer, then one cv2.remap, then over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.puppet.parts import Rgba
from engine.puppet.puppet import Puppet
from engine.puppet.rig import RigLayer

PAD = 2
"""Clear pixels around a scaled texture."""

OUTSIDE = -2.0
"""How far outside a triangle (in barycentric units) the map may be continued, so that rim cells are whole."""

FOLD = 2.5
"""A cell across which the texture jumps by this many cells lies on a fold or a gap and is drawn exactly."""


@dataclass(frozen=True)
class _Sheet:
    texture: Rgba
    source: NDArray[np.float64]
    triangles: NDArray[np.int32]


class Rasteriser:
    """Draws one puppet at one size. Textures are scaled once, so that small renderings don't flicker."""

    def __init__(self, puppet: Puppet, width: int, height: int, scale: float) -> None:
        """`scale`: output pixels per picture pixel."""
        self.width, self.height = width, height
        self._scale = scale
        self._sheets = [
            _sheet(layer, texture.rgba, texture.left, texture.top, scale)
            for layer, texture in zip(puppet.rig.layers, puppet.textures, strict=True)
        ]
        side = [np.sqrt(len(s.triangles) and _mean_area(s) * 2) for s in self._sheets]
        self._cell = int(np.clip(round(float(np.mean(side)) / 2), 4, 16))

    def draw(self, frame: list[tuple[int, NDArray[np.float32]]]) -> Rgba:
        """The frame's layers over each other: (height, width, 4) uint8 premultiplied. Vertices in stage pixels."""
        import cv2

        canvas = np.zeros((self.height, self.width, 4), dtype=np.uint8)
        for index, vertices in frame:
            drawn = self._layer(self._sheets[index], vertices.astype(np.float64) * self._scale)
            if drawn is None:
                continue
            pixels, left, top = drawn
            target = canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]]
            veil: Any = cv2.bitwise_not(cv2.extractChannel(pixels, 3))
            below = cv2.multiply(target, cv2.merge([veil, veil, veil, veil]), scale=1 / 255)
            target[:] = cv2.add(below, pixels)
        return canvas

    def _layer(self, sheet: _Sheet, vertices: NDArray[np.float64]) -> tuple[Rgba, int, int] | None:
        """The layer's pixels and the left and top of the box that they fill, or None when it is out of sight."""
        import cv2

        cell = self._cell
        low = np.maximum(np.floor(vertices.min(axis=0) / cell).astype(int) - 1, 0)
        limit = np.array([-(-self.width // cell), -(-self.height // cell)])
        high = np.minimum(np.ceil(vertices.max(axis=0) / cell).astype(int) + 1, limit)
        if (high <= low).any():
            return None
        grid, known = _backward_grid(vertices / cell - low - 0.5, sheet.triangles, sheet.source, high - low)
        wide, tall = (high - low) * cell
        where: Any = cv2.resize(grid, (int(wide), int(tall)), interpolation=cv2.INTER_LINEAR)
        seen: Any = cv2.resize(known, (int(wide), int(tall)), interpolation=cv2.INTER_LINEAR)
        broken = _broken_cells(grid, known, cell)
        if broken.any():
            _exact(where, seen, broken, vertices - low * cell, sheet, cell)
        left, top = (int(v) for v in low * cell)
        width, height = min(int(wide), self.width - left), min(int(tall), self.height - top)
        pixels: Any = cv2.remap(
            sheet.texture, where[:height, :width], None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT
        )
        hidden: Any = cv2.compare(seen[:height, :width], 0.999, cv2.CMP_LT)
        pixels[hidden > 0] = 0
        return pixels, left, top


def _sheet(layer: RigLayer, rgba: Rgba, left: int, top: int, scale: float) -> _Sheet:
    import cv2

    height, width = rgba.shape[:2]
    wide, tall = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled: Any = cv2.resize(rgba, (wide, tall), interpolation=how) if (wide, tall) != (width, height) else rgba
    # Cubic scaling may overshoot: premultiplied colour must never exceed its alpha.
    scaled = np.minimum(scaled, scaled[..., 3:])
    padded = cv2.copyMakeBorder(scaled, PAD, PAD, PAD, PAD, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    source = (layer.vertices - (left, top)) * (wide / width, tall / height) + (PAD - 0.5)
    return _Sheet(np.ascontiguousarray(padded), source.astype(np.float64), layer.triangles)


def _mean_area(sheet: _Sheet) -> float:
    a, b, c = (sheet.source[sheet.triangles[:, k]] for k in range(3))
    return float(np.mean(np.abs((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]))) / 2


def _affine(
    vertices: NDArray[np.float64], triangles: NDArray[np.int32], source: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Per triangle the map from place to barycentric coordinates (m, 3, 3), and on to the texture (m, 2, 3)."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    area = np.where(np.abs(area) < 1e-9, 1e-9, area)
    bary = np.empty((len(triangles), 3, 3))
    for k, (p, q) in enumerate(((b, c), (c, a), (a, b))):
        bary[:, k, 0] = (p[:, 1] - q[:, 1]) / area
        bary[:, k, 1] = (q[:, 0] - p[:, 0]) / area
        bary[:, k, 2] = (p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]) / area
    return bary, np.einsum("mkd,mkj->mdj", source[triangles], bary)


def _backward_grid(
    vertices: NDArray[np.float64], triangles: NDArray[np.int32], source: NDArray[np.float64], size: NDArray[Any]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where each grid node lies in the texture, (rows, columns, 2), and whether that is known (1) or not (0).

    `vertices` in units of nodes. A node in several triangles takes the last; one outside takes the nearest.
    """
    columns, rows = int(size[0]), int(size[1])
    bary, to_source = _affine(vertices, triangles, source)
    corners = vertices[triangles]
    first = np.floor(corners.min(axis=1)).astype(int) - 1
    span = int((np.ceil(corners.max(axis=1)).astype(int) + 1 - first).max()) + 1
    steps = np.arange(span)
    x = first[:, 0, None, None] + steps[None, None, :]
    y = first[:, 1, None, None] + steps[None, :, None]
    inside = np.full((len(triangles), span, span), np.inf)
    for k in range(3):
        weights = bary[:, k, :, None, None]
        np.minimum(inside, weights[:, 0] * x + weights[:, 1] * y + weights[:, 2], out=inside)
    near = (inside > OUTSIDE) & (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
    triangle, row, column = np.nonzero(near)
    depth = inside[triangle, row, column]
    node = (first[triangle, 1] + row) * columns + first[triangle, 0] + column
    owner = np.full(rows * columns, -1)
    outer = depth < -1e-9
    order = np.argsort(depth[outer])
    owner[node[outer][order]] = triangle[outer][order]
    owner[node[~outer]] = triangle[~outer]
    known = owner >= 0
    at = np.flatnonzero(known)
    matrix = to_source[owner[at]]
    place = np.column_stack([at % columns, at // columns, np.ones(len(at))])
    grid = np.zeros((rows * columns, 2), dtype=np.float32)
    grid[at] = np.einsum("ndj,nj->nd", matrix, place)
    return grid.reshape(rows, columns, 2), known.reshape(rows, columns).astype(np.float32)


def _broken_cells(grid: NDArray[np.float32], known: NDArray[np.float32], cell: int) -> NDArray[np.bool_]:
    """Cells (rows - 1, columns - 1) whose known corners come from places far apart in the texture."""
    right = np.abs(np.diff(grid, axis=1)).max(axis=2) * (known[:, 1:] * known[:, :-1])
    down = np.abs(np.diff(grid, axis=0)).max(axis=2) * (known[1:] * known[:-1])
    jump = np.maximum(np.maximum(right[1:], right[:-1]), np.maximum(down[:, 1:], down[:, :-1]))
    return jump > FOLD * cell


def _exact(
    where: NDArray[np.float32],
    seen: NDArray[np.float32],
    broken: NDArray[np.bool_],
    vertices: NDArray[np.float64],
    sheet: _Sheet,
    cell: int,
) -> None:
    """Fill broken cells pixel by pixel from the triangles themselves, later triangles in front."""
    import cv2

    # The cell between nodes i and i + 1 covers the pixels from (i + 0.5) * cell on.
    mask = np.zeros(seen.shape, dtype=bool)
    blown = np.repeat(np.repeat(broken, cell, axis=0), cell, axis=1)
    half = cell // 2
    mask[half : half + blown.shape[0], half : half + blown.shape[1]] = blown
    rows, columns = np.nonzero(mask)
    top, left = int(rows.min()), int(columns.min())
    bottom, right = int(rows.max()) + 1, int(columns.max()) + 1
    corners = vertices[sheet.triangles]
    low, high = corners.min(axis=1), corners.max(axis=1)
    near = (high[:, 0] >= left) & (low[:, 0] <= right) & (high[:, 1] >= top) & (low[:, 1] <= bottom)
    owner = np.full((bottom - top, right - left), -1, dtype=np.int32)
    fixed = np.rint((corners - (left + 0.5, top + 0.5)) * 16).astype(np.int32)
    for index in np.flatnonzero(near):
        cv2.fillConvexPoly(owner, fixed[index], int(index), lineType=cv2.LINE_8, shift=4)
    picked = owner[rows - top, columns - left]
    _, to_source = _affine(vertices, sheet.triangles, sheet.source)
    matrix = to_source[picked]
    place = np.column_stack([columns + 0.5, rows + 0.5, np.ones(len(rows))])
    where[rows, columns] = np.einsum("ndj,nj->nd", matrix, place)
    seen[rows, columns] = picked >= 0
