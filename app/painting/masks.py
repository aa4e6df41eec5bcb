"""What can be done to a mask as a whole: turn it round, widen, narrow, soften, fill from a selection."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage

from app.painting.compose import flatten_layers
from app.painting.layers import Layer, LayerKind, Painting
from app.painting.selection import Selection
from app.painting.tiles import Key, Tile, cut, image_over, pixels_of

VEIL = QColor(255, 64, 84)
"""What a mask is painted with; only its alpha means something."""
Coverage = NDArray[np.uint8]
"""(height, width) uint8 of the frame: 255 is made anew."""


def coverage_of(layer: Layer, area: QRect) -> Coverage:
    """How opaque a layer is in a region of the canvas."""
    # As a mask it would be drawn as a veil; its own strength counts here.
    image = flatten_layers((replace(layer, kind=LayerKind.PAINT, opacity=1.0, visible=True),), area)
    return pixels_of(image)[..., 3].copy()


def tiles_of(coverage: Coverage, at: tuple[int, int]) -> dict[Key, Tile]:
    """A mask's tiles, the coverage's upper left corner at a place of the canvas."""
    alpha = coverage.astype(np.uint16)[..., None]
    colour = np.array([VEIL.blue(), VEIL.green(), VEIL.red(), 255], np.uint16)
    pixels = np.ascontiguousarray(((alpha * colour + 127) // 255).astype(np.uint8))
    return cut(image_over(pixels), at)


def inverted(coverage: Coverage) -> Coverage:
    return 255 - coverage


def grown(coverage: Coverage, pixels: int) -> Coverage:
    """Wider on every side; narrower with a negative number."""
    import cv2

    if not pixels:
        return coverage
    edge = 2 * abs(pixels) + 1
    shape = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (edge, edge))
    change = cv2.dilate if pixels > 0 else cv2.erode
    return np.asarray(change(coverage, shape), np.uint8)


def feathered(coverage: Coverage, pixels: int) -> Coverage:
    """Soft over about so many pixels on both sides of the edge."""
    import cv2

    return np.asarray(cv2.GaussianBlur(coverage, (0, 0), max(0.1, pixels / 2)), np.uint8)


def with_selection(coverage: Coverage, selection: Selection, area: QRect) -> Coverage:
    """The mask with the selected region in it."""
    return np.maximum(coverage, selection.coverage(area))


def region_to_make(painting: Painting, selection: Selection) -> Coverage | None:
    """What of the frame is to be made anew: the mask, or what is selected; None means everything."""
    mask = painting.mask
    if mask is not None and mask.visible and not mask.empty:
        coverage = coverage_of(mask, painting.frame)
    elif selection:
        coverage = selection.coverage(painting.frame)
    else:
        return None
    return coverage if coverage.any() else None


def to_picture(coverage: Coverage) -> QImage:
    """As a grey picture, white is made anew."""
    grey = np.ascontiguousarray(coverage)
    height, width = grey.shape
    return QImage(grey.data, width, height, width, QImage.Format.Format_Grayscale8).copy()
