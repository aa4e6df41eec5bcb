"""Lifting an arm off a flat picture: the arm on a layer of its own, and what was behind it filled in.

A picture knows no layers. The joints say where an arm runs; its lines and edges say where it ends.
"""

from __future__ import annotations

from itertools import pairwise
from math import hypot
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.puppet.fill import body_behind, line_around
from engine.puppet.parts import ARM_ROLES, Part, PartRole, Rgba
from engine.puppet.skeleton import Point, Skeleton

Mask = NDArray[np.bool_]

WORKING_SIZE = 512
"""Longer side of the small copy on which the arm's outline is sought."""


def lifted(rgba: Rgba, skeleton: Skeleton, side: str) -> list[Part] | None:
    """The figure without the arm of `side` and the arm above it, both premultiplied as `rgba` is.

    None when no arm can be told apart there; the figure then moves as one sheet.
    """
    import cv2

    height, width = rgba.shape[:2]
    scale = min(1.0, WORKING_SIZE / max(height, width))
    small_size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small: Any = cv2.resize(rgba, small_size, interpolation=cv2.INTER_AREA)
    limb = [_scaled(skeleton.joints[f"{side}_{name}"], scale) for name in ("shoulder", "elbow", "hand")]
    face = _face_zone(skeleton, scale, small.shape)
    found = _arm_mask(small, limb, face)
    if found is None:
        return None
    arm, radius = found
    soft = cv2.GaussianBlur(arm.astype(np.float32), (0, 0), 0.8)
    cover: Any = np.clip(cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC) * 2.0 - 0.5, 0.0, 1.0)
    torso = np.array([skeleton.joints[name] for name in ("neck", f"{side}_shoulder", f"{side}_hip", "hips")])
    body = body_behind(rgba, cover, radius / scale, torso, line_around(small, 1 / scale))
    return [Part(PartRole.FIGURE, body), Part(ARM_ROLES[side], (rgba * cover[..., None] + 0.5).astype(np.uint8))]


def _arm_mask(small: Rgba, limb: list[Point], face: Mask) -> tuple[Mask, float] | None:
    """The arm's pixels and its half width, or None when what was found can't be an arm."""
    import cv2

    length = sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(limb))
    solid = small[..., 3] > 100
    ridges = _ridges(small)
    radius = _half_width(ridges, solid, limb, length)
    if length < 8 or radius < 2:
        return None
    away = _distance_to(limb, solid.shape)
    hand = _distance_to([limb[2], limb[2]], solid.shape)
    shoulder = _distance_to([limb[0], limb[0]], solid.shape)
    core = (away < 0.55 * radius) & solid
    # What lies over the shoulder (a chin, a scarf) is not the arm: there the colour has to be the arm's own.
    core &= (shoulder > 1.5 * radius) | _like_the_arm(small, limb)
    beyond = ((away > 1.9 * radius) & (hand > 2.4 * radius)) | ~solid
    if np.count_nonzero(core) < 12:
        return None
    markers = np.where(core, 1, np.where(beyond, 2, 0)).astype(np.int32)
    cv2.watershed(cv2.merge([ridges, ridges, ridges]), markers)
    # The watershed runs along the middle of a drawn line; the line belongs to what is in front: the arm before the
    # body, the head before the arm.
    flooded = markers == 1
    visible = small[..., 3] > 0
    arm = _grown(flooded, 2) & visible & ~(face & _broad(visible & ~flooded, radius))
    near = ((away < 1.6 * radius) | (hand < 2.4 * radius)) & (shoulder > radius)
    arm |= _leftovers(visible, arm, near, radius)
    expected = 2 * radius * (length + radius)
    if not 0.35 * expected < np.count_nonzero(arm) < 3.0 * expected:
        return None
    return arm, radius


