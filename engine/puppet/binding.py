"""Which points of a part's mesh follow which bone."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.puppet.mesh import Mesh
from engine.puppet.parts import ARM_ROLES, PartRole
from engine.puppet.skeleton import SIDES, Point, Skeleton

Anchor = tuple[Point, str]
"""A point of the rest picture, in pixels, and the bone that carries it."""


NEAR = 0.05
"""An anchor holds a mesh that comes this near to it, as a share of the mascot's height."""


def bind(
    mesh: Mesh, role: PartRole, skeleton: Skeleton, apart: Collection[PartRole] = ()
) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Handles of a part: distinct vertex indices (k,) and the bone of each; every loose piece gets some.

    `apart`: roles that have layers of their own, so that a figure is not held by an arm that was lifted off it.
    """
    points = mesh.vertices.astype(np.float64)
    handles: dict[int, str] = {}
    own = {side for side, arm in ARM_ROLES.items() if arm in apart}
    anchors = _anchors(role, skeleton)
    if role is PartRole.FIGURE:
        anchors = [anchor for anchor in anchors if _side_of(anchor) not in own]
    near = [anchor for anchor in anchors if _distance(points, anchor[0]) < NEAR * skeleton.height]
    for point, bone in near or anchors:
        handles.setdefault(_nearest(points, point), bone)
    for piece in _pieces(mesh):
        if not any(vertex in handles for vertex in piece):
            for vertex in _corners(points, piece):
                distances = [np.hypot(*(points[vertex] - point)) for point, _ in anchors]
                handles[vertex] = anchors[int(np.argmin(distances))][1]
    return np.array(list(handles), dtype=np.int32), tuple(handles.values())


def _anchors(role: PartRole, skeleton: Skeleton) -> list[Anchor]:
    match role:
        case PartRole.LEFT_ARM:
            return _arm("left", skeleton)
        case PartRole.RIGHT_ARM:
            return _arm("right", skeleton)
        case PartRole.LEFT_LEG:
            return _leg("left", skeleton)
        case PartRole.RIGHT_LEG:
            return _leg("right", skeleton)
        case PartRole.HEAD:
            return _head(skeleton)
        case PartRole.TAIL:
            return _tail(skeleton)
        case PartRole.BODY:
            return _body(skeleton)
        case PartRole.FIGURE:
            limbs = [anchor for side in SIDES for anchor in [*_arm(side, skeleton), *_leg(side, skeleton)]]
            tail = _tail(skeleton) if skeleton.has_tail else []
            return [*_body(skeleton), *_head(skeleton), *limbs, *tail]


def _arm(side: str, skeleton: Skeleton) -> list[Anchor]:
    arm, forearm, palm = (f"{side}_{name}" for name in ("arm", "forearm", "palm"))
    return [
        (_along(skeleton, arm, 0.0), arm),
        (_along(skeleton, arm, 0.25), arm),
        (_along(skeleton, forearm, 0.0), forearm),
        (_along(skeleton, forearm, 0.5), forearm),
        (_along(skeleton, palm, 0.0), palm),
        (_along(skeleton, palm, 1.0), palm),
    ]


def _leg(side: str, skeleton: Skeleton) -> list[Anchor]:
    """The knee stays free: the mesh bends it as the hip moves over the standing foot."""
    x, y = skeleton.joints[f"{side}_foot"]
    reach = skeleton.height * 0.05
    return [
        (skeleton.joints[f"{side}_hip"], "pelvis"),
        ((x, y), "ground"),
        ((x - reach, y), "ground"),
        ((x + reach, y), "ground"),
    ]


def _head(skeleton: Skeleton) -> list[Anchor]:
    bone = skeleton.bones["head"]
    axis = np.subtract(bone.tail, bone.head)
    side = np.array([-axis[1], axis[0]]) * 0.45
    middle = np.asarray(_along(skeleton, "head", 0.5))
    spots = [bone.head, bone.tail, *(tuple(map(float, middle + side * n)) for n in (-1, 0, 1))]
    return [((spot[0], spot[1]), "head") for spot in spots]


def _body(skeleton: Skeleton) -> list[Anchor]:
    joints = skeleton.joints
    return [
        (joints["hips"], "pelvis"),
        (joints["left_hip"], "pelvis"),
        (joints["right_hip"], "pelvis"),
        (joints["neck"], "spine"),
        (joints["left_shoulder"], "spine"),
        (joints["right_shoulder"], "spine"),
    ]


def _tail(skeleton: Skeleton) -> list[Anchor]:
    if not skeleton.has_tail:
        return [(skeleton.joints["hips"], "pelvis")]
    return [
        (_along(skeleton, "tail", 0.0), "tail"),
        (_along(skeleton, "tail", 0.6), "tail"),
        (_along(skeleton, "tail_end", 0.4), "tail_end"),
        (_along(skeleton, "tail_end", 1.0), "tail_end"),
    ]


def _along(skeleton: Skeleton, bone: str, share: float) -> Point:
    (x0, y0), (x1, y1) = skeleton.bones[bone].head, skeleton.bones[bone].tail
    return (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)


def _side_of(anchor: Anchor) -> str:
    """Whose arm an anchor belongs to, or nobody's."""
    side, _, limb = anchor[1].partition("_")
    return side if limb in ("arm", "forearm", "palm") else ""


def _distance(points: NDArray[np.float64], point: Point) -> float:
    return float(np.sqrt(((points - point) ** 2).sum(axis=1).min()))


def _nearest(points: NDArray[np.float64], point: Point) -> int:
    return int(np.argmin(((points - point) ** 2).sum(axis=1)))


def _pieces(mesh: Mesh) -> list[list[int]]:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    count = len(mesh.vertices)
    start, end = mesh.triangles.ravel(), np.roll(mesh.triangles, 1, axis=1).ravel()
    graph: Any = coo_matrix((np.ones(len(start)), (start, end)), shape=(count, count))
    pieces, piece_of = connected_components(graph, directed=False)
    return [np.flatnonzero(piece_of == piece).tolist() for piece in range(pieces)]


def _corners(points: NDArray[np.float64], piece: list[int]) -> list[int]:
    """Three far-apart vertices of a piece: enough to carry it without letting it turn freely."""
    own = points[piece]
    outermost = (np.argmin(own[:, 1]), np.argmin(own[:, 0]), np.argmax(own[:, 0]))
    return sorted({piece[int(index)] for index in outermost})
