"""Drawing as a hand would, without a window."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QColor

from app.painting.brush import Brush
from app.painting.compose import COVER_SUFFIX, flatten
from app.painting.curve import Touch
from app.painting.document import Document
from app.painting.selection import NOTHING, Selection
from app.painting.stroke import Ink, Stroke

RED = QColor(255, 0, 0)


def draw(
    document: Document,
    *points: tuple[float, float],
    brush: Brush | None = None,
    colour: QColor = RED,
    ink: Ink = Ink.PAINT,
    selection: Selection = NOTHING,
    pressure: float = 1.0,
) -> None:
    """One stroke through the points on the active layer, as one step of the history."""
    layer = document.painting.active_layer
    assert layer is not None
    touches = [Touch(x, y, pressure) for x, y in points]
    stroke = Stroke(layer, brush or Brush(size=20), colour, ink, selection, touches[0])
    stroke.begin()
    for touch in touches[1:]:
        stroke.to(touch)
    area = stroke.finish()
    document.set_live(layer.id, stroke.tiles, area)
    document.set_live(layer.id + COVER_SUFFIX, stroke.cover, area)
    tiles, cover = stroke.sealed()
    document.apply("stroke", document.painting.changed(layer.id, tiles=tiles, cover=cover))


def pixel(document: Document, x: int, y: int) -> tuple[int, int, int, int]:
    """Red, green, blue, alpha of the finished picture at a place of the canvas, not premultiplied."""
    frame = document.painting.frame
    colour = flatten(document.painting).pixelColor(x - frame.left(), y - frame.top())
    return colour.red(), colour.green(), colour.blue(), colour.alpha()


def with_opacity(document: Document, opacity: float) -> None:
    painting = document.painting
    document.apply("opacity", replace(painting.changed(painting.active, opacity=opacity)), merge="opacity")
