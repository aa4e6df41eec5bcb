"""The outline of an enlarged cut-out figure, made as narrow again as it was before."""

from __future__ import annotations

import numpy as np

from engine.picture.alpha import Floats

_REACH = 3
"""Pixels of the small picture: an outline goes from clear to solid within so many on each side."""
_CLEAR, _SOLID = 0.1, 0.9


def narrow_outline(large: Floats, small: Floats) -> Floats:
    """`large` (H, W, 4) is `small` (h, w, 4) enlarged, both premultiplied 0..1; where alpha goes from clear to solid
    within a few pixels of `small`, its slope in `large` is made as steep as it was.

    Glows, shadows and other soft alpha stay as they are, and so do colours.
    """
    import cv2

    scale = large.shape[0] / small.shape[0]
    if scale <= 1.25:
        return large
    alpha = small[..., 3]
    window = np.ones((2 * _REACH + 1, 2 * _REACH + 1), np.uint8)
    outline = (cv2.erode(alpha, window) < _CLEAR) & (cv2.dilate(alpha, window) > _SOLID)
    here = cv2.resize(outline.astype(np.float32), (large.shape[1], large.shape[0]), interpolation=cv2.INTER_LINEAR)
    wide = large[..., 3]
    steep = np.clip((wide - 0.5) * scale + 0.5, 0.0, 1.0)
    narrow = (wide + here * (steep - wide)).astype(np.float32)
    share = np.divide(narrow, wide, out=np.zeros_like(narrow), where=wide > 1e-4)
    out = large.copy()
    out[..., :3] = np.minimum(large[..., :3] * share[..., None], narrow[..., None])
    out[..., 3] = np.where(wide > 1e-4, narrow, wide)
    return out
