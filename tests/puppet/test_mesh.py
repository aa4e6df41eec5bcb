"""Meshes: they cover what is visible, leave gaps open, and have no needless slivers."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engine.puppet.mesh import Mesh, mesh_from_alpha
from engine.puppet.parts import merged
from tests.puppet.figures import bear


def _covered(mesh: Mesh, shape: tuple[int, int]) -> np.ndarray:
    canvas = np.zeros(shape, dtype=np.uint8)
    for triangle in mesh.triangles:
        cv2.fillConvexPoly(canvas, np.rint((mesh.vertices[triangle] - 0.5) * 16).astype(np.int32), 255, shift=4)
    return canvas


def test_every_visible_pixel_of_every_part_is_covered() -> None:
    parts, _ = bear(256)
    for part in parts:
        mesh = mesh_from_alpha(part.rgba[..., 3], 14.0, 2.5)
        assert mesh is not None
        missed = (part.rgba[..., 3] > 3) & (_covered(mesh, part.rgba.shape[:2]) == 0)
        assert not missed.any(), part.role


def test_what_lies_side_by_side_is_not_glued_together() -> None:
    alpha = np.zeros((120, 120), dtype=np.uint8)
    alpha[10:110, 10:50] = 255
    alpha[10:110, 60:110] = 255
    mesh = mesh_from_alpha(alpha, 12.0, 2.0)
    assert mesh is not None
    assert not _covered(mesh, alpha.shape)[30:90, 54:56].any()


def test_all_triangles_are_wound_the_same_way_and_all_vertices_are_used() -> None:
    parts, _ = bear(256)
    mesh = mesh_from_alpha(merged(parts)[3].rgba[..., 3], 12.0, 2.5)
    assert mesh is not None
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    assert (area > 0).all()
    assert set(mesh.triangles.ravel()) == set(range(len(mesh.vertices)))


@pytest.mark.parametrize("alpha", [np.zeros((20, 20), np.uint8), np.full((20, 20), 2, np.uint8)])
def test_nothing_visible_gives_no_mesh(alpha: np.ndarray) -> None:
    assert mesh_from_alpha(alpha, 8.0, 2.0) is None
