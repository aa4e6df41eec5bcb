"""Fill: the region of one colour around a point."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter

from app.painting.masks import Coverage
from app.painting.tiles import Pixels, image_over, pixels_of

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


def inked(coverage: Coverage, colour: QColor, opacity: float) -> Pixels:
    """(height, width, 4) premultiplied: the colour where it covers."""
    alpha = coverage.astype(np.float32)[..., None] * (opacity * colour.alphaF() / 255.0)
    full = np.array([colour.blueF(), colour.greenF(), colour.redF(), 1.0], np.float32)
    return np.ascontiguousarray((alpha * full * 255.0 + 0.5).astype(np.uint8))


def over(below: QImage, ink: Pixels) -> QImage:
    """The ink on a picture of the same size."""
    result = below.copy()
    painter = QPainter(result)
    painter.drawImage(0, 0, image_over(ink))
    painter.end()
    return result
