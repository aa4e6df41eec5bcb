"""Badge shapes on a 1024-unit square, each with the circle that its content is fitted into."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pathops import LineCap, LineJoin, Path

from engine.protocol.recipes import Badge
from engine.vector.boolean import clean, union, without

SIDE = 1024.0
_KAPPA = 0.5522847498


@dataclass(frozen=True)
class Shape:
    """`outline` of the badge; `centre` and `radius` of the circle in it where content looks centred."""

    outline: Path
    centre: tuple[float, float]
    radius: float


def shape_of(badge: Badge) -> Shape:
    """Raises KeyError for Badge.NONE, which has no shape."""
    return {Badge.CIRCLE: _circle, Badge.ROUNDED: _rounded, Badge.SHIELD: _shield, Badge.HEXAGON: _hexagon}[badge]()


def inset(path: Path, by: float) -> Path:
    """The outline moved inwards by `by` units."""
    rim = Path(path)
    rim.stroke(2 * by, LineCap.ROUND_CAP, LineJoin.MITER_JOIN, 4)
    return without(path, clean(rim))


def disc(x: float, y: float, radius: float) -> Path:
    path = Path()
    k = _KAPPA * radius
    path.moveTo(x + radius, y)
    path.cubicTo(x + radius, y + k, x + k, y + radius, x, y + radius)
    path.cubicTo(x - k, y + radius, x - radius, y + k, x - radius, y)
    path.cubicTo(x - radius, y - k, x - k, y - radius, x, y - radius)
    path.cubicTo(x + k, y - radius, x + radius, y - k, x + radius, y)
    path.close()
    return path


def rounded_box(left: float, top: float, right: float, bottom: float, radius: float) -> Path:
    """A box whose corners leave the sides slowly, as a superellipse does, instead of in a plain quarter circle."""
    r, k = radius * 1.28, radius * 1.28 * 0.36
    path = Path()
    path.moveTo(left + r, top)
    path.lineTo(right - r, top)
    path.cubicTo(right - k, top, right, top + k, right, top + r)
    path.lineTo(right, bottom - r)
    path.cubicTo(right, bottom - k, right - k, bottom, right - r, bottom)
    path.lineTo(left + r, bottom)
    path.cubicTo(left + k, bottom, left, bottom - k, left, bottom - r)
    path.lineTo(left, top + r)
    path.cubicTo(left, top + k, left + k, top, left + r, top)
    path.close()
    return path


def _circle() -> Shape:
    return Shape(disc(512, 512, 500), (512, 512), 500)


def _rounded() -> Shape:
    return Shape(rounded_box(24, 24, 1000, 1000, 220), (512, 512), 520)


def _hexagon() -> Shape:
    """Standing on a corner, its corners rounded."""
    turn, outer, soft = math.pi / 6, 512.0, 70.0
    inner = outer - soft * 1.12
    corners = [(512 + inner * math.cos(turn + n * math.pi / 3), 512 + inner * math.sin(turn + n * math.pi / 3))
               for n in range(6)]  # fmt: skip
    core = Path()
    core.moveTo(*corners[0])
    for corner in corners[1:]:
        core.lineTo(*corner)
    core.close()
    return Shape(_softened(core, soft), (512, 512), 452)


def _shield() -> Shape:
    """A heater shield: a shallow bow on top, flanks that meet in a point."""
    core = Path()
    core.moveTo(140, 122)
    core.cubicTo(270, 122, 410, 104, 512, 66)
    core.cubicTo(614, 104, 754, 122, 884, 122)
    core.lineTo(884, 470)
    core.cubicTo(884, 700, 720, 868, 512, 962)
    core.cubicTo(304, 868, 140, 700, 140, 470)
    core.close()
    return Shape(_softened(core, 46), (512, 462), 420)


def _softened(core: Path, radius: float) -> Path:
    rim = Path(core)
    rim.stroke(2 * radius, LineCap.ROUND_CAP, LineJoin.ROUND_JOIN, 4)
    return union((core, clean(rim)))
