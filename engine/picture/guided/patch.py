"""Putting a painted window back so that nobody sees where it ends; what lies outside stays bit by bit as it was."""

from __future__ import annotations

import numpy as np

from engine.picture.alpha import Bytes, Floats, premultiplied_from_straight, straight_from_premultiplied
from engine.picture.guided.window import Window


def patched(original: Bytes, painted: Floats, weight: Floats, window: Window) -> Bytes:
    """`original` (H, W, 4) straight, `painted` (h, w, 4) premultiplied at the window's size, `weight` (H, W) of the new
    → (H, W, 4) straight: old and new mixed premultiplied; where `weight` is 0 the original's very bytes."""
    height, width = original.shape[:2]
    left, top, right, bottom = window.inside(width, height)
    part = np.s_[top:bottom, left:right]
    old, share = premultiplied_from_straight(original[part]), weight[part][..., None]
    new = levelled(window.back(painted, width, height), old, share[..., 0])
    mixed = straight_from_premultiplied(old * (1 - share) + new * share, snap=False)
    out = original.copy()
    out[part] = np.where(share > 0, mixed, original[part])
    return out


def levelled(new: Floats, old: Floats, weight: Floats) -> Floats:
    """The new pixels, their level shifted so that they meet the old ones.

    A VAE gives back even what it was told to keep slightly brighter or darker. That difference is known where nothing
    was to change; from there it is spread smoothly over the rest.
    """
    known = (weight == 0).astype(np.float32)
    if not bool(known.any()) or bool(known.all()):
        return new
    shift = _spread((old - new) * known[..., None], known)
    out = np.clip(new + shift, 0, 1).astype(np.float32)
    out[..., 3] = np.where(new[..., 3] < 1 / 255, 0, out[..., 3])
    out[..., :3] = np.minimum(out[..., :3], out[..., 3:])
    return out


def _spread(values: Floats, known: Floats) -> Floats:
    """Weighted values (h, w, n) where `known`, elsewhere drawn in from ever coarser averages (pull-push)."""
    import cv2

    height, width = known.shape
    mean = values / np.maximum(known, 1e-6)[..., None]
    if max(height, width) <= 2 or bool((known > 0.999).all()):
        return np.where(known[..., None] > 0, mean, 0).astype(np.float32)
    half = (max(1, (width + 1) // 2), max(1, (height + 1) // 2))
    smaller_known = np.asarray(cv2.resize(known, half, interpolation=cv2.INTER_AREA), np.float32)
    smaller = np.asarray(cv2.resize(values, half, interpolation=cv2.INTER_AREA), np.float32)
    coarse = _spread(smaller, np.minimum(smaller_known, 1))
    fine = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    share = known[..., None]
    return (share * mean + (1 - share) * fine).astype(np.float32)