def _face_zone(skeleton: Skeleton, scale: float, shape: tuple[int, ...]) -> Mask:
    """The ellipse in which a head is to be expected, with its cheeks."""
    (x0, y0), (x1, y1) = (_scaled(skeleton.joints[name], scale) for name in ("neck", "head_top"))
    tall = max(hypot(x1 - x0, y1 - y0), 1.0)
    rows, columns = np.indices(shape[:2])
    across, along = (columns - (x0 + x1) / 2) / (0.95 * tall), (rows - (y0 + y1) / 2) / (0.68 * tall)
    return across**2 + along**2 < 1


def _like_the_arm(small: Rgba, limb: list[Point]) -> Mask:
    (x0, y0), (x1, y1) = limb[0], limb[1]
    height, width = small.shape[:2]
    places = [(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share) for share in (0.5, 0.6, 0.7, 0.8, 0.9)]
    picked = [small[min(max(round(y), 0), height - 1), min(max(round(x), 0), width - 1)] for x, y in places]
    colour = np.median(np.array(picked, dtype=np.float32), axis=0)
    return np.abs(small.astype(np.float32) - colour).max(axis=2) < 40


def _leftovers(visible: Mask, arm: Mask, near: Mask, radius: float) -> Mask:
    """Slender remains that touch the arm, and islands that only the arm held: halves of its outline, fingertips."""
    rest = visible & ~arm
    slender = rest & ~_broad(rest, radius) & near
    touching = _grown(arm, 1)
    found = _pieces_that_touch(slender, touching, float(np.count_nonzero(arm)))
    return found | _pieces_that_touch(rest & ~found, touching, 0.25 * float(np.count_nonzero(arm)))


def _broad(mask: Mask, radius: float) -> Mask:
    """What of a mask is wider than a drawn line."""
    import cv2

    size = 2 * max(3, round(radius * 0.4)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    return cv2.dilate(opened, np.ones((3, 3), np.uint8)).astype(bool) & mask


def _pieces_that_touch(mask: Mask, touching: Mask, largest: float) -> Mask:
    """Connected pieces of up to `largest` pixels that meet `touching`."""
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    met = np.unique(labels[touching & mask])
    chosen = [label for label in met if 0 < label < count and stats[label, cv2.CC_STAT_AREA] <= largest]
    return np.isin(labels, chosen)


def _grown(mask: Mask, pixels: int) -> Mask:
    import cv2

    size = 2 * pixels + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return cv2.dilate(mask.astype(np.uint8), kernel).astype(bool)


def _ridges(small: Rgba) -> NDArray[np.uint8]:
    """High on drawn lines and on edges between colours, low on even ground."""
    import cv2

    colour = small[..., :3]
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    lines: Any = cv2.morphologyEx(cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY), cv2.MORPH_BLACKHAT, kernel)
    edges: Any = cv2.morphologyEx(colour, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).max(axis=2)
    return np.maximum(lines, edges // 2).astype(np.uint8)


def _half_width(ridges: NDArray[np.uint8], solid: Mask, limb: list[Point], length: float) -> float:
    """Half of the arm's width: how far the nearest line or rim is from its bones, in the middle of all places."""
    import cv2

    free = ((ridges < 40) & solid).astype(np.uint8)
    room: Any = cv2.distanceTransform(np.pad(free, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    found: list[float] = []
    for start, end in pairwise(limb):
        for share in np.linspace(0.15, 0.95, 9):
            x, y = start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
            column, row = round(x), round(y)
            window = room[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3]
            if window.size:
                found.append(float(window.max()))
    middle = float(np.median(found)) if found else 0.0
    return float(np.clip(middle * 1.25, 0.12 * length, 0.32 * length))


def _distance_to(limb: list[Point], shape: tuple[int, ...]) -> NDArray[np.float32]:
    import cv2

    canvas = np.full(shape, 255, dtype=np.uint8)
    line = np.rint(np.array(limb) * 16).astype(np.int32)
    cv2.polylines(canvas, [line], False, 0, 1, cv2.LINE_8, 4)
    return np.asarray(cv2.distanceTransform(canvas, cv2.DIST_L2, 5), dtype=np.float32)


def _scaled(point: Point, scale: float) -> Point:
    return (point[0] * scale, point[1] * scale)
