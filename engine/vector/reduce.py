"""A figure of many tones as one of a few flat colours and as few shapes as show the same."""

from __future__ import annotations

from collections import defaultdict

from pathops import Path

from engine.vector.boolean import common, union
from engine.vector.figure import Figure, Fill, is_empty, overlap
from engine.vector.palette import fewer_colours
from engine.vector.visible import visible_shares

_SPECK = 1.2e-5
"""Of the canvas: smaller islands and holes are dropped (a 3.5 pixel dot of 1024)."""


def reduced(figure: Figure, colours: int) -> Figure:
    """The figure in at most `colours` flat colours."""
    seen: defaultdict[str, float] = defaultdict(float)
    shares = visible_shares(figure)
    kept = [(fill, share) for fill, share in zip(figure.fills, shares, strict=True) if share > 0]
    for fill, share in kept:
        seen[fill.colour] += share
    stands_for = fewer_colours(seen, colours)
    recoloured = tuple(Fill(fill.path, stands_for[fill.colour]) for fill, _ in kept)
    return merged(Figure(figure.width, figure.height, recoloured))


def merged(figure: Figure) -> Figure:
    """Shapes of one colour put together wherever the order of painting allows, then freed of specks."""
    layers: list[Fill] = []
    for fill in figure.fills:
        at = _joins(layers, fill)
        if at is None:
            layers.append(fill)
        else:
            layers[at] = Fill(union((layers[at].path, fill.path)), fill.colour)
    least = _SPECK * figure.width * figure.height
    swept = tuple(Fill(without_specks(fill.path, least), fill.colour) for fill in layers)
    figure = Figure(figure.width, figure.height, tuple(fill for fill in swept if not is_empty(fill.path)))
    seen = visible_shares(figure)
    return Figure(
        figure.width, figure.height, tuple(fill for fill, share in zip(figure.fills, seen, strict=True) if share > 0)
    )


def _joins(layers: list[Fill], fill: Fill) -> int | None:
    """The layer that `fill` may join: of its colour, with nothing of another colour between that it covers."""
    for n in range(len(layers) - 1, -1, -1):
        if layers[n].colour == fill.colour:
            return n
        if overlap(layers[n].path.bounds, fill.path.bounds) and not is_empty(common(layers[n].path, fill.path)):
            return None
    return None


def without_specks(path: Path, least: float) -> Path:
    """The path without islands and holes of less than `least` square units."""
    kept = Path()
    for contour in path.contours:
        if abs(contour.area) >= least:
            kept.addPath(contour)
    return kept
