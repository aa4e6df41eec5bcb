"""Outlines with as few curves as they need: what a tracer leaves as many short pieces becomes few long ones.

Philip J. Schneider, "An Algorithm for Automatically Fitting Digitized Curves", Graphics Gems, 1990.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from pathops import Path

from engine.vector.cubic import Point, cubic_commands

Points = NDArray[np.float64]
Cubic = tuple[Points, Points, Points, Points]

_CORNER = np.cos(np.radians(38))
"""Pieces that meet at a sharper turn stay two."""
_STEP = 1.5
_ROUNDS = 4


def fitted(path: Path, tolerance: float) -> Path:
    """The same closed outlines, nowhere further than about `tolerance` units away, with far fewer curves."""
    out = Path()
    for pieces in _contours(path):
        start = pieces[0][0]
        out.moveTo(*start)
        for stretch in _between_corners(pieces):
            samples = _sampled(stretch)
            leaving, arriving = _unit(samples[1] - samples[0]), _unit(samples[-2] - samples[-1])
            for _, first, second, to in _fit(samples, leaving, arriving, tolerance):
                out.cubicTo(*first, *second, *to)
        out.close()
    return out


def _contours(path: Path) -> Iterator[list[Cubic]]:
    """Each closed outline as cubic pieces; lines are pieces too."""
    at = start = np.zeros(2)
    pieces: list[Cubic] = []
    for command, points in cubic_commands(path):
        match command:
            case "M":
                at = start = _array(points[0])
            case "L" | "Z":
                to = start if command == "Z" else _array(points[0])
                if not np.allclose(at, to, atol=1e-3):
                    pieces.append((at, at + (to - at) / 3, to - (to - at) / 3, to))
                at = to
                if command == "Z" and pieces:
                    yield pieces
                    pieces = []
            case _:
                first, second, to = (_array(point) for point in points)
                pieces.append((at, first, second, to))
                at = to


def _between_corners(pieces: list[Cubic]) -> Iterator[list[Cubic]]:
    """The pieces grouped into smooth stretches, in order, from the outline's start to its end."""
    group = [pieces[0]]
    for before, after in pairwise(pieces):
        if _turn(before, after) < _CORNER:
            yield group
            group = []
        group.append(after)
    yield group


def _turn(before: Cubic, after: Cubic) -> float:
    """The cosine of the angle between where one piece arrives and the next one leaves."""
    arriving = next((before[3] - p for p in before[2::-1] if not np.allclose(p, before[3], atol=1e-3)), np.zeros(2))
    leaving = next((p - after[0] for p in after[1:] if not np.allclose(p, after[0], atol=1e-3)), np.zeros(2))
    return float(_unit(arriving) @ _unit(leaving))


def _sampled(pieces: list[Cubic]) -> Points:
    """(n, 2) points along the pieces, about _STEP units apart."""
    found = [pieces[0][0][None]]
    for piece in pieces:
        length = sum(float(np.hypot(*(b - a))) for a, b in pairwise(piece))
        count = max(2, int(np.ceil(length / _STEP)))
        found.append(_at(piece, np.arange(1, count + 1) / count))
    return np.concatenate(found)


def _at(cubic: Cubic, t: Points) -> Points:
    a, b, c, d = cubic
    t = t[:, None]
    return (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d


def _fit(points: Points, leaving: Points, arriving: Points, tolerance: float) -> Iterator[Cubic]:
    """Cubics through the first and the last point, in these directions; split where one is not enough."""
    if len(points) == 2:
        reach = float(np.hypot(*(points[1] - points[0]))) / 3
        yield points[0], points[0] + leaving * reach, points[1] + arriving * reach, points[1]
        return
    t = _by_length(points)
    worst = len(points) // 2
    for _ in range(_ROUNDS):
        cubic = _least_squares(points, t, leaving, arriving)
        away = np.hypot(*(_at(cubic, t) - points).T)
        worst = int(np.argmax(away))
        if away[worst] <= tolerance:
            yield cubic
            return
        if away[worst] > 6 * tolerance:
            break
        t = _nearer(cubic, points, t)
    middle = min(max(worst, 1), len(points) - 2)
    through = _unit(points[middle - 1] - points[middle + 1])
    yield from _fit(points[: middle + 1], leaving, through, tolerance)
    yield from _fit(points[middle:], -through, arriving, tolerance)


def _by_length(points: Points) -> Points:
    """Each point's share of the way."""
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    return way / way[-1] if way[-1] else np.linspace(0, 1, len(points))


def _least_squares(points: Points, t: Points, leaving: Points, arriving: Points) -> Cubic:
    """The two handles' lengths that bring the curve nearest to the points."""
    first, last = points[0], points[-1]
    one, two = 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t)
    base = ((1 - t) ** 3 + one)[:, None] * first + (two + t**3)[:, None] * last
    rest = points - base
    a, b = one[:, None] * leaving, two[:, None] * arriving
    aa, ab, bb = float((a * a).sum()), float((a * b).sum()), float((b * b).sum())
    ra, rb = float((a * rest).sum()), float((b * rest).sum())
    span = float(np.hypot(*(last - first)))
    determinant = aa * bb - ab * ab
    long, short = span / 3, span / 3
    if abs(determinant) > 1e-9:
        long, short = (ra * bb - rb * ab) / determinant, (aa * rb - ab * ra) / determinant
    if min(long, short) < 1e-3 * span or max(long, short) > 4 * max(span, 1.0):
        long = short = span / 3
    return first, first + leaving * long, last + arriving * short, last


def _nearer(cubic: Cubic, points: Points, t: Points) -> Points:
    """One step of Newton's method towards the nearest place on the curve for each point."""
    a, b, c, d = cubic
    u = t[:, None]
    away = _at(cubic, t) - points
    speed = 3 * ((1 - u) ** 2 * (b - a) + 2 * u * (1 - u) * (c - b) + u**2 * (d - c))
    bend = 6 * ((1 - u) * (c - 2 * b + a) + u * (d - 2 * c + b))
    slope = (speed * speed).sum(1) + (away * bend).sum(1)
    step = np.where(np.abs(slope) > 1e-12, (away * speed).sum(1) / np.where(slope == 0, 1, slope), 0)
    return np.clip(t - step, 0, 1)


def _unit(vector: Points) -> Points:
    length = float(np.hypot(*vector))
    return vector / length if length else vector


def _array(point: Point) -> Points:
    return np.array(point, np.float64)
