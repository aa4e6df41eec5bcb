"""Paths of straight lines and cubic Béziers, and the few ways the builder makes them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

Point = tuple[float, float]
Knot = tuple[float, float] | tuple[float, float, float]
"""A point that a smooth path goes through; a third number softens (1) or breaks (0) the curve there."""

_COUNT = {"M": 1, "L": 1, "C": 3, "Z": 0}
_KAPPA = 0.5523


class Affine(NamedTuple):
    """x' = a·x + c·y + e, y' = b·x + d·y + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def apply(self, p: Point) -> Point:
        return self.a * p[0] + self.c * p[1] + self.e, self.b * p[0] + self.d * p[1] + self.f

    def then(self, o: Affine) -> Affine:
        """This transform first, `o` after it."""
        return Affine(
            o.a * self.a + o.c * self.b,
            o.b * self.a + o.d * self.b,
            o.a * self.c + o.c * self.d,
            o.b * self.c + o.d * self.d,
            o.a * self.e + o.c * self.f + o.e,
            o.b * self.e + o.d * self.f + o.f,
        )

    @property
    def scale(self) -> float:
        """How much a length grows (the square root of the area's growth)."""
        return math.sqrt(abs(self.a * self.d - self.b * self.c))


IDENTITY = Affine()


def rotation(degrees: float, about: Point) -> Affine:
    """A clockwise turn (y points down) about a point."""
    s, c = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    x, y = about
    return Affine(c, s, -s, c, x - c * x + s * y, y - s * x - c * y)


@lru_cache(maxsize=4096)
def _template(commands: str) -> str:
    return "".join(c + " ".join(["%.1f %.1f"] * _COUNT[c]) for c in commands)


class Path:
    """An immutable outline: commands out of "MLCZ" and their coordinates, flat."""

    __slots__ = ("commands", "xy")

    def __init__(self, commands: str, xy: list[float]) -> None:
        self.commands = commands
        self.xy = xy

    def __add__(self, other: Path) -> Path:
        return Path(self.commands + other.commands, self.xy + other.xy)

    def moved(self, t: Affine) -> Path:
        a, b, c, d, e, f = t
        xs, ys = self.xy[0::2], self.xy[1::2]
        out = [0.0] * len(self.xy)
        out[0::2] = [a * x + c * y + e for x, y in zip(xs, ys, strict=True)]
        out[1::2] = [b * x + d * y + f for x, y in zip(xs, ys, strict=True)]
        return Path(self.commands, out)

    def shifted(self, dx: float, dy: float) -> Path:
        out = [0.0] * len(self.xy)
        out[0::2] = [x + dx for x in self.xy[0::2]]
        out[1::2] = [y + dy for y in self.xy[1::2]]
        return Path(self.commands, out)

    def mirrored(self) -> Path:
        """Left and right swapped about x = 0."""
        out = list(self.xy)
        out[0::2] = [-x for x in self.xy[0::2]]
        return Path(self.commands, out)

    def bounds(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) of the control points: never smaller than the drawn path."""
        xs, ys = self.xy[0::2], self.xy[1::2]
        return min(xs), min(ys), max(xs), max(ys)

    def d(self) -> str:
        """The path as SVG path data."""
        return _template(self.commands) % tuple(self.xy)


def smooth(knots: Sequence[Knot], *, closed: bool = True, tension: float = 0.37) -> Path:
    """A curve through all knots. Handles are as long as `tension` times the next chord, so it never overshoots."""
    n = len(knots)
    handles: list[tuple[float, float]] = []
    for i, k in enumerate(knots):
        before = knots[i - 1] if (i > 0 or closed) else k
        after = knots[(i + 1) % n] if (i < n - 1 or closed) else k
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dy) or 1.0
        soft = tension * (k[2] if len(k) > 2 else 1.0)
        handles.append((dx / length * soft, dy / length * soft))
    xy = [knots[0][0], knots[0][1]]
    count = n if closed else n - 1
    for i in range(count):
        p, q = knots[i], knots[(i + 1) % n]
        chord = math.hypot(q[0] - p[0], q[1] - p[1])
        h, g = handles[i], handles[(i + 1) % n]
        xy += (p[0] + h[0] * chord, p[1] + h[1] * chord, q[0] - g[0] * chord, q[1] - g[1] * chord, q[0], q[1])
    return Path("M" + "C" * count + ("Z" if closed else ""), xy)


def mirrored_knots(right: Sequence[Knot]) -> list[Knot]:
    """The whole symmetric outline from its right half, given from the top centre to the bottom centre."""
    left: list[Knot] = [(-k[0], *k[1:]) for k in reversed(right) if abs(k[0]) > 1e-6]  # type: ignore[misc]
    return [*right, *left]


def polygon(points: Sequence[Point], *, closed: bool = True) -> Path:
    flat = [v for p in points for v in p]
    return Path("M" + "L" * (len(points) - 1) + ("Z" if closed else ""), flat)


def ellipse(cx: float, cy: float, rx: float, ry: float | None = None, turn: float = 0.0) -> Path:
    """An ellipse; `turn` in degrees, clockwise."""
    ry = rx if ry is None else ry
    kx, ky = rx * _KAPPA, ry * _KAPPA
    xy = [
        cx + rx, cy,
        cx + rx, cy + ky, cx + kx, cy + ry, cx, cy + ry,
        cx - kx, cy + ry, cx - rx, cy + ky, cx - rx, cy,
        cx - rx, cy - ky, cx - kx, cy - ry, cx, cy - ry,
        cx + kx, cy - ry, cx + rx, cy - ky, cx + rx, cy,
    ]  # fmt: skip
    path = Path("MCCCCZ", xy)
    return path.moved(rotation(turn, (cx, cy))) if turn else path


def rounded_rect(cx: float, cy: float, hw: float, hh: float, r: float) -> Path:
    """A rectangle of half-sizes hw and hh with corner radius r."""
    r = min(r, hw, hh)
    k = r * (1 - _KAPPA)
    x0, x1, y0, y1 = cx - hw, cx + hw, cy - hh, cy + hh
    xy = [
        x0 + r, y0,
        x1 - r, y0, x1 - k, y0, x1, y0 + k, x1, y0 + r,
        x1, y1 - r, x1, y1 - k, x1 - k, y1, x1 - r, y1,
        x0 + r, y1, x0 + k, y1, x0, y1 - k, x0, y1 - r,
        x0, y0 + r, x0, y0 + k, x0 + k, y0, x0 + r, y0,
    ]  # fmt: skip
    return Path("MLCLCLCLCZ", xy)


def spine(start: Point, through: Point, end: Point, steps: int = 5) -> list[Point]:
    """Points of a parabola that meets `through` half-way."""
    cx = 2 * through[0] - (start[0] + end[0]) / 2
    cy = 2 * through[1] - (start[1] + end[1]) / 2
    out: list[Point] = []
    for i in range(steps):
        t = i / (steps - 1)
        u = 1 - t
        out.append(
            (u * u * start[0] + 2 * u * t * cx + t * t * end[0], u * u * start[1] + 2 * u * t * cy + t * t * end[1])
        )
    return out


class Limb(NamedTuple):
    """A tapering tube: its whole outline, and the same without its root's end (so that it grows out of a body)."""

    fill: Path
    open: Path


