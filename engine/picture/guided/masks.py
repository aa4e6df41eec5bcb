"""Masks: where a picture is made anew, how that fades into what stays, and how much the model may change where."""

from __future__ import annotations

import numpy as np

from engine.picture.alpha import Bytes, Floats
from engine.picture.guided.window import Box
from engine.protocol.errors import BadInput

_MARKED = 0.5
"""From here on a soft mask counts as marked when its edge is feathered."""


def read_mask(mask: Bytes, picture: Bytes) -> Floats:
    """A mask picture (h, w, 4) → (h, w) in 0..1: how white it is, where it is opaque.

    Raises BadInput when it has another size than the picture, or marks nothing.
    """
    if mask.shape[:2] != picture.shape[:2]:
        raise BadInput(
            f"The mask is {_size(mask)} and the picture {_size(picture)}; they must have the same size, so draw the "
            "mask on this picture."
        )
    light = mask[..., :3].astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    marked: Floats = (light * mask[..., 3] / np.float32(255**2)).astype(np.float32)
    if not bool((marked > 1 / 255).any()):
        raise BadInput("The mask marks nothing; paint over what should be made anew, in white.")
    return np.clip(marked, 0, 1)


def feathered(mask: Floats, feather: int) -> Floats:
    """How much of the new picture shows: all of it where the mask is white, fading out over `feather` pixels beyond."""
    import cv2

    marked = mask >= _MARKED
    if feather == 0 or not bool(marked.any()):
        return mask
    away = cv2.distanceTransform((~marked).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    near = np.clip(1 - away / (feather + 1), 0, 1)
    near[near < 1 / (2 * feather + 2)] = 0
    return np.maximum(mask, near * near * (3 - 2 * near)).astype(np.float32)


def bounds(weight: Floats) -> Box:
    """The box of what is above zero. There must be something."""
    rows, columns = np.flatnonzero(weight.any(axis=1)), np.flatnonzero(weight.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def cells(weight: Floats, unit: int) -> Floats:
    """(h, w) in pixels → (h / unit, w / unit) for the latents: a cell is as free as its freest pixel's neighbourhood.

    A mask narrower than a cell would otherwise average away to nothing.
    """
    height, width = weight.shape[0] // unit, weight.shape[1] // unit
    blocks = weight[: height * unit, : width * unit].reshape(height, unit, width, unit)
    return ((blocks.max(axis=(1, 3)) + blocks.mean(axis=(1, 3))) / 2).astype(np.float32)


def _size(picture: Bytes) -> str:
    return f"{picture.shape[1]} × {picture.shape[0]} pixels"
