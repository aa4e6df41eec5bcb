"""As-rigid-as-possible deformation: what is moved rigidly stays rigid, handles are met, nothing is left loose."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.puppet.arap import ArapSolver
from engine.puppet.mesh import mesh_from_alpha

ANGLES = st.floats(-3.1, 3.1)
SHIFTS = st.floats(-200.0, 200.0)


def _bar() -> ArapSolver:
    alpha = np.zeros((80, 240), dtype=np.uint8)
    alpha[20:60, 20:220] = 255
    mesh = mesh_from_alpha(alpha, 12.0, 2.0)
    assert mesh is not None
    x = mesh.vertices[:, 0]
    ends = np.concatenate([np.flatnonzero(x < 35), np.flatnonzero(x > 205)]).astype(np.int32)
    return ArapSolver(mesh.vertices, mesh.triangles, ends)


BAR = _bar()


def _turned(points: np.ndarray, angle: float, dx: float, dy: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return points @ np.array([[c, s], [-s, c]]) + (dx, dy)


def _flipped(vertices: np.ndarray, triangles: np.ndarray) -> int:
    a, b = vertices[triangles[:, 1]] - vertices[triangles[:, 0]], vertices[triangles[:, 2]] - vertices[triangles[:, 0]]
    return int((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0] < 0).sum())


@settings(max_examples=25, deadline=None)
@given(ANGLES, SHIFTS, SHIFTS)
def test_a_rigid_motion_of_the_handles_moves_the_whole_mesh_rigidly(angle: float, dx: float, dy: float) -> None:
    moved = _turned(BAR.rest, angle, dx, dy)
    result = BAR.solve(moved[BAR.handles], guess=moved, iterations=3)
    assert np.abs(result - moved).max() < 1e-6


@settings(max_examples=15, deadline=None)
@given(ANGLES, SHIFTS, SHIFTS, st.floats(-40.0, 40.0))
def test_a_bend_seen_from_elsewhere_is_the_same_bend(angle: float, dx: float, dy: float, lift: float) -> None:
    targets = BAR.rest[BAR.handles].copy()
    targets[targets[:, 0] > 120, 1] += lift
    bent = BAR.solve(targets, guess=BAR.rest, iterations=3)
    elsewhere = BAR.solve(_turned(targets, angle, dx, dy), guess=_turned(BAR.rest, angle, dx, dy), iterations=3)
    assert np.abs(_turned(bent, angle, dx, dy) - elsewhere).max() < 1e-6


@given(st.floats(-60.0, 60.0), st.floats(-30.0, 30.0))
@settings(max_examples=15, deadline=None)
def test_handles_are_met_exactly(dx: float, dy: float) -> None:
    targets = BAR.rest[BAR.handles] + np.where(BAR.rest[BAR.handles, :1] > 120, (dx, dy), (0.0, 0.0))
    result = BAR.solve(targets, guess=BAR.rest)
    assert np.array_equal(result[BAR.handles], targets)


def test_edges_hardly_stretch_in_a_bend() -> None:
    targets = BAR.rest[BAR.handles].copy()
    right = targets[:, 0] > 120
    targets[right] = _turned(targets[right] - (212, 40), 0.7, 195, 5)
    bent = BAR.solve(targets, guess=BAR.rest, iterations=30)
    start, end = BAR._start, BAR._end
    before = np.linalg.norm(BAR.rest[start] - BAR.rest[end], axis=1)
    after = np.linalg.norm(bent[start] - bent[end], axis=1)
    assert np.median(np.abs(after / before - 1)) < 0.08


def test_a_piece_without_a_handle_is_refused() -> None:
    vertices = np.array([[0, 0], [1, 0], [0, 1], [5, 5], [6, 5], [5, 6]], dtype=np.float32)
    triangles = np.array([[0, 1, 2], [3, 4, 5]], dtype=np.int32)
    with pytest.raises(ValueError, match="no handle"):
        ArapSolver(vertices, triangles, np.array([0], dtype=np.int32))


def test_values_spread_from_the_handles_stay_between_them() -> None:
    values = (BAR.rest[BAR.handles, :1] > 120).astype(float)
    spread = BAR.spread(values)
    assert spread.min() >= -1e-9
    assert spread.max() <= 1 + 1e-9
    middle = np.abs(BAR.rest[:, 0] - 120) < 10
    assert np.allclose(spread[middle], 0.5, atol=0.15)
