"""Fill: the region of one colour around a point."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter

from app.painting.layers import Layer
from app.painting.masks import Coverage
from app.painting.tiles import Key, Pixels, Tile, blank, image_over, keys_over, pixels_of, seal, tile_rect

TOLERANCE = 24


def same_colour_around(picture: QImage, x: int, y: int, tolerance: int = TOLERANCE) -> Coverage:
    """(height, width) uint8, 255 where the picture (premultiplied) is like it is at (x, y), connected to it and widened
    by a pixel so that no thin line stays at a soft edge."""
    import cv2

    pixels = pixels_of(picture)
    height, width = pixels.shape[:2]
    if not (0 <= x < width and 0 <= y < height):
        return np.zeros((height, width), np.uint8)
    distance = np.abs(pixels.astype(np.int16) - pixels[y, x].astype(np.int16)).max(axis=2)
    alike = np.ascontiguousarray((distance <= tolerance).astype(np.uint8))
    found = np.zeros((height + 2, width + 2), np.uint8)
    cv2.floodFill(alike, found, (x, y), 1, 0, 0, 4 | (255 << 8) | cv2.FLOODFILL_MASK_ONLY)
    region = found[1:-1, 1:-1]
    return np.asarray(cv2.dilate(region, np.ones((3, 3), np.uint8)), np.uint8)


def filled(layer: Layer, coverage: Coverage, at: QPoint, colour: QColor) -> dict[Key, Tile]:
    """The layer's tiles with the colour where it covers; `at` of the canvas is the coverage's upper left corner."""
    rows, columns = np.flatnonzero(coverage.any(axis=1)), np.flatnonzero(coverage.any(axis=0))
    tiles = dict(layer.tiles)
    if not rows.size:
        return tiles
    whole = QRect(columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1)
    to_local = at - QPoint(*layer.offset)
    for key in keys_over(whole.translated(to_local)):
        place = tile_rect(key).translated(-to_local)
        part = place.intersected(QRect(0, 0, coverage.shape[1], coverage.shape[0]))
        inside = coverage[part.top() : part.bottom() + 1, part.left() : part.right() + 1]
        before = tiles.get(key)
        pixels = before.pixels.copy() if before is not None else blank()
        ink = _inked(inside, colour)
        target = image_over(pixels)
        painter = QPainter(target)
        painter.drawImage(part.topLeft() - place.topLeft(), image_over(ink))
        painter.end()
        if tile := seal(pixels):
            tiles[key] = tile
    return tiles


def _inked(coverage: Coverage, colour: QColor) -> Pixels:
    alpha = coverage.astype(np.float32)[..., None] * (colour.alphaF() / 255.0)
    full = np.array([colour.blueF(), colour.greenF(), colour.redF(), 1.0], np.float32)
    return np.ascontiguousarray((alpha * full * 255.0 + 0.5).astype(np.uint8))
