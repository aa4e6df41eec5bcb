"""The backward map of deformed meshes on a coarse grid: for every node, which place of the texture is seen there."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

OUTSIDE = 1.6
"""How many nodes beyond the mesh's rim the map is continued, so that cells on the rim are whole."""


class BackwardMap:
    """All layers' maps at once: `place` (layers, rows, columns, 2) float32 texture pixels; `known` uint8, 255 or 0."""

    def __init__(
        self,
        triangles: NDArray[np.int32],
        layer_of: NDArray[np.int64],
        source: Matrix,
        shape: tuple[int, int, int],
        cell: int,
    ) -> None:
        """`triangles` (m, 3) with `layer_of` (m,); `source` (n, 2) texture pixels at the output's scale.

        Nodes lie `cell` output pixels apart; `shape` is (layers, rows, columns).
        """
        self.place = np.zeros((*shape, 2), dtype=np.float32)
        self.known = np.zeros(shape, dtype=np.uint8)
        self.folded = np.zeros(shape[0], dtype=bool)
        """Layers in which a triangle lies on its face: there the map ends where no rim is."""
        self._triangles = triangles
        self._layer_of = layer_of[:, None]
        self._source = source[triangles]
        self._winding = _winding(self._source)
        self._rim = _rim(triangles)
        own = self._source[self._rim]
        self._rim_source = own - own.mean(axis=1, keepdims=True)
        self._cell = cell

    def update(self, vertices: Matrix) -> None:
        """Fill the maps for `vertices` (n, 2) in units of nodes; of a layer's triangles over a node the last counts."""
        layers, rows, columns = self.known.shape
        corners = vertices[self._triangles]
        bary, to_source = affine_maps(corners, self._source)
        upright = _winding(corners) == self._winding
        self.folded[:] = False
        self.folded[self._layer_of[~upright, 0]] = True
        first = np.floor(corners.min(axis=1)).astype(np.int64) - 1
        span = int((np.ceil(corners.max(axis=1)).astype(np.int64) + 1 - first).max()) + 1
        steps = np.arange(span)
        x, y = first[:, :1] + steps, first[:, 1:] + steps
        along = (bary[:, :, 0, None] * x[:, None, :]).astype(np.float32)
        down = (bary[:, :, 1, None] * y[:, None, :] + bary[:, :, 2, None]).astype(np.float32)
        depth = down[:, 0, :, None] + along[:, 0, None, :]
        for k in (1, 2):
            np.minimum(depth, down[:, k, :, None] + along[:, k, None, :], out=depth)
        on_canvas = ((y >= 0) & (y < rows))[:, :, None] & ((x >= 0) & (x < columns))[:, None, :]
        node = ((self._layer_of * rows + y) * columns)[:, :, None] + x[:, None, :]
        inner = (depth > -1e-5) & on_canvas
        owner = np.full(layers * rows * columns, -1)
        owner[node[inner]] = np.nonzero(inner)[0]
        at = np.flatnonzero(owner >= 0)
        matrix = to_source[owner[at]]
        place, known = self.place.reshape(-1, 2), self.known.reshape(-1)
        known[:] = 0
        known[at] = 255
        across, downwards = (at % columns)[:, None], (at // columns % rows)[:, None]
        place[at] = matrix[:, :, 0] * across + matrix[:, :, 1] * downwards + matrix[:, :, 2]
        rim = self._rim
        steepness = np.hypot(bary[rim, :, 0], bary[rim, :, 1]).max(axis=1)
        near = on_canvas[rim] & (depth[rim] > -OUTSIDE * steepness[:, None, None])
        # A triangle that lies on its face says nothing about what is beside it.
        near &= upright[rim, None, None]
        self._continue(node[rim], near, corners[rim], bary[rim])

    def _continue(self, node: NDArray[Any], near: NDArray[np.bool_], corners: Matrix, bary: Matrix) -> None:
        """Carry the maps past the rim as if its triangles had been turned but not stretched.

        A squeezed triangle's own affine map would race through the texture. One row per triangle on the rim.
        """
        _, rows, columns = self.known.shape
        place, known = self.place.reshape(-1, 2), self.known.reshape(-1)
        now = corners - corners.mean(axis=1, keepdims=True)
        then = self._rim_source
        turn_c = (now * then).sum(axis=(1, 2))
        turn_s = (now[..., 0] * then[..., 1] - now[..., 1] * then[..., 0]).sum(axis=1)
        # Textures are at the output's scale: one node is `cell` texture pixels.
        length = np.maximum(np.hypot(turn_c, turn_s), 1e-12) / self._cell
        turn_c, turn_s = turn_c / length, turn_s / length
        triangle = np.nonzero(near)[0]
        node = node[near]
        fresh = known[node] == 0
        triangle, node = triangle[fresh], node[fresh]
        at = np.column_stack([node % columns, node // columns % rows])
        weights = (bary[triangle, :, :2] * at[:, None, :]).sum(axis=2) + bary[triangle, :, 2]
        np.maximum(weights, 0.0, out=weights)
        weights /= weights.sum(axis=1, keepdims=True)
        beyond = at - (weights[:, :, None] * corners[triangle]).sum(axis=1)
        distance = np.hypot(beyond[:, 0], beyond[:, 1])
        order = np.flatnonzero(distance < OUTSIDE)
        order = order[np.argsort(-distance[order])]
        triangle, node = triangle[order], node[order]
        c, s = turn_c[triangle], turn_s[triangle]
        dx, dy = beyond[order, 0], beyond[order, 1]
        rim = (weights[order, :, None] * self._source[self._rim[triangle]]).sum(axis=1)
        place[node] = rim + np.column_stack([c * dx - s * dy, s * dx + c * dy])
        known[node] = 255


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
    return bary, np.matmul(source.transpose(0, 2, 1), bary)


def _rim(triangles: NDArray[np.int32]) -> NDArray[np.int64]:
    """Triangles (k,) with an edge that no other triangle shares."""
    edges = np.sort(np.stack([triangles, np.roll(triangles, 1, axis=1)], axis=2), axis=2).reshape(-1, 2)
    key = edges[:, 0].astype(np.int64) * (int(triangles.max()) + 1) + edges[:, 1]
    _, inverse, counts = np.unique(key, return_inverse=True, return_counts=True)
    return np.flatnonzero((counts[inverse].reshape(-1, 3) == 1).any(axis=1))


def _winding(corners: Matrix) -> NDArray[np.bool_]:
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return a[:, 0] * b[:, 1] > a[:, 1] * b[:, 0]
