"""One stroke of a brush or an eraser on one layer, drawn as the pen moves."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter

from app.painting.brush import Brush, dab
from app.painting.curve import Curve, Touch
from app.painting.layers import Layer
from app.painting.selection import Selection
from app.painting.tiles import TILE, Key, Pixels, Tile, blank, image_over, keys_over, seal, tile_rect


class Ink(StrEnum):
    PAINT = "paint"
    ERASE = "erase"


MODES = {
    Ink.PAINT: QPainter.CompositionMode.CompositionMode_SourceOver,
    Ink.ERASE: QPainter.CompositionMode.CompositionMode_DestinationOut,
}


class Stroke:
    """How much the stroke covers is gathered apart from the layer, so that its opacity holds where it crosses itself.

    `tiles` are the layer's tiles as they are to be, `cover` those of its cover, where the stroke has been.
    """

    def __init__(
        self, layer: Layer, brush: Brush, colour: QColor, ink: Ink, selection: Selection, start: Touch
    ) -> None:
        self.layer, self.ink = layer, ink
        self.tiles: dict[Key, Pixels] = {}
        self.cover: dict[Key, Pixels] = {}
        self._brush, self._selection = brush, selection
        self._ramp = _ramp(colour, brush.opacity)
        self._coverage: dict[Key, NDArray[np.float32]] = {}
        self._curve = Curve(self._local(start), brush.step)
        self._start = self._local(start)

    def begin(self) -> QRect:
        """The first dab; the region of the canvas that changed."""
        return self._put([self._start])

    def to(self, touch: Touch) -> QRect:
        """Draw on to a new position; the region of the canvas that changed."""
        return self._put(list(self._curve.to(self._local(touch))))

    def finish(self) -> QRect:
        """Draw to where the pen was lifted; the region of the canvas that changed."""
        return self._put(list(self._curve.finish()))

    def sealed(self) -> tuple[dict[Key, Tile], dict[Key, Tile]]:
        """The layer's tiles and cover with the stroke on them."""
        return _merged(self.layer.tiles, self.tiles), _merged(self.layer.cover, self.cover)

    def _local(self, touch: Touch) -> Touch:
        return touch._replace(x=touch.x - self.layer.offset[0], y=touch.y - self.layer.offset[1])

    def _put(self, touches: list[Touch]) -> QRect:
        changed: dict[Key, QRect] = {}
        for touch in touches:
            shape, left, top = dab(self._brush.diameter(touch.pressure), self._brush.hardness, touch.x, touch.y)
            area = QRect(left, top, shape.shape[1], shape.shape[0])
            for key in keys_over(area):
                part = tile_rect(key).intersected(area)
                self._gather(key, part, shape, area, touch.pressure)
                changed[key] = changed.get(key, QRect()).united(part)
        total = QRect()
        for key, part in changed.items():
            self._draw(key, part)
            total = total.united(part)
        return total.translated(*self.layer.offset)

    def _gather(self, key: Key, part: QRect, shape: NDArray[np.float32], area: QRect, pressure: float) -> None:
        coverage = self._coverage.get(key)
        if coverage is None:
            coverage = self._coverage[key] = np.zeros((TILE, TILE), np.float32)
        here = coverage[_inside(part, key[0] * TILE, key[1] * TILE)]
        there = shape[_inside(part, area.left(), area.top())]
        ceiling = self._brush.ceiling(pressure)
        np.maximum(here, here + there * self._brush.flow * (ceiling - here), out=here)

    def _draw(self, key: Key, part: QRect) -> None:
        place = tile_rect(key)
        inside = _inside(part, place.left(), place.top())
        strength = (self._coverage[key][inside] * 255.0 + 0.5).astype(np.uint8)
        if self._selection:
            strength = self._selection.limit(strength, part.translated(*self.layer.offset))
        ink = np.ascontiguousarray(self._ramp[strength]).view(np.uint8).reshape(*strength.shape, 4)
        _ink(self.tiles, self.layer.tiles.get(key), key, inside, ink, self.ink)
        if key in self.layer.cover:
            _ink(self.cover, self.layer.cover[key], key, inside, ink, self.ink)


def _ink(
    target: dict[Key, Pixels], before: Tile | None, key: Key, inside: tuple[slice, slice], ink: Pixels, how: Ink
) -> None:
    pixels = target.get(key)
    if pixels is None:
        pixels = target[key] = before.pixels.copy() if before is not None else blank()
    pixels[inside] = before.pixels[inside] if before is not None else 0
    image = image_over(pixels)
    painter = QPainter(image)
    painter.setCompositionMode(MODES[how])
    painter.drawImage(inside[1].start, inside[0].start, image_over(ink))
    painter.end()


def _inside(part: QRect, left: int, top: int) -> tuple[slice, slice]:
    return (
        slice(part.top() - top, part.bottom() + 1 - top),
        slice(part.left() - left, part.right() + 1 - left),
    )


def _ramp(colour: QColor, opacity: float) -> NDArray[np.uint32]:
    """The premultiplied colour for each of 256 strengths, as Qt stores a pixel."""
    alpha = np.arange(256, dtype=np.float64) / 255.0 * opacity * colour.alphaF()
    channels = [np.round(value * alpha * 255.0).astype(np.uint32) for value in _rgb(colour)]
    full = np.round(alpha * 255.0).astype(np.uint32)
    return ((full << 24) | (channels[0] << 16) | (channels[1] << 8) | channels[2]).astype(np.uint32)


def _rgb(colour: QColor) -> tuple[float, float, float]:
    return colour.redF(), colour.greenF(), colour.blueF()


def _merged(before: Mapping[Key, Tile], changed: dict[Key, Pixels]) -> dict[Key, Tile]:
    result = dict(before)
    for key, pixels in changed.items():
        tile = seal(pixels)
        if tile is None:
            result.pop(key, None)
        else:
            result[key] = tile
    return result
