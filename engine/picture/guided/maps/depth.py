"""Depth, white near and black far: from the layers of a builder drawing, else a relief guessed from the outline.

The relief is no measurement. It puffs the figure up like a cushion (higher the farther from the outline) and presses
its inner lines in; it tells a ControlNet where the body is round, not what stands before what.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.picture.alpha import Bytes, Floats
from engine.picture.guided.maps.lines import line_art

_FARTHEST = 0.35
"""How light the figure's rim is; behind the figure is black."""
_LINE_DEPTH = 0.08
_ROUNDING = 0.16
"""How much a layer of a drawing bulges, of the whole range from far to near."""


def relief(rgba: Bytes) -> Bytes:
    """(h, w, 4) straight alpha → (h, w, 3): a guess from the outline and the inner lines."""
    height = _puffed(rgba[..., 3])
    lines = line_art(rgba)[..., 0].astype(np.float32) / 255
    light = _FARTHEST + (1 - _FARTHEST) * height - _LINE_DEPTH * lines
    return _grey(np.where(rgba[..., 3] > 127, np.clip(light, 0.05, 1), 0).astype(np.float32))


def depth_of_layers(layers: Sequence[Bytes]) -> Bytes:
    """Layers from back to front, (h, w) uint8 coverage each → (h, w, 3): each layer nearer than the one behind."""
    light = np.zeros(layers[0].shape, np.float32)
    step = (1 - _ROUNDING - _FARTHEST) / max(1, len(layers) - 1)
    for number, coverage in enumerate(layers):
        near = _FARTHEST + number * step + _ROUNDING * _puffed(coverage)
        share = coverage.astype(np.float32) / 255
        light = light * (1 - share) + near * share
    return _grey(light.astype(np.float32))


def _puffed(alpha: Bytes) -> Floats:
    """0 at the outline to 1 in the thickest place, round like a cushion."""
    import cv2

    solid = np.pad((alpha > 127).astype(np.uint8), 1)
    away = np.asarray(cv2.distanceTransform(solid, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)[1:-1, 1:-1]
    thickest = float(away.max())
    if thickest <= 0:
        return np.zeros(alpha.shape, np.float32)
    share = away / thickest
    round_off = np.sqrt(np.clip(share * (2 - share), 0, 1))
    return np.asarray(cv2.GaussianBlur(round_off, (0, 0), max(0.8, thickest / 12)), np.float32)


def _grey(light: Floats) -> Bytes:
    return np.repeat(np.rint(np.clip(light, 0, 1) * 255).astype(np.uint8)[..., None], 3, axis=2)
