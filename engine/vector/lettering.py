"""A line of text as one outline: straight, or along an arc."""

from __future__ import annotations

import math

from pathops import Path

from engine.vector.boolean import union
from engine.vector.fonts import Line, line_of

_TRACKING = 0.01
_ARC_TRACKING = 0.045
"""Letters on an arc lean together at their tops and need more room."""
_WIDEST_ARC = math.radians(158)


def straight(text: str, font: str, width: float, tallest: float) -> tuple[Path, float, float]:
    """Text no wider than `width`, its capitals no higher than `tallest`: the outline with the capitals' top at y = 0
    and its middle at x = 0, then its width, and the height of a capital. Raises BadInput as `line_of` does."""
    line = line_of(text, font, _TRACKING)
    size = min(width / max(line.width, 0.01), tallest / line.cap)
    letters = (
        glyph.path.transform(size, 0, 0, size, glyph.x * size - line.width * size / 2, line.cap * size)
        for glyph in line.glyphs
    )
    path = union(letters)
    left, _, right, _ = path.bounds
    # Side bearings differ: the letters themselves are centred.
    return path.transform(1, 0, 0, 1, -(left + right) / 2, 0), right - left, line.cap * size


def below_centre(text: str, font: str, centre: tuple[float, float], radius: float, tallest: float) -> Path:
    """Text along the lower arc of a circle of `radius` (its baseline), read from left to right, tops inwards."""
    line = line_of(text, font, _ARC_TRACKING)
    size = min(tallest / line.cap, _WIDEST_ARC * (radius - tallest / 2) / max(line.width, 0.01))
    # Angles are measured where the letters are half their height: there they keep their own spacing.
    middle = radius - line.cap * size / 2
    return union(_placed(line, size, middle, radius - (tallest - line.cap * size) / 2, centre))


def _placed(line: Line, size: float, middle: float, radius: float, centre: tuple[float, float]) -> list[Path]:
    letters: list[Path] = []
    for glyph in line.glyphs:
        along = (glyph.x + glyph.advance / 2 - line.width / 2) * size
        turn = -along / middle
        cos, sin = math.cos(turn), math.sin(turn)
        upright = glyph.path.transform(size, 0, 0, size, -glyph.advance / 2 * size, radius)
        letters.append(upright.transform(cos, sin, -sin, cos, *centre))
    return letters
