"""A figure put where it looks centred."""

from __future__ import annotations

import numpy as np
from pathops import Path

from engine.vector.badge import SIDE, disc
from engine.vector.boolean import common
from engine.vector.figure import Box, Figure, Fill, is_empty
from engine.vector.visible import index_map

_WEIGHT = 0.35
"""How far the optical centre lies from the middle of the enclosing circle towards the centre of mass."""
_EMBLEM_HEAD = 0.68
"""The head's height in an emblem, of the field's diameter."""
_EMBLEM_TOP = 0.1


def optical_circle(figure: Figure) -> tuple[float, float, float]:
    """Centre and radius of the circle around where the figure looks centred, in its units."""
    import cv2

    solid = index_map(figure) > 0
    unit = figure.width / solid.shape[1]
    ys, xs = np.nonzero(solid)
    points = np.stack([xs, ys], 1).astype(np.float32)
    hull = np.asarray(cv2.convexHull(points)).reshape(-1, 2)
    (cx, cy), _ = cv2.minEnclosingCircle(hull)
    x = cx + _WEIGHT * (float(xs.mean()) - cx)
    y = cy + _WEIGHT * (float(ys.mean()) - cy)
    radius = float(np.hypot(hull[:, 0] - x, hull[:, 1] - y).max())
    return x * unit, y * unit, radius * unit


def reach_from_middle(figure: Figure) -> float:
    """How far the furthest painted point lies from the canvas's middle, in units."""
    solid = index_map(figure) > 0
    unit = figure.width / solid.shape[1]
    ys, xs = np.nonzero(solid)
    return float(np.hypot((xs + 0.5) * unit - figure.width / 2, (ys + 0.5) * unit - figure.height / 2).max()) + unit


def in_circle(figure: Figure, centre: tuple[float, float], radius: float) -> Figure:
    """The figure as large as fits the circle, on the badge's square."""
    x, y, own = optical_circle(figure)
    scale = radius / own
    return figure.moved(scale, centre[0] - x * scale, centre[1] - y * scale, SIDE, SIDE)


def in_square(figure: Figure, margin: float) -> Figure:
    """The figure as large as fits the square within its margins, moved a little towards its centre of mass."""
    left, top, right, bottom = figure.bounds or (0, 0, figure.width, figure.height)
    room = SIDE - 2 * margin
    scale = min(room / (right - left), room / (bottom - top))
    x, y, _ = optical_circle(figure)
    spare_x = (room - (right - left) * scale) / 2
    spare_y = (room - (bottom - top) * scale) / 2
    dx = min(max((((left + right) / 2 - x) * 0.5) * scale, -spare_x), spare_x)
    dy = min(max((((top + bottom) / 2 - y) * 0.5) * scale, -spare_y), spare_y)
    return figure.moved(
        scale, SIDE / 2 - (left + right) / 2 * scale + dx, SIDE / 2 - (top + bottom) / 2 * scale + dy, SIDE, SIDE
    )


def as_emblem(figure: Figure, head: Box, field: Path, centre: tuple[float, float], radius: float) -> Figure:
    """Head and shoulders, cut off by the field's edge."""
    left, top, right, bottom = head
    scale = _EMBLEM_HEAD * 2 * radius / max(bottom - top, 0.82 * (right - left))
    x = centre[0] - (left + right) / 2 * scale
    y = centre[1] - radius + _EMBLEM_TOP * 2 * radius - top * scale
    return clipped(figure.moved(scale, x, y, SIDE, SIDE), field)


def as_bust(figure: Figure, head: Box) -> Figure:
    """Head and shoulders in a round cut, where no badge holds them."""
    left, top, right, bottom = head
    middle = ((left + right) / 2, (top + bottom) / 2)
    return clipped(figure, disc(*middle, 1.02 * float(np.hypot((right - left) / 2, (bottom - top) / 2))))


def clipped(figure: Figure, area: Path) -> Figure:
    fills = (Fill(common(fill.path, area), fill.colour) for fill in figure.fills)
    return Figure(figure.width, figure.height, tuple(fill for fill in fills if not is_empty(fill.path)))
