"""Outpainting's canvas: the picture with margins, what is in them at first, and which of them are to be painted."""

from __future__ import annotations

import re

import numpy as np

from engine.picture.alpha import Bytes, Floats
from engine.protocol.picture_options import Margins

_TOUCHES = 32
"""Alpha from which an edge's pixel counts as part of the figure."""
_SCENE = re.compile(
    r"\b(?:background|backdrop|scene|scenery|landscape|forest|woods|beach|sea|sky|street|city|room|garden|meadow|field|"
    r"mountains?|desert|snow|stage|sunset|night)\b",
    re.IGNORECASE,
)
_CLEAR = re.compile(
    r"\b(?:no|without(?: an?| any)?|transparent|clear|isolated on|(?:plain|simple|flat)(?: \w+)?)\s+background\b",
    re.IGNORECASE,
)


def with_margins(picture: Bytes, margins: Margins) -> Bytes:
    """(h, w, 4) → the same picture on a larger clear canvas."""
    around = ((margins.top, margins.bottom), (margins.left, margins.right), (0, 0))
    return np.pad(picture, around) if margins.any else picture


def asks_for_a_scene(prompt: str) -> bool:
    """Whether the words want something painted behind the figure."""
    return bool(_SCENE.search(_CLEAR.sub(" ", prompt)))


def margins_to_paint(picture: Bytes, margins: Margins, prompt: str) -> Margins:
    """The margins in which something is to be painted: those of sides that the figure is cut off by, or all of them
    when the prompt asks for a scene. Beside a clear edge there is nothing to continue."""
    if asks_for_a_scene(prompt):
        return margins
    alpha = picture[..., 3]
    edges = {"left": alpha[:, 0], "top": alpha[0], "right": alpha[:, -1], "bottom": alpha[-1]}
    cut = {side: getattr(margins, side) for side, edge in edges.items() if bool((edge >= _TOUCHES).any())}
    return Margins(**cut)


def margin_mask(size: tuple[int, int], margins: Margins, painted: Margins, overlap: int) -> Floats:
    """(h, w) of the canvas, 1 where new: the painted margins and `overlap` pixels of the picture beside them.

    `size` is the canvas's (width, height). A corner belongs to a painted side next to it.
    """
    width, height = size
    mask = np.zeros((height, width), np.float32)
    if painted.left:
        mask[:, : painted.left + overlap] = 1
    if painted.right:
        mask[:, width - painted.right - overlap :] = 1
    if painted.top:
        mask[: painted.top + overlap] = 1
    if painted.bottom:
        mask[height - painted.bottom - overlap :] = 1
    return mask


def continued(canvas: Floats, margins: Margins) -> Floats:
    """The premultiplied canvas with the picture's edges drawn out into the margins: something to start from."""
    import cv2

    height, width = canvas.shape[:2]
    inner = canvas[margins.top : height - margins.bottom, margins.left : width - margins.right]
    around = (margins.top, margins.bottom, margins.left, margins.right)
    drawn_out = cv2.copyMakeBorder(inner, *around, cv2.BORDER_REPLICATE).astype(np.float32)
    soft = max(3, max(around) // 3) | 1
    out = cv2.GaussianBlur(drawn_out, (soft, soft), 0).astype(np.float32)
    out[margins.top : height - margins.bottom, margins.left : width - margins.right] = inner
    return out