def limb(points: Sequence[Point], widths: Sequence[float], *, round_tip: bool = True) -> Limb:
    """A tube along `points` with a half-width at each of them."""
    n = len(points)
    left: list[Knot] = []
    right: list[Knot] = []
    direction = (0.0, 1.0)
    for i, (p, w) in enumerate(zip(points, widths, strict=True)):
        a, b = points[max(i - 1, 0)], points[min(i + 1, n - 1)]
        dx, dy = b[0] - a[0], b[1] - a[1]
        length = math.hypot(dx, dy) or 1.0
        direction = (dx / length, dy / length)
        left.append((p[0] + direction[1] * w, p[1] - direction[0] * w))
        right.append((p[0] - direction[1] * w, p[1] + direction[0] * w))
    (ex, ey), w = points[-1], widths[-1]
    reach = w if round_tip else w * 0.25
    tip: list[Knot] = [(ex + direction[0] * reach, ey + direction[1] * reach)]
    dx, dy = points[1][0] - points[0][0], points[1][1] - points[0][1]
    length = math.hypot(dx, dy) or 1.0
    root: list[Knot] = [(points[0][0] - dx / length * widths[0], points[0][1] - dy / length * widths[0])]
    back = list(reversed(right))
    return Limb(smooth([*left, *tip, *back, *root]), smooth([*left, *tip, *back], closed=False))


def scallops(cx: float, cy: float, rx: float, ry: float, count: int, depth: float, phase: float = 0.0) -> Path:
    """A fuzzy ellipse: `count` round bumps of height `depth` along its rim."""
    return scalloped([
        (cx + rx * math.cos(t), cy + ry * math.sin(t))
        for t in (2 * math.pi * (i + phase) / count for i in range(count))
    ], depth)  # fmt: skip


def scalloped(rim: Sequence[Point], depth: float) -> Path:
    """Bumps between the successive points of a closed rim (clockwise on screen), `depth` high."""
    xy = [*rim[0]]
    n = len(rim)
    for i in range(n):
        p, q = rim[i], rim[(i + 1) % n]
        dx, dy = q[0] - p[0], q[1] - p[1]
        length = math.hypot(dx, dy) or 1.0
        nx, ny = dy / length * depth * 1.33, -dx / length * depth * 1.33
        xy += (p[0] + dx * 0.12 + nx, p[1] + dy * 0.12 + ny, q[0] - dx * 0.12 + nx, q[1] - dy * 0.12 + ny, q[0], q[1])
    return Path("M" + "C" * n + "Z", xy)


def cut_ellipse(cx: float, cy: float, rx: float, ry: float, left: float, right: float) -> Path:
    """The part of an ellipse below the line from (-rx, left·ry) to (rx, right·ry), as eyelids cut an eye."""
    knots: list[Knot] = []
    for i in range(48):
        t = math.pi + 0.6 - 2 * math.pi * i / 48
        x, y = math.cos(t), math.sin(t)
        if y > left + (right - left) * (x + 1) / 2:
            knots.append((cx + rx * x, cy + ry * y))
    kept = _rotated_to_gap(knots)
    if len(kept) < 4:
        return ellipse(cx, cy, rx, ry)
    first, last = kept[0], kept[-1]
    inner = kept[1:-1][::4]
    return smooth([(first[0], first[1], 0.25), *inner, (last[0], last[1], 0.25)])


def _rotated_to_gap(knots: list[Knot]) -> list[Knot]:
    """The ring of knots, begun after its widest gap."""
    if len(knots) < 2:
        return knots
    gaps = [math.hypot(k[0] - knots[i - 1][0], k[1] - knots[i - 1][1]) for i, k in enumerate(knots)]
    start = gaps.index(max(gaps))
    return knots[start:] + knots[:start]


def points_of(values: Iterable[Point], at: Point, sx: float, sy: float) -> list[Knot]:
    """Unit coordinates placed at a point with two scales; the softness of a knot is kept."""
    return [(at[0] + v[0] * sx, at[1] + v[1] * sy, *v[2:]) for v in values]  # type: ignore[misc]
