"""As-rigid-as-possible deformation (Sorkine and Alexa 2007) in the plane, with the sparse system factored once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Vertices = NDArray[np.float64]


class ArapSolver:
    """Moves a mesh so that its handles are met and every neighbourhood turns but hardly stretches.

    One solver may hold several meshes that share no triangle; each needs a handle of its own.
    """

    def __init__(self, vertices: NDArray[Any], triangles: NDArray[np.int32], handles: NDArray[np.int32]) -> None:
        """`vertices` (n, 2) at rest, `triangles` (m, 3), `handles` (k,) distinct vertex indices.

        Raises ValueError when a connected piece of the mesh has no handle (its place would be undecided).
        """
        from scipy.sparse import coo_matrix, csr_matrix
        from scipy.sparse.csgraph import connected_components
        from scipy.sparse.linalg import splu

        self.rest: Vertices = np.asarray(vertices, dtype=np.float64)
        self.handles = np.asarray(handles, dtype=np.int32)
        count = len(self.rest)
        start, end, weight = _half_edges(self.rest, triangles)
        graph: Any = coo_matrix((weight, (start, end)), shape=(count, count))
        pieces, piece_of = connected_components(graph, directed=False)
        if len(np.unique(piece_of[self.handles])) != pieces:
            raise ValueError("a piece of the mesh has no handle")
        self._start, self._end, self._weight = start, end, weight
        self._first = np.searchsorted(start, np.arange(count))
        self._edge = self.rest[start] - self.rest[end]
        self._free = np.setdiff1d(np.arange(count), self.handles)
        degree = np.add.reduceat(weight, self._first)
        laplacian: Any = csr_matrix(
            (
                np.concatenate([-weight, degree]),
                (np.concatenate([start, np.arange(count)]), np.concatenate([end, np.arange(count)])),
            ),
            shape=(count, count),
        )
        free_rows = laplacian[self._free]
        self._pull = free_rows[:, self.handles].toarray()
        self._factors: Any = splu(free_rows[:, self._free].tocsc()) if len(self._free) else None

    def spread(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Harmonic interpolation of values at the handles, (k, c), over all vertices, (n, c)."""
        result = np.empty((len(self.rest), values.shape[1]))
        result[self.handles] = values
        if self._factors is not None:
            result[self._free] = self._factors.solve(-self._pull @ values)
        return result

    def solve(self, targets: NDArray[np.float64], guess: Vertices, iterations: int = 3) -> Vertices:
        """Vertices (n, 2) with the handles exactly at `targets` (k, 2), starting from `guess` (n, 2)."""
        current = guess.copy()
        current[self.handles] = targets
        if self._factors is None:
            return current
        pulled = self._pull @ targets
        for _ in range(iterations):
            cosine, sine = self._turns(current)
            current[self._free] = self._factors.solve(self._wanted(cosine, sine)[self._free] - pulled)
        return current

    def _turns(self, current: Vertices) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The best rotation of each vertex's edges, as cosine and sine."""
        now = current[self._start] - current[self._end]
        along = self._weight * (self._edge[:, 0] * now[:, 0] + self._edge[:, 1] * now[:, 1])
        across = self._weight * (self._edge[:, 0] * now[:, 1] - self._edge[:, 1] * now[:, 0])
        c, s = np.add.reduceat(along, self._first), np.add.reduceat(across, self._first)
        length = np.hypot(c, s)
        still = length < 1e-12
        length[still] = 1.0
        return np.where(still, 1.0, c / length), s / length

    def _wanted(self, cosine: NDArray[np.float64], sine: NDArray[np.float64]) -> Vertices:
        """The right side of the global step: each vertex's edges, turned by the mean of both ends' rotations."""
        c = (cosine[self._start] + cosine[self._end]) * (self._weight / 2)
        s = (sine[self._start] + sine[self._end]) * (self._weight / 2)
        x = c * self._edge[:, 0] - s * self._edge[:, 1]
        y = s * self._edge[:, 0] + c * self._edge[:, 1]
        return np.column_stack([np.add.reduceat(x, self._first), np.add.reduceat(y, self._first)])


def _half_edges(
    vertices: Vertices, triangles: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Both directions of every edge, sorted by their start, with cotangent weights kept positive."""
    starts: list[NDArray[np.int64]] = []
    ends: list[NDArray[np.int64]] = []
    weights: list[NDArray[np.float64]] = []
    for k in range(3):
        i, j, opposite = (triangles[:, (k + n) % 3].astype(np.int64) for n in range(3))
        a, b = vertices[i] - vertices[opposite], vertices[j] - vertices[opposite]
        cross = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
        # Negative or huge weights (slivers) would let triangles flip; the clamp costs nothing visible.
        cotangent = np.clip((a * b).sum(axis=1) / np.maximum(cross, 1e-9), 0.05, 10.0) / 2
        starts += [i, j]
        ends += [j, i]
        weights += [cotangent, cotangent]
    start, end, weight = np.concatenate(starts), np.concatenate(ends), np.concatenate(weights)
    key, inverse = np.unique(start * len(vertices) + end, return_inverse=True)
    summed: NDArray[np.float64] = np.bincount(inverse, weight).astype(np.float64)
    first: NDArray[np.int64] = (key // len(vertices)).astype(np.int64)
    second: NDArray[np.int64] = (key % len(vertices)).astype(np.int64)
    return first, second, summed
