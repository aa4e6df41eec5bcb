"""Lines of a picture, white on black: line art (extended difference of Gaussians) and Canny's edges.

Line art follows XDoG (Winnemöller, Kyprianidis and Olsen, 2012) on lightness, with plain differences of Gaussians on
the two colour axes, so that neighbouring colours of one lightness are told apart as well.
"""

from __future__ import annotations

import numpy as np

from engine.picture.alpha import Bytes, Floats, premultiplied_from_straight

_SIGMA = 1.3 / 1024
"""Of the longer side: the width of the finest line that counts."""
_WIDER = 1.6
_STROKE = 7.0
"""Widths of the finest line up to which a dark stroke counts as one line."""
_SHARPNESS = 18.0
_THRESHOLD = 0.72
_STEEPNESS = 12.0
_COLOUR_STEP = 0.03
_ALPHA_STEP = 0.15


def line_art(rgba: Bytes) -> Bytes:
    """(h, w, 4) straight alpha → (h, w, 3) white lines on black, soft-edged; the outline is always among them."""
    import cv2

    sigma = max(0.7, _SIGMA * max(rgba.shape[:2]))
    premultiplied = premultiplied_from_straight(rgba)
    on_white = np.clip(premultiplied[..., :3] + (1 - premultiplied[..., 3:]), 0, 1).astype(np.float32)
    lab = cv2.cvtColor(on_white, cv2.COLOR_RGB2LAB).astype(np.float32) / np.float32(100)
    narrow, wide = _blurred(lab, sigma), _blurred(lab, sigma * _WIDER)
    ink = (1 + _SHARPNESS) * narrow[..., 0] - _SHARPNESS * wide[..., 0]
    dark = 1 - np.where(ink >= _THRESHOLD, 1.0, 1 + np.tanh(_STEEPNESS * (ink - _THRESHOLD)))
    # A dark stroke is a line, a dark area is none: a stroke is darker than what lies around it at its own width.
    stroke = _blurred(lab[..., 0], sigma * _STROKE) - narrow[..., 0]
    lines = np.maximum(
        np.clip(dark, 0, 1) * np.clip(np.abs(narrow[..., 0] - wide[..., 0]) / 0.02, 0, 1),
        np.clip((stroke - 0.12) / 0.1, 0, 1),
    )
    colour = np.abs(narrow[..., 1:] - wide[..., 1:]).max(axis=2)
    alpha = premultiplied[..., 3]
    outline = np.abs(_blurred(alpha, sigma) - _blurred(alpha, sigma * _WIDER))
    lines = np.maximum.reduce(
        [lines, np.clip(colour / _COLOUR_STEP - 0.6, 0, 1), np.clip(outline / _ALPHA_STEP * 1.6 - 0.3, 0, 1)]
    )
    return _grey(lines.astype(np.float32))


def canny(rgba: Bytes) -> Bytes:
    """(h, w, 4) straight alpha → (h, w, 3) one-pixel edges, 255 on 0, of all colour channels and of the outline.

    The thresholds follow the picture: weak edges count where there are only weak ones.
    """
    import cv2

    premultiplied = premultiplied_from_straight(rgba)
    on_grey = (premultiplied[..., :3] + 0.5 * (1 - premultiplied[..., 3:])).astype(np.float32)
    smooth = np.rint(_blurred(on_grey, max(0.8, _SIGMA * max(rgba.shape[:2]))) * 255).astype(np.uint8)
    gradient = np.abs(np.diff(smooth.astype(np.int16), axis=1)).max(axis=2)
    strong = gradient[gradient > 4]
    high = float(np.clip(4 * np.median(strong), 60, 160)) if strong.size else 100.0
    found = [cv2.Canny(np.ascontiguousarray(smooth[..., n]), high / 2, high) for n in range(3)]
    solid = np.where(rgba[..., 3] > 127, 255, 0).astype(np.uint8)
    edges = np.maximum.reduce([*found, _rim(solid)])
    return _grey(np.where(edges > 0, 1, 0).astype(np.float32))


def _rim(solid: Bytes) -> Bytes:
    """The innermost pixels of an area; the picture's own border is no edge."""
    import cv2

    return np.asarray(solid - cv2.erode(solid, np.ones((3, 3), np.uint8), borderValue=255), np.uint8)


def _blurred(picture: Floats, sigma: float) -> Floats:
    import cv2

    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.float32)


def _grey(light: Floats) -> Bytes:
    return np.repeat(np.rint(np.clip(light, 0, 1) * 255).astype(np.uint8)[..., None], 3, axis=2)
