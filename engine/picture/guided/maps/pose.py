"""Joints drawn as OpenPose draws them: what pose ControlNets were trained to read."""

from __future__ import annotations

from collections.abc import Mapping
from math import atan2, degrees, hypot

import numpy as np

from engine.picture.alpha import Bytes

Point = tuple[float, float]

_COLOURS: tuple[tuple[int, int, int], ...] = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0), (0, 255, 0), (0, 255, 85),
    (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255), (0, 0, 255), (85, 0, 255), (170, 0, 255), (255, 0, 255),
    (255, 0, 170), (255, 0, 85),
)  # fmt: skip
"""By key point, and by limb in the order of `_LIMBS`."""

_FROM_JOINTS: tuple[tuple[int, str], ...] = (
    (1, "neck"), (2, "left_shoulder"), (3, "left_elbow"), (4, "left_hand"), (5, "right_shoulder"), (6, "right_elbow"),
    (7, "right_hand"), (8, "left_hip"), (9, "left_knee"), (10, "left_foot"), (11, "right_hip"), (12, "right_knee"),
    (13, "right_foot"),
)  # fmt: skip
"""OpenPose names sides as the person does, our joints as the viewer does: its right shoulder (2) is our left one."""

_LIMBS = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13), (1, 0),
    (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip

_FACE: tuple[tuple[int, float, float], ...] = (
    (0, 0.0, 0.42), (14, -0.2, 0.54), (15, 0.2, 0.54), (16, -0.42, 0.48), (17, 0.42, 0.48),
)  # fmt: skip
"""Nose, eyes and ears: across and up from the neck, in heights of the head (neck to its top)."""

_STICK = 4 / 512
_LIMB_LIGHT = 0.6


def pose_map(joints: Mapping[str, Point], width: int, height: int) -> Bytes:
    """`joints` in shares (0..1) of the picture → (height, width, 3) uint8, coloured limbs on black.

    A joint that is missing leaves its limbs out.
    """
    import cv2

    picture = np.zeros((height, width, 3), np.uint8)
    points = {number: (x * width, y * height) for number, (x, y) in key_points(joints, width / height).items()}
    thick = max(1, round(_STICK * max(width, height)))
    for colour, (a, b) in zip(_COLOURS, _LIMBS, strict=False):
        if a in points and b in points:
            (x0, y0), (x1, y1) = points[a], points[b]
            middle = (round((x0 + x1) / 2), round((y0 + y1) / 2))
            axes = (max(1, round(hypot(x1 - x0, y1 - y0) / 2)), thick)
            dimmed = [int(c * _LIMB_LIGHT) for c in colour]
            cv2.ellipse(picture, middle, axes, degrees(atan2(y1 - y0, x1 - x0)), 0, 360, dimmed, -1)
    for number, (x, y) in points.items():
        cv2.circle(picture, (round(x), round(y)), thick, [int(c) for c in _COLOURS[number]], -1)
    return picture


def key_points(joints: Mapping[str, Point], aspect: float = 1.0) -> dict[int, Point]:
    """OpenPose's 18 key points, as far as the joints tell, in shares of the picture. `aspect`: width over height."""
    points = {number: joints[name] for number, name in _FROM_JOINTS if name in joints}
    if "neck" in joints and "head_top" in joints:
        (nx, ny), (tx, ty) = joints["neck"], joints["head_top"]
        up = ((tx - nx) * aspect, ty - ny)
        for number, across, along in _FACE:
            x, y = up[0] * along - up[1] * across, up[1] * along + up[0] * across
            points[number] = (nx + x / aspect, ny + y)
    return points


A_POSE: dict[str, Point] = {
    "head_top": (0.5, 0.09), "neck": (0.5, 0.36), "hips": (0.5, 0.64),
    "left_shoulder": (0.41, 0.38), "left_elbow": (0.33, 0.49), "left_hand": (0.25, 0.6),
    "right_shoulder": (0.59, 0.38), "right_elbow": (0.67, 0.49), "right_hand": (0.75, 0.6),
    "left_hip": (0.45, 0.65), "left_knee": (0.435, 0.79), "left_foot": (0.42, 0.93),
    "right_hip": (0.55, 0.65), "right_knee": (0.565, 0.79), "right_foot": (0.58, 0.93),
}  # fmt: skip
"""A mascot that stands with its arms held away from its body, in shares of a square picture."""
