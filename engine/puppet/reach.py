"""Which arm waves, and how high it can be raised without covering the face."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, radians, sin

import numpy as np
from numpy.typing import NDArray

from engine.puppet.skeleton import Point, Skeleton

ALREADY_RAISED = 15.0
"""Degrees above the horizontal at which an arm counts as raised in the picture itself."""


@dataclass(frozen=True)
class ArmPose:
    """Elevations in degrees: 0 points outwards, 90 up, -90 down. `swing` is the forearm's amplitude in degrees."""

    upper: float
    lower: float
    swing: float


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
    """The friendliest raised arm: high, a little bent, the hand beside the face and not over it.

    `obstacle` (h, w), 0..1, says where the face is, `scale` obstacle pixels per picture pixel.
    """
    rest = rest_pose(skeleton, side)
    shoulder, elbow, hand = (skeleton.joints[f"{side}_{name}"] for name in ("shoulder", "elbow", "hand"))
    upper_length, lower_length = _length(shoulder, elbow), _length(elbow, hand)
    if elevation(shoulder, hand, side) > ALREADY_RAISED:
        return ArmPose(rest.upper + 4.0, rest.lower + 6.0, 17.0)
    best, best_score = ArmPose(25.0, 75.0, 20.0), -np.inf
    for upper in range(-10, 66, 5):
        for bend in range(5, 81, 5):
            lower = upper + bend
            if not 35 <= lower <= 105:
                continue
            covered = 0.0
            for swing, reach in ((0.0, 1.0), (20.0, 1.0), (0.0, 0.55)):
                x, y = _reach(shoulder, side, upper_length, upper, lower_length * reach, lower + swing)
                covered += _at(obstacle, x * scale, y * scale)
            hand_height = (upper_length * sin(radians(upper)) + lower_length * sin(radians(lower))) / (
                upper_length + lower_length
            )
            score = hand_height - 0.9 * covered / 3 - ((upper - 25) / 90) ** 2 - ((bend - 42) / 110) ** 2
            if score > best_score:
                best, best_score = ArmPose(float(upper), float(lower), 21.0), score
    return best


def _reach(shoulder: Point, side: str, upper_length: float, upper: float, lower_length: float, lower: float) -> Point:
    outwards = 1.0 if side == "right" else -1.0
    x = upper_length * cos(radians(upper)) + lower_length * cos(radians(lower))
    y = upper_length * sin(radians(upper)) + lower_length * sin(radians(lower))
    return (shoulder[0] + outwards * x, shoulder[1] - y)


def _at(field: NDArray[np.float32], x: float, y: float) -> float:
    column, row = round(x), round(y)
    inside = 0 <= row < field.shape[0] and 0 <= column < field.shape[1]
    return float(field[row, column]) if inside else 0.0


def _length(a: Point, b: Point) -> float:
    return hypot(b[0] - a[0], b[1] - a[1])
