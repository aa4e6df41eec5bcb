"""The paint: shapes with fills and lines, how the two drawing styles put them on, and how they become SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.builder.geometry import IDENTITY, Affine, Path
from engine.builder.palette import Ramp, mix
from engine.protocol.mascot import DrawingStyle


@dataclass(slots=True)
class Gradient:
    """A linear gradient from one point to another, in the drawing's units."""

    start: tuple[float, float]
    end: tuple[float, float]
    stops: tuple[tuple[float, str], ...]


@dataclass(slots=True)
class Shape:
    """One painted path; `inside` is painted over it and clipped to the union of `clip` (or to the path)."""

    path: Path
    fill: str | Gradient | None = None
    stroke: str | None = None
    width: float = 0.0
    opacity: float = 1.0
    even_odd: bool = False
    inside: list[Shape] = field(default_factory=list["Shape"])
    clip: tuple[Path, ...] = ()

    def bounds(self, t: Affine) -> tuple[float, float, float, float]:
        x0, y0, x1, y1 = (self.path if t is IDENTITY else self.path.moved(t)).bounds()
        w = self.width / 2 if self.stroke else 0.0
        return x0 - w, y0 - w, x1 + w, y1 + w


class Ink:
    """Puts parts on paper in one of the two styles. Light comes from the upper left."""

    def __init__(self, style: DrawingStyle, line_weight: float) -> None:
        self.outlined = style is DrawingStyle.OUTLINE
        self.weight = 13.0 * (1 + 0.32 * line_weight)

    def part(
        self,
        fills: Path | Sequence[Path],
        ramp: Ramp,
        *,
        outline: Path | Sequence[Path] | None = None,
        inside: Sequence[Shape] = (),
        weight: float = 1.0,
        shade: tuple[float, float] = (16, 14),
        glow: bool = True,
    ) -> list[Shape]:
        """A body part: its line, its fill, the markings `inside` it and its own shade, one silhouette for all paths.

        `outline` replaces the stroked paths (an arm has no line where it grows out of the body).
        """
        paths = [fills] if isinstance(fills, Path) else list(fills)
        lines = paths if outline is None else [outline] if isinstance(outline, Path) else list(outline)
        out: list[Shape] = []
        if self.outlined:
            width = 2 * self.weight * weight
            out += [Shape(p, stroke=ramp.line, width=width) for p in lines]
        inner = [*inside, self._shade(paths[0], ramp, shade, plain=not inside)]
        out += [Shape(p, fill=self._fill(p, ramp, glow)) for p in paths[1:]]
        out.append(Shape(paths[0], fill=self._fill(paths[0], ramp, glow), inside=inner, clip=tuple(paths)))
        return out

    def _fill(self, path: Path, ramp: Ramp, glow: bool) -> str | Gradient:
        if self.outlined or not glow:
            return ramp.base
        x0, y0, x1, y1 = path.bounds()
        return Gradient(
            (x0 + (x1 - x0) * 0.3, y0),
            (x0 + (x1 - x0) * 0.6, y1),
            ((0.0, mix(ramp.base, ramp.light, 0.55)), (0.5, ramp.base), (1.0, mix(ramp.base, ramp.shade, 0.3))),
        )

    def _shade(self, path: Path, ramp: Ramp, shift: tuple[float, float], *, plain: bool) -> Shape:
        """The crescent of `path` that its own copy, moved towards the light, leaves bare.

        On a `plain` fill it is opaque, which renders quicker.
        """
        strength = 0.55 if self.outlined else 0.34
        if plain:
            tone = mix(ramp.base, ramp.shade, strength if self.outlined else 0.5)
            return Shape(path + path.shifted(-shift[0], -shift[1]), fill=tone, even_odd=True)
        return Shape(path + path.shifted(-shift[0], -shift[1]), fill=ramp.shade, opacity=strength, even_odd=True)

    def cast(self, path: Path, ramp: Ramp, width: float = 26.0, dy: float = 6.0) -> Shape:
        """The soft shadow that `path` throws on what lies below it; put it `inside` that part."""
        p = path.shifted(0, dy)
        return Shape(p, fill=ramp.shade, stroke=ramp.shade, width=width, opacity=0.42 if self.outlined else 0.5)

    def line(self, path: Path, colour: str, weight: float = 0.6) -> Shape:
        """A drawn line of both styles: a mouth, a whisker, a seam."""
        return Shape(path, stroke=colour, width=self.weight * weight * 1.5)

    def bit(self, path: Path, fill: str, line: str | None = None, weight: float = 0.45) -> list[Shape]:
        """A small plain piece, lined in the outline style."""
        if self.outlined and line is not None:
            return [Shape(path, stroke=line, width=2 * self.weight * weight), Shape(path, fill=fill)]
        return [Shape(path, fill=fill)]


def spot(path: Path, fill: str, opacity: float = 1.0) -> Shape:
    """A plain fill without a line."""
    return Shape(path, fill=fill, opacity=opacity)


class Writer:
    """Writes shapes as SVG under one transform; ids are unique within the writer."""

    def __init__(self, prefix: str, fit: Affine) -> None:
        self._prefix = prefix
        self._fit = fit
        self._count = 0

    def write(self, shapes: Sequence[Shape], transform: Affine = IDENTITY) -> str:
        """The shapes as an SVG fragment, moved by `transform` and then by the writer's own fit."""
        t = transform.then(self._fit)
        return "".join(self._one(s, t, t.scale) for s in shapes)

    def _id(self) -> str:
        self._count += 1
        return f"{self._prefix}-{self._count}"

    def _one(self, s: Shape, t: Affine, scale: float) -> str:
        defs = ""
        attrs = ""
        if s.fill is None:
            attrs += ' fill="none"'
        elif isinstance(s.fill, Gradient):
            name = self._id()
            defs = _gradient(name, s.fill, t)
            attrs += f' fill="url(#{name})"'
        else:
            attrs += f' fill="{s.fill}"'
        if s.stroke is not None:
            width = max(s.width * scale, 0.1)
            attrs += f' stroke="{s.stroke}" stroke-width="{width:.1f}" stroke-linecap="round" stroke-linejoin="round"'
        if s.opacity < 1:
            both = s.stroke is not None and s.fill is not None
            name = "opacity" if both else "stroke-opacity" if s.fill is None else "fill-opacity"
            attrs += f' {name}="{s.opacity:.2f}"'
        if s.even_odd:
            attrs += ' fill-rule="evenodd"'
        out = f'{defs}<path d="{s.path.moved(t).d()}"{attrs}/>'
        if s.inside:
            name = self._id()
            clip = "".join(f'<path d="{p.moved(t).d()}"/>' for p in s.clip or (s.path,))
            inner = "".join(self._one(i, t, scale) for i in s.inside)
            out += f'<clipPath id="{name}">{clip}</clipPath><g clip-path="url(#{name})">{inner}</g>'
        return out


def _gradient(name: str, g: Gradient, t: Affine) -> str:
    (x1, y1), (x2, y2) = t.apply(g.start), t.apply(g.end)
    stops = "".join(f'<stop offset="{o:g}" stop-color="{c}"/>' for o, c in g.stops)
    where = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" {where}>{stops}</linearGradient>'


def wobble(seed: int, salt: int) -> float:
    """A number in -1..1 that depends on the seed and on which asymmetry asks."""
    x = (seed * 0x9E3779B1 + salt * 0x85EBCA77 + 0x27D4EB2F) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
    x = ((x ^ (x >> 12)) * 0x297A2D39) & 0xFFFFFFFF
    return ((x ^ (x >> 15)) / 0xFFFFFFFF) * 2 - 1
