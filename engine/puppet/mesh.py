"""A triangle mesh over a part's silhouette: its outline with a small margin, an even grid inside, Delaunay between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

VISIBLE = 3
"""Alpha at or below this is too faint to see and does not widen the mesh."""


@dataclass(frozen=True)
class Mesh:
    """`vertices` (n, 2) float32 picture pixels, `triangles` (m, 3) int32, all wound the same way."""

    vertices: NDArray[np.float32]
    triangles: NDArray[np.int32]


def mesh_from_alpha(alpha: NDArray[np.uint8], spacing: float, margin: float) -> Mesh | None:
    """Cover the visible part of `alpha` (height, width) with triangles of about `spacing` pixels a side.

    The outline lies `margin` pixels outside the silhouette, so that its soft edge is never cut. Gaps wider than
    twice the margin stay open: what lies side by side is not glued together. None when nothing is visible.
    """
    import cv2
    from scipy.spatial import Delaunay

    pad = int(margin) + 3
    visible = np.pad((alpha > VISIBLE).astype(np.uint8), pad)
    reach = 2 * round(margin) + 1
    covered: Any = cv2.dilate(visible, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    outlines, _ = cv2.findContours(covered, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    rim = [_resample(outline[:, 0, :].astype(np.float64), spacing) for outline in outlines if len(outline) > 8]
    if not rim:
        return None
    depth: Any = cv2.distanceTransform(covered, cv2.DIST_L2, 3)
    grid = _inside(depth, spacing)
    points = np.vstack([*rim, grid])
    if len(points) < 3:
        return None
    triangles = np.asarray(Delaunay(points).simplices, dtype=np.int32)
    triangles = triangles[_covers(points, triangles, covered)]
    triangles = triangles[~_slivers(points, triangles, len(points) - len(grid), margin)]
    triangles = _same_winding(points, triangles)
    used, inverse = np.unique(triangles, return_inverse=True)
    if not len(used):
        return None
    # Pixel centres lie at halves: a vertex is a place in the picture, not an index.
    vertices = (points[used] - pad + 0.5).astype(np.float32)
    return Mesh(vertices, inverse.reshape(-1, 3).astype(np.int32))


def spacing_for(alphas: list[NDArray[np.uint8]], vertices: int) -> float:
    """The spacing that spends about `vertices` vertices on all parts together."""
    area = sum(int(np.count_nonzero(alpha > VISIBLE)) for alpha in alphas)
    # A triangular grid holds one vertex per 0.87 square spacings; rims take about half as many again.
    return max(4.0, float(np.sqrt(max(area, 1) / 0.87 / vertices * 1.6)))


def _resample(outline: NDArray[np.float64], spacing: float) -> NDArray[np.float64]:
    """Corner-keeping points about `spacing` apart along a closed pixel outline."""
    import cv2

    simple: Any = cv2.approxPolyDP(outline.astype(np.float32)[:, None], 1.2, True)
    corners = simple[:, 0, :].astype(np.float64)
    ends = np.roll(corners, -1, axis=0)
    lengths = np.linalg.norm(ends - corners, axis=1)
    keep: list[NDArray[np.float64]] = []
    behind = spacing
    for corner, end, length in zip(corners, ends, lengths, strict=True):
        # Corners closer than half a spacing to the last kept point add slivers, not shape.
        position = max(0.0, spacing * 0.5 - behind)
        while position < length:
            keep.append(corner + (end - corner) * (position / length))
            position += spacing
            behind = 0.0
        last = keep[-1] if keep else corner
        behind = float(np.linalg.norm(end - last))
    return np.array(keep) if len(keep) >= 3 else corners


def _inside(depth: NDArray[np.float32], spacing: float) -> NDArray[np.float64]:
    """A triangular grid of the points that lie well inside the outline."""
    height, width = depth.shape
    rows = np.arange(0.0, height, spacing * 0.866)
    columns = np.arange(0.0, width, spacing)
    x, y = np.meshgrid(columns, rows)
    x[1::2] += spacing / 2
    grid = np.column_stack([x.ravel(), y.ravel()])
    grid = grid[grid[:, 0] < width - 1]
    return grid[depth[grid[:, 1].astype(int), grid[:, 0].astype(int)] > spacing * 0.6]


def _covers(points: NDArray[np.float64], triangles: NDArray[np.int32], covered: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether a triangle belongs to the part: most of seven probes in it lie on the covered area."""
    corners = points[triangles]
    centre = corners.mean(axis=1, keepdims=True)
    middles = (corners + np.roll(corners, 1, axis=1)) / 2
    probes = np.concatenate([centre, (middles * 2 + centre) / 3, (corners + centre) / 2], axis=1)
    inside = covered[np.rint(probes[..., 1]).astype(int), np.rint(probes[..., 0]).astype(int)]
    edge_a, edge_b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = np.abs(edge_a[:, 0] * edge_b[:, 1] - edge_a[:, 1] * edge_b[:, 0])
    return (inside.sum(axis=1) >= 4) & (area > 0.5)


def _slivers(points: NDArray[np.float64], triangles: NDArray[np.int32], rim: int, margin: float) -> NDArray[np.bool_]:
    """Thin triangles between rim points alone: they lie in the clear margin, and would fold at the first bend."""
    corners = points[triangles]
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    edge_a, edge_b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = np.abs(edge_a[:, 0] * edge_b[:, 1] - edge_a[:, 1] * edge_b[:, 0])
    return (triangles < rim).all(axis=1) & (area / longest < margin * 0.7)


def _same_winding(points: NDArray[np.float64], triangles: NDArray[np.int32]) -> NDArray[np.int32]:
    a, b, c = (points[triangles[:, k]] for k in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    return np.where((area < 0)[:, None], triangles[:, [0, 2, 1]], triangles)
