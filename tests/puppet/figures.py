"""Small hand-made figures whose parts and joints are known exactly."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from engine.puppet.parts import Part, PartRole, Rgba, premultiplied

FOUR = 4
"""Drawn four times as large, then averaged: soft edges."""

JOINTS: dict[str, tuple[float, float]] = {
    "head_top": (0.5, 0.14), "neck": (0.5, 0.5), "hips": (0.5, 0.74),
    "left_shoulder": (0.41, 0.54), "left_elbow": (0.335, 0.615), "left_hand": (0.31, 0.70),
    "right_shoulder": (0.59, 0.54), "right_elbow": (0.665, 0.615), "right_hand": (0.69, 0.70),
    "left_hip": (0.45, 0.76), "left_knee": (0.445, 0.84), "left_foot": (0.44, 0.92),
    "right_hip": (0.55, 0.76), "right_knee": (0.555, 0.84), "right_foot": (0.56, 0.92),
    "tail_base": (0.56, 0.72), "tail_tip": (0.80, 0.80),
}  # fmt: skip

LINE = (60, 34, 30)
FUR = (90, 140, 235)
PALE = (225, 238, 255)


Joints = dict[str, tuple[float, float]]


def bear(size: int = 512, joints: Joints = JOINTS) -> tuple[list[Part], Joints]:
    """A round bear with a tail, arms hanging beside the body; parts from back to front, and joints in shares."""

    def limb(radius: float, *names: str) -> Callable[[Rgba], None]:
        return lambda canvas: _stroke(canvas, [joints[name] for name in names], radius)

    return [
        _part(PartRole.TAIL, size, limb(0.045, "tail_base", "tail_tip")),
        _part(PartRole.LEFT_LEG, size, limb(0.055, "left_hip", "left_knee", "left_foot")),
        _part(PartRole.RIGHT_LEG, size, limb(0.055, "right_hip", "right_knee", "right_foot")),
        _part(PartRole.BODY, size, _torso),
        _part(PartRole.LEFT_ARM, size, limb(0.042, "left_shoulder", "left_elbow", "left_hand")),
        _part(PartRole.RIGHT_ARM, size, limb(0.042, "right_shoulder", "right_elbow", "right_hand")),
        _part(PartRole.HEAD, size, _face),
    ], dict(joints)


def flattened(parts: list[Part]) -> Rgba:
    """All parts in one picture, premultiplied."""
    from engine.puppet.parts import over

    result = parts[0].rgba
    for part in parts[1:]:
        result = over(part.rgba, result)
    return result


def _part(role: PartRole, size: int, draw: Callable[[Rgba], None]) -> Part:
    canvas = np.zeros((size * FOUR, size * FOUR, 4), dtype=np.uint8)
    draw(canvas)
    small = cv2.resize(premultiplied(canvas), (size, size), interpolation=cv2.INTER_AREA)
    return Part(role, np.minimum(small, small[..., 3:]))


def _stroke(canvas: Rgba, places: list[tuple[float, float]], radius: float) -> None:
    side = canvas.shape[0]
    points = np.array(places) * side
    for colour, width in ((LINE, radius + 0.009), (FUR, radius)):
        cv2.polylines(canvas, [points.astype(np.int32)], False, (*colour, 255), round(2 * width * side), cv2.LINE_8)
        for point in points:
            cv2.circle(canvas, [int(v) for v in point], round(width * side), (*colour, 255), -1)


def _blob(canvas: Rgba, centre: tuple[float, float], axes: tuple[float, float], colour: tuple[int, int, int]) -> None:
    side = canvas.shape[0]
    cv2.ellipse(
        canvas, [round(v * side) for v in centre], [round(v * side) for v in axes], 0, 0, 360, (*colour, 255), -1
    )


def _torso(canvas: Rgba) -> None:
    _blob(canvas, (0.5, 0.65), (0.139, 0.169), LINE)
    _blob(canvas, (0.5, 0.65), (0.13, 0.16), FUR)
    _blob(canvas, (0.5, 0.68), (0.085, 0.1), PALE)


def _face(canvas: Rgba) -> None:
    for x in (0.36, 0.64):
        _blob(canvas, (x, 0.17), (0.069, 0.069), LINE)
        _blob(canvas, (x, 0.17), (0.06, 0.06), FUR)
    _blob(canvas, (0.5, 0.34), (0.229, 0.189), LINE)
    _blob(canvas, (0.5, 0.34), (0.22, 0.18), FUR)
    _blob(canvas, (0.5, 0.42), (0.09, 0.06), PALE)
    for x in (0.41, 0.59):
        _blob(canvas, (x, 0.33), (0.022, 0.03), LINE)
    _blob(canvas, (0.5, 0.39), (0.025, 0.018), LINE)
