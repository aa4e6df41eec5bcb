"""The skeleton: bones between joints, and where they go when they turn (forward kinematics)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import cos, sin

import numpy as np
from numpy.typing import NDArray

from engine.protocol.errors import BadInput
from engine.protocol.mascot import JOINT_NAMES

Point = tuple[float, float]
Affine = NDArray[np.float64]
"""(2, 3): maps (x, y, 1) to (x, y), in picture pixels, y down."""

OPTIONAL_JOINTS = frozenset({"tail_base", "tail_tip"})
REQUIRED_JOINTS = tuple(name for name in JOINT_NAMES if name not in OPTIONAL_JOINTS)
SIDES = ("left", "right")

PALM_SHARE = 0.35
"""How far the palm bone reaches beyond the hand joint, as a share of the forearm."""


@dataclass(frozen=True)
class Bone:
    """`head` is the point that it turns about, `tail` its far end; both in picture pixels. No parent: the ground."""

    name: str
    parent: str | None
    head: Point
    tail: Point


@dataclass
class BonePose:
    """How far each bone turns from rest, in radians, clockwise on the screen, and how far it is moved, in pixels.

    A bone is moved within its parent's frame, so an offset along the parent stretches the limb.
    """

    angles: dict[str, float] = field(default_factory=dict[str, float])
    offsets: dict[str, Point] = field(default_factory=dict[str, Point])


class Skeleton:
    """Bones in an order where parents come first. `ground` never moves; feet stand on it."""

    def __init__(self, joints: Mapping[str, Point]) -> None:
        """`joints` in picture pixels. Raises BadInput when one of REQUIRED_JOINTS is missing or not finite."""
        check_joints(joints)
        self.joints = dict(joints)
        self.bones: dict[str, Bone] = {bone.name: bone for bone in _bones(joints)}

    @property
    def has_tail(self) -> bool:
        return "tail" in self.bones

    @property
    def height(self) -> float:
        """From the top of the head to the lower foot, in pixels."""
        return max(self.joints["left_foot"][1], self.joints["right_foot"][1]) - self.joints["head_top"][1]

    def transforms(self, pose: BonePose) -> dict[str, Affine]:
        """Where each bone takes points of the rest picture."""
        result: dict[str, Affine] = {"ground": _shift(0.0, 0.0)}
        for bone in self.bones.values():
            local = _turn(pose.angles.get(bone.name, 0.0), bone.head)
            if bone.name in pose.offsets:
                local = _chain(_shift(*pose.offsets[bone.name]), local)
            parent = result[bone.parent or "ground"]
            result[bone.name] = _chain(parent, local)
        return result


def check_joints(joints: Mapping[str, Point]) -> None:
    """Raises BadInput when a joint that a mascot needs is missing or is not a number."""
    missing = [name for name in REQUIRED_JOINTS if name not in joints]
    if missing:
        raise BadInput(f"The rig lacks the joint {missing[0].replace('_', ' ')}; place it, or find the joints anew.")
    for name, point in joints.items():
        if not all(np.isfinite(point)):
            raise BadInput(f"The joint {name.replace('_', ' ')} has no usable place; drag it onto the mascot.")


def _bones(joints: Mapping[str, Point]) -> list[Bone]:
    hips, neck = joints["hips"], joints["neck"]
    bones = [
        Bone("pelvis", None, hips, hips),
        Bone("spine", "pelvis", hips, neck),
        Bone("head", "spine", neck, joints["head_top"]),
    ]
    for side in SIDES:
        shoulder, elbow, hand = (joints[f"{side}_{name}"] for name in ("shoulder", "elbow", "hand"))
        fingers = _between(elbow, hand, 1.0 + PALM_SHARE)
        bones += [
            Bone(f"{side}_arm", "spine", shoulder, elbow),
            Bone(f"{side}_forearm", f"{side}_arm", elbow, hand),
            Bone(f"{side}_palm", f"{side}_forearm", hand, fingers),
        ]
    if "tail_base" in joints and "tail_tip" in joints:
        base, tip = joints["tail_base"], joints["tail_tip"]
        middle = _between(base, tip, 0.5)
        bones += [Bone("tail", "pelvis", base, middle), Bone("tail_end", "tail", middle, tip)]
    return bones


def _between(a: Point, b: Point, share: float) -> Point:
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)


def _shift(dx: float, dy: float) -> Affine:
    return np.array([[1.0, 0.0, dx], [0.0, 1.0, dy]])


def _turn(angle: float, about: Point) -> Affine:
    c, s = cos(angle), sin(angle)
    x, y = about
    return np.array([[c, -s, x - c * x + s * y], [s, c, y - s * x - c * y]])


def _chain(outer: Affine, inner: Affine) -> Affine:
    return np.hstack([outer[:, :2] @ inner[:, :2], outer[:, :2] @ inner[:, 2:] + outer[:, 2:]])
