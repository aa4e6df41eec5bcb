"""Pose and proportions → where the bones are, in design units: x right of the middle, y down, the ground at 0."""

from __future__ import annotations

from dataclasses import dataclass

from engine.builder.geometry import Point
from engine.builder.ink import wobble
from engine.protocol.mascot import Mascot, Pose


@dataclass(frozen=True, slots=True)
class Build:
    """A species' own proportions."""

    head_w: float = 432
    head_h: float = 372
    shoulders: float = 172
    hips: float = 236
    body_h: float = 248
    leg: float = 104
    arm: float = 172
    arm_w: float = 31
    leg_w: float = 44
    foot_w: float = 62
    overlap: float = 44
    side: float = 0
    """How far ears or cheeks stand out beyond the head: raised hands keep clear of them."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The posed skeleton and the sizes that go with it. Half-sizes unless named otherwise."""

    head: Point
    head_hw: float
    head_hh: float
    tilt: float
    neck: Point
    body_top: float
    body_bottom: float
    shoulder_hw: float
    hip_hw: float
    hip_y: float
    arm_w: float
    leg_w: float
    foot_w: float
    joints: dict[str, Point]
    pose: Pose

    def at(self, x: float, y: float) -> Point:
        """A point of the head in its own units: ±1 are the head's edges."""
        return self.head[0] + x * self.head_hw, self.head[1] + y * self.head_hh


def frame(m: Mascot, b: Build) -> Frame:
    """The skeleton of mascot `m` with the species' build `b`."""
    p = m.proportions
    hw = b.head_w / 2 * (1 + 0.13 * p.head_size)
    hh = b.head_h / 2 * (1 + 0.13 * p.head_size)
    wide = 1 + 0.17 * p.body_width
    sw, bw = b.shoulders / 2 * wide, b.hips / 2 * wide
    body_h = b.body_h * (1 + 0.16 * p.body_height)
    leg = b.leg * (1 + 0.26 * p.leg_length)
    arm = b.arm * (1 + 0.17 * p.arm_length)
    hip_y = {Pose.SITTING: -66.0, Pose.JUMPING: -leg - 60}.get(m.pose, -leg)
    top = hip_y - body_h
    bottom = hip_y + (34 if m.pose is not Pose.SITTING else 58)
    head = (0.0, top + b.overlap - hh)
    tilt = 2.2 * wobble(m.seed, 1)
    if m.pose is Pose.WAVING:
        tilt = -5.0 + 1.5 * wobble(m.seed, 1)
    neck = (0.0, top + 26)
    shoulder_y = top + 62 + (m.pose is Pose.SITTING) * 4
    sx = sw - 8
    joints: dict[str, Point] = {
        "head_top": (0.0, head[1] - 0.84 * hh),
        "neck": neck,
        "hips": (0.0, hip_y - 10),
    }
    for side, name in ((-1, "left"), (1, "right")):
        elbow, hand = _arm(m.pose, side, arm, sx, shoulder_y, bw, hip_y, hw + b.side * (1 + 0.2 * p.ear_size), head)
        knee, foot = _leg(m.pose, side, bw, hip_y, leg, b)
        joints[f"{name}_shoulder"] = (side * sx, shoulder_y)
        joints[f"{name}_elbow"] = elbow
        joints[f"{name}_hand"] = hand
        joints[f"{name}_hip"] = (side * bw * 0.5, hip_y)
        joints[f"{name}_knee"] = knee
        joints[f"{name}_foot"] = foot
    return Frame(
        head, hw, hh, tilt, neck, top, bottom, sw, bw, hip_y, b.arm_w * (1 + 0.06 * p.body_width),
        b.leg_w * (1 + 0.1 * p.body_width), b.foot_w * (1 + 0.08 * p.body_width), joints, m.pose,
    )  # fmt: skip


def _arm(
    pose: Pose, side: int, arm: float, sx: float, sy: float, bw: float, hip_y: float, clear: float, head: Point
) -> tuple[Point, Point]:
    """Elbow and hand of one arm."""
    stretch = arm / 172
    if pose is Pose.HANDS_ON_HIPS:
        return (side * (bw + 62 + 36 * stretch), sy + 66), (side * (bw + 4), max(hip_y - 52, sy + 96))
    if pose is Pose.WAVING and side > 0:
        hand = (clear + 50 * stretch, head[1] + 40 - 60 * stretch)
        return (sx + 0.66 * (hand[0] - sx), sy + 0.30 * (hand[1] - sy)), hand
    if pose is Pose.JUMPING:
        hand = (side * (clear + 34 + 22 * stretch), head[1] + 66 - 46 * stretch)
        return (side * (sx + 0.66 * (abs(hand[0]) - sx)), sy + 0.28 * (hand[1] - sy)), hand
    if pose is Pose.SITTING:
        hand = (side * (bw * 0.86 + 26), min(max(sy + 0.62 * arm, -172.0), -154.0))
        return (side * (max(sx + 0.36 * arm, bw * 0.86 + 34)), (sy + hand[1]) / 2 - 4), hand
    hand = (side * max(sx + 0.66 * arm, bw + 58), sy + 0.76 * arm)
    return (side * (sx + 0.40 * arm), sy + 0.32 * arm), hand


def _leg(pose: Pose, side: int, bw: float, hip_y: float, leg: float, b: Build) -> tuple[Point, Point]:
    """Knee and foot of one leg."""
    hx = side * bw * 0.5
    if pose is Pose.SITTING:
        reach = leg / b.leg
        foot = (side * (bw * 0.72 + 30 + 22 * reach), -66.0)
        return ((hx + foot[0]) / 2, hip_y - 8), foot
    if pose is Pose.JUMPING:
        if side < 0:
            return (hx - 42, hip_y + 0.42 * leg + 10), (hx - 78, hip_y + 0.62 * leg + 34)
        return (hx + 46, hip_y + 0.36 * leg + 6), (hx + 92, hip_y + 0.44 * leg + 10)
    return (hx, hip_y / 2 - 8), (hx + side * 4, -30.0)
