"""Which arm waves, and how high it can be raised without covering the face."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import atan2, cos, degrees, hypot, radians, sin

import numpy as np
from numpy.typing import NDArray

from engine.puppet.skeleton import Point, Skeleton

ALREADY_RAISED = 15.0
"""Degrees above the horizontal at which an arm counts as raised in the picture itself."""


@dataclass(frozen=True)
class ArmPose:
    """Elevations in degrees: 0 points outwards, 90 up, -90 down. `swing` is the forearm's amplitude in degrees,
    `stretch` how many times its own length the arm has."""

    upper: float
    lower: float
    swing: float
    stretch: float = 1.0


def elevation(start: Point, end: Point, side: str) -> float:
    """The direction from `start` to `end` in degrees, measured the same way on both sides."""
    outwards = (end[0] - start[0]) * (1.0 if side == "right" else -1.0)
    return degrees(atan2(start[1] - end[1], outwards))


def rest_pose(skeleton: Skeleton, side: str) -> ArmPose:
    """The arm as the picture shows it; angles run on without a jump from upper arm to forearm."""
    shoulder, elbow, hand = (skeleton.joints[f"{side}_{name}"] for name in ("shoulder", "elbow", "hand"))
    upper, lower = elevation(shoulder, elbow, side), elevation(elbow, hand, side)
    if upper > 135:
        upper -= 360
    while lower - upper > 180:
        lower -= 360
    while lower - upper < -180:
        lower += 360
    return ArmPose(upper, lower, 0.0)


def waving_side(skeleton: Skeleton, free_arms: tuple[str, ...]) -> str:
    """The arm that is raised already, else a free one, the viewer's right before the left."""
    whole = {side: elevation(skeleton.joints[f"{side}_shoulder"], skeleton.joints[f"{side}_hand"], side) for side in
             ("right", "left")}  # fmt: skip
    raised = [side for side in whole if whole[side] > ALREADY_RAISED]
    if raised:
        return max(raised, key=lambda side: whole[side])
    return next((side for side in ("right", "left") if side in free_arms), "right")


def raised_pose(skeleton: Skeleton, side: str, obstacle: NDArray[np.float32], scale: float) -> ArmPose:
    """The friendliest raised arm: the hand beside the face, high but not over it, the elbow a little bent.

    A short arm may stretch by a third, as in any cartoon. `obstacle` (h, w), 0..1, says where the head is, softened by
    the size of the hand; `scale` is obstacle pixels per picture pixel.
    """
    rest = rest_pose(skeleton, side)
    joints = skeleton.joints
    shoulder, elbow, hand = (joints[f"{side}_{name}"] for name in ("shoulder", "elbow", "hand"))
    if elevation(shoulder, hand, side) > ALREADY_RAISED:
        return ArmPose(rest.upper - 2.0, rest.lower - 7.0, 17.0)
    neck, top = joints["neck"], joints["head_top"]
    head = max(_length(neck, top), 1.0)
    face = ((neck[0] + top[0]) / 2, (neck[1] + top[1]) / 2)
    lengths = _length(shoulder, elbow), _length(elbow, hand)
    best, best_cost = ArmPose(20.0, 70.0, 20.0), np.inf
    for stretch, upper, bend in product((1.0, 1.1, 1.2, 1.3), range(-20, 51, 5), range(10, 91, 5)):
        lower = upper + bend
        if not 35 <= lower <= 100:
            continue
        reach = (lengths[0] * stretch, lengths[1] * stretch)
        covered = [
            _at(obstacle, x * scale, y * scale)
            for x, y in (_reach(shoulder, side, reach, upper, lower + swing) for swing in (0.0, 20.0))
        ]
        x, y = _reach(shoulder, side, reach, upper, lower)
        height = (neck[1] - y) / head
        over_face = np.exp(-((_length((x, y), face) / (0.5 * head)) ** 2))
        cost = 0.7 * sum(covered) + 3.0 * over_face + 2.0 * max(0.0, 0.5 - height) + 1.2 * (stretch - 1.0)
        cost += ((bend - 50) / 90) ** 2 + ((upper - 5) / 80) ** 2
        if cost < best_cost:
            best, best_cost = ArmPose(float(upper), float(lower), 20.0, stretch), cost
    return best


def relaxed(raised: ArmPose) -> ArmPose:
    """Where an arm that the picture shows raised takes its rest before it waves again."""
    return ArmPose(raised.upper - 26.0, raised.lower - 34.0, raised.swing)


def _reach(shoulder: Point, side: str, lengths: tuple[float, float], upper: float, lower: float) -> Point:
    outwards = 1.0 if side == "right" else -1.0
    x = lengths[0] * cos(radians(upper)) + lengths[1] * cos(radians(lower))
    y = lengths[0] * sin(radians(upper)) + lengths[1] * sin(radians(lower))
    return (shoulder[0] + outwards * x, shoulder[1] - y)


def _at(field: NDArray[np.float32], x: float, y: float) -> float:
    column, row = round(x), round(y)
    inside = 0 <= row < field.shape[0] and 0 <= column < field.shape[1]
    return float(field[row, column]) if inside else 0.0


def _length(a: Point, b: Point) -> float:
    return hypot(b[0] - a[0], b[1] - a[1])
