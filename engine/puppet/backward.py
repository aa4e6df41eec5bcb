"""The backward map of deformed meshes on a coarse grid: for every node, which place of the texture is seen there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

OUTSIDE = 1.6
"""How many nodes beyond the mesh's rim the map is continued, so that cells on the rim are whole."""


@dataclass(frozen=True)
class GridMap:
    """`place` (layers, rows, columns, 2) float32 texture pixels, `known` (layers, rows, columns) uint8, 255 or 0."""

    place: NDArray[np.float32]
    known: NDArray[np.uint8]


def backward_grid(
    vertices: Matrix,
    triangles: NDArray[np.int32],
    layer_of: NDArray[np.int64],
    source: Matrix,
    grid: GridMap,
    cell: int,
) -> Matrix:
    """Fill `grid` for all layers at once; gives each triangle's affine map from nodes to the texture, (m, 2, 3).

    `vertices` (n, 2) in units of nodes, which lie `cell` output pixels apart; `triangles` (m, 3) with `layer_of` (m,);
    `source` (n, 2) texture pixels, at the output's scale. A node in several triangles of a layer takes the last.
    """
    layers, rows, columns = grid.known.shape
    corners = vertices[triangles]
    bary, to_source = affine_maps(corners, source[triangles])
    first = np.floor(corners.min(axis=1)).astype(np.int64) - 1
    span = int((np.ceil(corners.max(axis=1)).astype(np.int64) + 1 - first).max()) + 1
    steps = np.arange(span)
    x, y = first[:, :1] + steps, first[:, 1:] + steps
    along = bary[:, :, 0, None] * x[:, None, :]
    down = bary[:, :, 1, None] * y[:, None, :] + bary[:, :, 2, None]
    depth = (down[:, 0, :, None] + along[:, 0, None, :]).astype(np.float32)
    for k in (1, 2):
        np.minimum(depth, down[:, k, :, None] + along[:, k, None, :], out=depth)
    on_canvas = ((y >= 0) & (y < rows))[:, :, None] & ((x >= 0) & (x < columns))[:, None, :]
    node = (layer_of[:, None] * rows + y)[:, :, None] * columns + x[:, None, :]
    inner = (depth > -1e-6) & on_canvas
    owner = np.full(layers * rows * columns, -1)
    owner[node[inner]] = np.nonzero(inner)[0]
    at = np.flatnonzero(owner >= 0)
    matrix = to_source[owner[at]]
    place, known = grid.place.reshape(-1, 2), grid.known.reshape(-1)
    known[:] = 0
    known[at] = 255
    across, downwards = (at % columns)[:, None], (at // columns % rows)[:, None]
    place[at] = matrix[:, :, 0] * across + matrix[:, :, 1] * downwards + matrix[:, :, 2]
    outer = on_canvas & (depth > -OUTSIDE * _steepness(bary)[:, None, None])
    outer[outer] = known[node[outer]] == 0
    triangle = np.nonzero(outer)[0]
    near = corners[triangle], bary[triangle], source[triangles[triangle]]
    _continue(place, known, node[outer], (columns, rows), cell, *near)
    return to_source


def affine_maps(corners: Matrix, source: Matrix) -> tuple[Matrix, Matrix]:
    """Maps per triangle (m, 3, 2): from place to barycentric coordinates, (m, 3, 3), and to texture, (m, 2, 3)."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    area = np.where(np.abs(area) < 1e-9, 1e-9, area)
    bary = np.empty((len(corners), 3, 3))
    for k, (p, q) in enumerate(((b, c), (c, a), (a, b))):
        bary[:, k, 0] = (p[:, 1] - q[:, 1]) / area
        bary[:, k, 1] = (q[:, 0] - p[:, 0]) / area
        bary[:, k, 2] = (p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]) / area
    return bary, np.einsum("mkd,mkj->mdj", source, bary)


def _winding(corners: Matrix) -> NDArray[np.bool_]:
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return a[:, 0] * b[:, 1] > a[:, 1] * b[:, 0]


def _steepness(bary: Matrix) -> Matrix:
    """The largest change of a barycentric coordinate over one node, (m,)."""
    return np.hypot(bary[:, :, 0], bary[:, :, 1]).max(axis=1)


def _continue(
    place: NDArray[np.float32],
    known: NDArray[np.uint8],
    node: NDArray[Any],
    size: tuple[int, int],
    cell: int,
    corners: Matrix,
    bary: Matrix,
    source: Matrix,
) -> None:
    """Carry the map past the rim as if the nearest triangle had been turned there but not stretched.

    A squeezed triangle's own affine map would race through the texture. One row per candidate (node, triangle).
    """
    columns, rows = size
    at = np.column_stack([node % columns, node // columns % rows]).astype(np.float64)
    weights = bary[:, :, 0] * at[:, :1] + bary[:, :, 1] * at[:, 1:] + bary[:, :, 2]
    weights = np.maximum(weights, 0.0)
    weights /= weights.sum(axis=1, keepdims=True)
    beyond = at - (weights[:, :, None] * corners).sum(axis=1)
    distance = np.hypot(beyond[:, 0], beyond[:, 1])
    # A triangle that lies on its face says nothing about what is beside it.
    order = np.flatnonzero((distance < OUTSIDE) & (_winding(corners) == _winding(source)))
    order = order[np.argsort(-distance[order])]
    corners, source, weights = corners[order], source[order], weights[order]
    now = corners - corners.mean(axis=1, keepdims=True)
    then = source - source.mean(axis=1, keepdims=True)
    along = (now * then).sum(axis=(1, 2))
    across = (now[..., 0] * then[..., 1] - now[..., 1] * then[..., 0]).sum(axis=1)
    # Textures are at the output's scale: one node is `cell` texture pixels.
    length = np.maximum(np.hypot(along, across), 1e-12) / cell
    c, s = along / length, across / length
    dx, dy = beyond[order, 0], beyond[order, 1]
    rim = (weights[:, :, None] * source).sum(axis=1)
    place[node[order]] = rim + np.column_stack([c * dx - s * dy, s * dx + c * dy])
    known[node[order]] = 255
