"""From a result to a layer: only what was to change is taken from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from app.painting.errand import Errand
from app.painting.layers import SHOWN_KINDS, Layer, LayerKind, Painting
from app.painting.masks import VEIL, Coverage, grown
from app.painting.tiles import Key, Pixels, Tile, cut, image_over, pixels_of

OVERLAP = 1 / 16
"""Of the picture's shorter side: how far beyond an edge's inside continuing it may change the picture."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """A result's tiles and cover; `area` of the canvas is what the picture becomes."""

    tiles: Mapping[Key, Tile]
    cover: Mapping[Key, Tile]
    area: QRect
    job_id: str = ""


def outcome_of(errand: Errand, result: QImage, job_id: str = "") -> Outcome:
    """The result as a layer's pixels. Takes a moment on a large canvas: not for the GUI thread."""
    size = errand.area.size()
    source = pixels_of(result.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied))
    height, width = min(size.height(), source.shape[0]), min(size.width(), source.shape[1])
    pixels = np.zeros((size.height(), size.width(), 4), np.uint8)
    pixels[:height, :width] = source[:height, :width]
    at = errand.area.left(), errand.area.top()
    cover = _cover(errand)
    inside = pixels if cover is None else _limited(pixels, cover)
    full = cover if cover is not None else np.full(pixels.shape[:2], 255, np.uint8)
    return Outcome(cut(image_over(inside), at), cut(image_over(_veil(full)), at), errand.area, job_id)


def with_outcome(painting: Painting, outcome: Outcome, layer: Layer) -> Painting:
    """The painting with the outcome on `layer`, which is put over the picture if it is not there yet."""

    if painting.layer(layer.id) is None:
        below = [known.id for known in painting.layers if known.kind in SHOWN_KINDS]
        painting = painting.added(layer, above=below[-1]) if below else _at_the_bottom(painting, layer)
    frame = painting.frame.united(outcome.area)
    return replace(painting.changed(layer.id, tiles=outcome.tiles, cover=outcome.cover), frame=frame)


def result_layer(layer_id: str, name: str) -> Layer:
    return Layer(layer_id, name, LayerKind.PICTURE)


def _at_the_bottom(painting: Painting, layer: Layer) -> Painting:
    return painting.added(layer).moved(layer.id, 0)


def _cover(errand: Errand) -> Coverage | None:
    """(height, width) of the area: where the result takes the picture's place; None means everywhere."""
    start = errand.start
    if start is None or (errand.region is None and not errand.edges.any):
        return None
    frame, area = errand.painting.frame, errand.area
    cover = np.full((area.height(), area.width()), 255 if errand.edges.any else 0, np.uint8)
    inside = np.zeros((frame.height(), frame.width()), np.uint8)
    if errand.region is not None:
        marked = np.where(errand.region >= 128, 255, 0).astype(np.uint8)
        inside = np.where(grown(marked, start.feather + 1) | errand.region, 255, 0).astype(np.uint8)
    _reach_in(inside, errand)
    x, y = frame.left() - area.left(), frame.top() - area.top()
    cover[y : y + frame.height(), x : x + frame.width()] = inside
    return cover


def _reach_in(inside: Coverage, errand: Errand) -> None:
    height, width = inside.shape
    feather = errand.start.feather if errand.start else 0
    reach = round(OVERLAP * min(height, width)) + feather + 1
    if errand.edges.left:
        inside[:, :reach] = 255
    if errand.edges.right:
        inside[:, -reach:] = 255
    if errand.edges.top:
        inside[:reach] = 255
    if errand.edges.bottom:
        inside[-reach:] = 255


def _limited(pixels: Pixels, cover: Coverage) -> Pixels:
    product = pixels.astype(np.uint16) * cover[..., None]
    return np.ascontiguousarray(((product + 127) // 255).astype(np.uint8))


def _veil(cover: Coverage) -> Pixels:
    colour = np.array([VEIL.blue(), VEIL.green(), VEIL.red(), 255], np.uint16)
    return np.ascontiguousarray(((cover.astype(np.uint16)[..., None] * colour + 127) // 255).astype(np.uint8))
