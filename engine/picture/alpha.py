"""Premultiplied and straight alpha."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

CLEAR_BELOW = 6 / 255
"""Alpha under this is decoder noise on an empty background."""
SOLID_ABOVE = 249 / 255
_TRUSTED_ALPHA = 0.35
"""From here on a pixel's own colour is used alone; below, its neighbours' colour is mixed in."""
_REACH = 4
_SPECK_SHARE = 0.0006
"""Of the picture: a smaller island is noise; a tear beside the cheek is three times as large."""
_FAINT = 128
_OPEN = 230
_PINHOLE_SHARE = 0.0035
"""Of the picture: a larger opening is meant."""


def straight_from_premultiplied(premultiplied: NDArray[Any], *, snap: bool = True) -> Bytes:
    """(h, w, 4) premultiplied RGBA in 0..1 → (h, w, 4) uint8 straight alpha, colour 0 where alpha is 0.

    `snap` makes alpha near its ends fully clear or fully solid, for pictures that come from a decoder. Thin edge pixels
    take their colour partly from more solid neighbours, since dividing by a small alpha would only magnify its error.
    """
    source = np.clip(premultiplied.astype(np.float32), 0.0, 1.0)
    alpha = source[..., 3]
    colour = np.minimum(source[..., :3], alpha[..., None])
    own = np.divide(colour, alpha[..., None], out=np.zeros_like(colour), where=alpha[..., None] > 1e-6)
    if snap:
        solid = np.clip((alpha - CLEAR_BELOW) / (SOLID_ABOVE - CLEAR_BELOW), 0.0, 1.0)
        trust = np.clip(alpha / _TRUSTED_ALPHA, 0.0, 1.0)[..., None]
        if bool(np.any((trust < 1) & (solid[..., None] > 0))):
            own = trust * own + (1 - trust) * _neighbours_colour(colour, alpha, own)
        alpha = solid
    out = np.empty((*alpha.shape, 4), np.uint8)
    out[..., 3] = np.rint(alpha * 255)
    out[..., :3] = np.rint(np.clip(own, 0, 1) * 255)
    out[out[..., 3] == 0] = 0
    return out


def without_specks(rgba: Bytes) -> Bytes:
    """A copy of (h, w, 4) uint8 straight alpha without the decoder's specks: islands that are faint or tiny, and the
    outermost pixels, where the decoder has no neighbours to go by."""
    import cv2

    out = rgba.copy()
    for edge in (out[:1], out[-1:], out[:, :1], out[:, -1:]):
        edge[...] = 0
    count, found, boxes, _ = cv2.connectedComponentsWithStats((out[..., 3] > 0).astype(np.uint8), connectivity=8)
    labels = found.astype(np.intp)
    areas = boxes[:, cv2.CC_STAT_AREA]
    strongest = np.zeros(count, np.uint8)
    np.maximum.at(strongest, labels.ravel(), out[..., 3].ravel())
    speck = (areas < _SPECK_SHARE * labels.size) | (strongest < _FAINT)
    out[speck[labels]] = 0
    return out


def without_pinholes(rgba: Bytes) -> Bytes:
    """A copy of (h, w, 4) uint8 straight alpha in which small holes within the figure are closed: a small model leaves
    the highlights of eyes clear, which are white. The space between an arm and the body is larger and stays."""
    import cv2

    count, found, boxes, _ = cv2.connectedComponentsWithStats((rgba[..., 3] < _OPEN).astype(np.uint8), connectivity=4)
    labels = found.astype(np.intp)
    hole = boxes[:, cv2.CC_STAT_AREA] < _PINHOLE_SHARE * labels.size
    hole[0] = False
    edge = np.concatenate((labels[0], labels[-1], labels[:, 0], labels[:, -1]))
    hole[edge] = False
    if not hole[:count].any():
        return rgba
    out = rgba.copy()
    around = cv2.dilate(hole[labels].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    share = rgba[around, 3:].astype(np.float32) / 255
    out[around, :3] = np.rint(rgba[around, :3] * share + 255 * (1 - share))
    out[around, 3] = 255
    return out


def premultiplied_from_straight(rgba: Bytes) -> Floats:
    """(h, w, 4) uint8 straight alpha → float32 premultiplied in 0..1."""
    out = rgba.astype(np.float32)
    out /= np.float32(255)
    out[..., :3] *= out[..., 3:]
    return out


def _neighbours_colour(colour: Floats, alpha: Floats, own: Floats) -> Floats:
    """The mean colour within a few pixels, weighted by how solid each pixel is; the pixel's own where all is thin."""
    import cv2

    weight = alpha**2
    weighted = np.dstack((colour * alpha[..., None], weight))
    blurred = cv2.GaussianBlur(weighted, (2 * _REACH + 1, 2 * _REACH + 1), _REACH / 2, borderType=cv2.BORDER_REPLICATE)
    total = blurred[..., 3:]
    return np.where(total > 1e-5, blurred[..., :3] / np.maximum(total, 1e-5), own).astype(np.float32)
