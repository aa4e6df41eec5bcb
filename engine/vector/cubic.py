"""A path as moves, lines and cubic curves only, for formats that know no quadratic ones."""

from __future__ import annotations

from collections.abc import Iterator

from pathops import Path, PathVerb

Point = tuple[float, float]


def cubic_commands(path: Path) -> Iterator[tuple[str, tuple[Point, ...]]]:
    """("M", (to,)), ("L", (to,)), ("C", (first, second, to)) and ("Z", ())."""
    at: Point = (0.0, 0.0)
    start = at
    for verb, raw in path:
        points: tuple[Point, ...] = tuple((float(x), float(y)) for x, y in raw)
        match verb:
            case PathVerb.MOVE:
                start = at = points[0]
                yield "M", (at,)
            case PathVerb.LINE:
                at = points[0]
                yield "L", (at,)
            case PathVerb.QUAD:
                control, to = points
                yield "C", (_towards(at, control), _towards(to, control), to)
                at = to
            case PathVerb.CUBIC:
                at = points[2]
                yield "C", points
            case PathVerb.CLOSE:
                at = start
                yield "Z", ()
            case _:
                raise ValueError("a conic was left in a path")


def _towards(end: Point, control: Point) -> Point:
    """The cubic's handle two thirds of the way from an end to the quadratic's control point."""
    return end[0] + 2 / 3 * (control[0] - end[0]), end[1] + 2 / 3 * (control[1] - end[1])
