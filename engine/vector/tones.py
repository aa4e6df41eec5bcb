"""One-colour forms of a figure: positive for paper, negative for dark grounds, and lines alone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from pathops import LineCap, LineJoin, Path

from engine.vector.boolean import clean, common, union, without
from engine.vector.colour import lightness
from engine.vector.figure import Figure, Fill
from engine.vector.reduce import without_specks
from engine.vector.visible import index_map

BLACK, WHITE = "#000000", "#ffffff"
DARK_BELOW, LIGHT_ABOVE = 0.46, 0.86
"""Lightness of what prints as ink and of what stays paper; between them lies the body's own colour."""
_GAP = 0.009
"""Of the canvas: the clear line that parts two areas of one colour."""
_LINED = 0.6
"""The share of the silhouette's edge that is dark when a drawing has an outline."""
_SPECK = 3e-5


@dataclass(frozen=True)
class Tones:
    """The figure's areas by tone. They don't overlap, and together they are its silhouette."""

    dark: Path
    middle: Path
    light: Path
    lined: bool
    """Whether the drawing has a dark line around it."""


def tones(figure: Figure) -> Tones:
    areas = {"dark": Path(), "middle": Path(), "light": Path()}
    for own, run in groupby(figure.fills, lambda fill: _tone(fill.colour)):
        path = union(fill.path for fill in run)
        for name, area in areas.items():
            areas[name] = union((area, path)) if name == own else without(area, path)
    return Tones(**areas, lined=_is_lined(figure))


def ink(figure: Figure, found: Tones) -> Path:
    """What is printed when there is one ink: of a lined drawing its lines and dark parts, of a flat one its body, with
    dark details set free by a clear line."""
    if found.lined:
        return _swept(figure, found.dark)
    return _swept(figure, union((without(found.middle, _grown(found.dark, _gap(figure))), found.dark)))


def glow(figure: Figure, found: Tones) -> Path:
    """What is white on a dark ground: all but the dark, light parts set free by a clear line."""
    body = without(found.middle, _grown(found.light, _gap(figure)))
    return _swept(figure, union((body, found.light)))


def lines(figure: Figure, found: Tones) -> Path:
    """Dark parts, a line where light and middle tones meet, and, where there is none yet, one around the whole."""
    width = 1.2 * _gap(figure)
    drawn = union((found.dark, common(_stroke(found.light, 2 * width), found.middle)))
    if not found.lined:
        whole = union((found.dark, found.middle, found.light))
        drawn = union((drawn, common(_stroke(whole, 4 * width), whole)))
    return _swept(figure, drawn)


def one_colour(figure: Figure, area: Path, colour: str) -> Figure:
    return Figure(figure.width, figure.height, (Fill(area, colour),))


def _tone(colour: str) -> str:
    light = lightness(colour)
    return "dark" if light < DARK_BELOW else "light" if light > LIGHT_ABOVE else "middle"


def _gap(figure: Figure) -> float:
    return _GAP * max(figure.width, figure.height)


def _grown(path: Path, by: float) -> Path:
    return union((path, _stroke(path, 2 * by)))


def _stroke(path: Path, width: float) -> Path:
    line = Path(path)
    line.stroke(width, LineCap.ROUND_CAP, LineJoin.ROUND_JOIN, 4)
    return clean(line)


def _swept(figure: Figure, path: Path) -> Path:
    return without_specks(path, _SPECK * figure.width * figure.height)


def _is_lined(figure: Figure) -> bool:
    import cv2
    import numpy as np

    index = index_map(figure)
    solid = (index > 0).astype(np.uint8)
    edge = (solid > 0) & (np.asarray(cv2.erode(solid, np.ones((5, 5), np.uint8))) == 0)
    dark = np.array([False, *(_tone(fill.colour) == "dark" for fill in figure.fills)])
    return bool(edge.any()) and float(dark[index[edge]].mean()) > _LINED
