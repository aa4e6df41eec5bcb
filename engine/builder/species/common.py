"""What the species share: torsos, heads, ear pairs, muzzles and tails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.builder.artist import HeadArt, Model
from engine.builder.geometry import Knot, Path, Point, ellipse, limb, mirrored_knots, points_of, smooth, spine
from engine.builder.ink import Shape, spot
from engine.builder.palette import Ramp, darker
from engine.builder.skeleton import Build


@dataclass(frozen=True, slots=True)
class Tail:
    """A drawn tail and its two joints."""

    shapes: list[Shape]
    base: Point
    tip: Point


@dataclass(frozen=True, slots=True)
class SpeciesArt:
    """A species: its build and the functions that draw its parts."""

    build: Build
    head: Callable[[Model], HeadArt]
    body: Callable[[Model], list[Shape]]
    arm: Callable[[Model, int], list[Shape]]
    leg: Callable[[Model, int], list[Shape]]
    tail: Callable[[Model], Tail] | None = None


def torso_path(m: Model, *, square: float = 0.0) -> Path:
    """The pear of the body, from under the head to between the legs; `square` 0..1 makes it boxier."""
    f = m.frame
    top, bottom, sw, bw = f.body_top, f.body_bottom, f.shoulder_hw, f.hip_hw
    h = bottom - top
    return smooth(mirrored_knots([
        (0, top), (sw * 0.62, top + 8), (sw, top + h * 0.2), (sw + (bw - sw) * 0.62, top + h * 0.5),
        (bw, top + h * 0.76), (bw * (0.78 + 0.12 * square), bottom - h * 0.07), (0, bottom + 6),
    ]))  # fmt: skip


def torso(m: Model, ramp: Ramp, inside: Sequence[Shape] = ()) -> list[Shape]:
    """The body with the head's shadow on it."""
    path = torso_path(m)
    return m.ink.part(path, ramp, inside=[*inside, *shadows(m, ramp)], shade=(14, 8))


def shadows(m: Model, ramp: Ramp) -> list[Shape]:
    """The shadows that head and arms throw on the body."""
    f, j = m.frame, m.frame.joints
    strength = 0.42 if m.ink.outlined else 0.5
    out = [
        Shape(
            ellipse(f.head[0], f.head[1] + 16, f.head_hw * 0.9 + 13, f.head_hh + 13), fill=ramp.shade, opacity=strength
        )
    ]
    if not m.ink.outlined:
        for name in ("left", "right"):
            arm = smooth(spine(j[f"{name}_shoulder"], j[f"{name}_elbow"], j[f"{name}_hand"], 4), closed=False).shifted(
                0, 8
            )
            out.append(Shape(arm, stroke=ramp.shade, width=2 * f.arm_w + 18, opacity=0.4))
    return out


def belly(m: Model, colour: str, size: float = 1.0) -> Shape:
    """A pale patch on the belly."""
    f = m.frame
    y = f.body_top + (f.body_bottom - f.body_top) * (0.58 if m.sitting else 0.66)
    return spot(ellipse(0, y, f.hip_hw * 0.66 * size, (f.body_bottom - f.body_top) * 0.37 * size), colour)


def head_path(m: Model, right: Sequence[Knot]) -> Path:
    """A symmetric head from its right half in head units."""
    f = m.frame
    return smooth(mirrored_knots(points_of(right, f.head, f.head_hw, f.head_hh)))  # type: ignore[arg-type]


def at(m: Model, points: Sequence[Knot], *, closed: bool = True) -> Path:
    """A smooth path through points in head units."""
    f = m.frame
    return smooth(points_of(points, f.head, f.head_hw, f.head_hh), closed=closed)  # type: ignore[arg-type]


def gleam(m: Model, colour: str, x: float = -0.5, y: float = -0.66, turn: float = -34) -> Shape:
    """The highlight on the forehead."""
    cx, cy = m.frame.at(x, y)
    return spot(ellipse(cx, cy, 50 * m.frame.head_hw / 216, 20 * m.frame.head_hw / 216, turn), colour, 0.85)


def nose(m: Model, x: float, y: float, w: float, h: float, colour: str) -> list[Shape]:
    """A soft triangular nose with a light on it; the place in head units, the size for a head of half-width 216."""
    k = m.frame.head_hw / 216
    cx, cy = m.frame.at(x, y)
    w, h = w * k, h * k
    path = smooth([
        (cx - w, cy - h * 0.5), (cx, cy - h * 0.9), (cx + w, cy - h * 0.5), (cx + w * 0.56, cy + h * 0.5),
        (cx, cy + h), (cx - w * 0.56, cy + h * 0.5),
    ])  # fmt: skip
    return [spot(path, colour), spot(ellipse(cx - w * 0.26, cy - h * 0.42, w * 0.34, h * 0.22, -8), "#ffffff", 0.75)]


def philtrum(m: Model, y0: float, y1: float, colour: str) -> Shape:
    """The short line from nose to mouth."""
    x, top = m.frame.at(0, y0)
    return m.ink.line(smooth([(x, top), (x, m.frame.at(0, y1)[1])], closed=False), colour, 0.5)


def tube_tail(
    m: Model, base: Point, through: Point, tip: Point, widths: Sequence[float], ramp: Ramp, inside: Sequence[Shape] = ()
) -> Tail:
    """A tail that is a tapering tube."""
    pts = spine(base, through, tip, len(widths))
    tube = limb(pts, widths)
    return Tail(m.ink.part(tube.fill, darker(ramp, 0.12), inside=inside, shade=(9, 9)), base, tip)
