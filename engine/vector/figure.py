"""A figure: flat opaque shapes, back to front. Everything that leaves this room is written from it."""

from __future__ import annotations

from dataclasses import dataclass

from pathops import Path, PathVerb

Box = tuple[float, float, float, float]
"""(left, top, right, bottom)."""


@dataclass(frozen=True)
class Fill:
    """An outline (non-zero winding) painted with one opaque colour, "#rrggbb"."""

    path: Path
    colour: str


@dataclass(frozen=True)
class Figure:
    """`fills` back to front, in units of a canvas that is `width` by `height`, y down."""

    width: float
    height: float
    fills: tuple[Fill, ...]

    @property
    def bounds(self) -> Box | None:
        """The box around all outlines; None when nothing is drawn."""
        boxes = [fill.path.bounds for fill in self.fills]
        if not boxes:
            return None
        return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))

    @property
    def colours(self) -> tuple[str, ...]:
        """Each colour once, in the order in which they are painted."""
        return tuple(dict.fromkeys(fill.colour for fill in self.fills))

    def moved(self, scale: float, dx: float, dy: float, width: float, height: float) -> Figure:
        """The figure scaled, then shifted, on a canvas of another size."""
        fills = tuple(Fill(fill.path.transform(scale, 0, 0, scale, dx, dy), fill.colour) for fill in self.fills)
        return Figure(width, height, fills)


def is_empty(path: Path) -> bool:
    return not any(verb is not PathVerb.MOVE and verb is not PathVerb.CLOSE for verb in path.verbs)


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
