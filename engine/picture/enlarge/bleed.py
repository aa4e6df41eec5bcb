"""Colour continued into the clear, so that whoever filters a picture finds the edge's own colour beyond it."""

from __future__ import annotations

import numpy as np

from engine.picture.alpha import Bytes, Floats

_TRUSTED = 200
"""Alpha from which a pixel's own colour is believed."""


def bled(rgba: Bytes) -> Floats:
    """(h, w, 4) straight alpha → the same in 0..1; pixels that are clear or thin take the nearest solid
    one's colour."""
    import cv2

    out = rgba.astype(np.float32) / np.float32(255)
    solid = rgba[..., 3] >= _TRUSTED
    if solid.all() or not solid.any():
        return out
    _, found = cv2.distanceTransformWithLabels(
        (~solid).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    nearest = np.asarray(found, np.intp)
    table = np.zeros((int(nearest.max()) + 1, 3), np.float32)
    table[nearest[solid]] = out[..., :3][solid]
    out[..., :3] = np.where(solid[..., None], out[..., :3], table[nearest])
    return out
