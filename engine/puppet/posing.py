"""From an action's channels to this rig's bones: the same clip fits a tall robot and a round bear."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import radians

import numpy as np
from numpy.typing import NDArray

from engine.puppet.actions import ActionClip
from engine.puppet.curves import sample
from engine.puppet.reach import ALREADY_RAISED, ArmPose, relaxed, rest_pose
from engine.puppet.skeleton import SIDES, BonePose, Point, Skeleton

PALM_SWING = 14.0
"""Degrees that the hand bends at a full swing."""


@dataclass(frozen=True)
class Moment:
    """One moment of an action: bones, the body's stretch (0.02 is 2 % taller) and how far the ears lag (radians)."""

    bones: BonePose
    squash: float
    ears: float


class Poser:
    """Plays a clip on a skeleton. `side` is the arm that waves, `raised` where it goes."""

    def __init__(self, clip: ActionClip, skeleton: Skeleton, side: str, raised: ArmPose, strength: float) -> None:
        self._tables = clip.tables(strength)
        self._skeleton = skeleton
        self._side = side
        self._raised = raised
        self._rest = rest_pose(skeleton, side)
        waves = "raise_arm" in clip.curves
        self._start = relaxed(self._rest) if waves and self._rest.lower > ALREADY_RAISED else self._rest
        self._other = next(name for name in SIDES if name != side)
        self._sign = 1.0 if side == "right" else -1.0

    def at(self, phase: float) -> Moment:
        """`phase` in loops, of any range."""
        value = {name: sample(table, phase) for name, table in self._tables.items()}
        height, sign = self._skeleton.height, self._sign
        angles: dict[str, float] = {
            "spine": radians(sign * value["lean"]),
            "head": radians(sign * value["head"]),
            "tail": radians(sign * value["tail"]),
            "tail_end": radians(sign * value["tail_end"]),
        }
        upper, lower, palm = self._waving_arm(value)
        # Raising turns the right arm counter-clockwise on the screen, the left one clockwise.
        angles[f"{self._side}_arm"] = radians(-sign * (upper + value["arms"]))
        angles[f"{self._side}_forearm"] = radians(-sign * (lower - upper))
        angles[f"{self._side}_palm"] = radians(-sign * palm)
        angles[f"{self._other}_arm"] = radians(sign * (value["free_arm"] + value["arms"]))
        angles[f"{self._other}_forearm"] = radians(sign * value["free_arm"] * 0.5)
        offsets = {"pelvis": (sign * value["shift"] * height, -value["bob"] * height), **self._reach(value)}
        return Moment(BonePose(angles, offsets), value["squash"], radians(sign * value["ears"]))

    def _waving_arm(self, value: dict[str, float]) -> tuple[float, float, float]:
        """Turns from rest in degrees, upwards positive: upper arm, forearm, and the palm beyond the forearm."""
        swing = value["swing"] * self._raised.swing
        start, raised, rest = self._start, self._raised, self._rest
        upper = start.upper + value["raise_arm"] * (raised.upper - start.upper) - rest.upper - 0.2 * swing
        lower = start.lower + value["raise_forearm"] * (raised.lower - start.lower) - rest.lower - swing
        return upper, lower, -value["palm"] * PALM_SWING

    def _reach(self, value: dict[str, float]) -> dict[str, Point]:
        """The raised arm's stretch, as moves of forearm and palm along the bones that they hang on."""
        share = (self._raised.stretch - 1.0) * max(0.0, value["raise_arm"])
        joints = self._skeleton.joints
        points = [np.array(joints[f"{self._side}_{name}"]) for name in ("shoulder", "elbow", "hand")]
        moves = [(end - start) * share for start, end in pairwise(points)]
        forearm, palm = ((float(x), float(y)) for x, y in moves)
        return {f"{self._side}_forearm": forearm, f"{self._side}_palm": palm}


def stretched(vertices: NDArray[np.float64], squash: float, centre: float, ground: float) -> NDArray[np.float64]:
    """Vertices (n, 2) made `squash` taller over the ground and as much thinner, as if their volume stayed."""
    tall = 1.0 + squash
    wide = 1.0 / tall
    return np.column_stack([centre + (vertices[:, 0] - centre) * wide, ground + (vertices[:, 1] - ground) * tall])
