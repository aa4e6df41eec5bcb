"""Pictures for models without alpha: a plain ground behind them, and its removal afterwards."""

from __future__ import annotations

import numpy as np

from engine.picture.alpha import Bytes, Floats
from engine.picture.background import remove_background

_GROUNDS = (0.94, 0.5, 0.2)
"""Light first: models paint best on a light ground."""
_FAR_ENOUGH = 0.18
_RING = 8
"""Pixels of ground put around a picture before the cut-out, which reads the ground's colour off the border."""


def ground_for(premultiplied: Floats) -> float:
    """A grey (0..1) that the figure's edge stands out from: the lightest that does, else the one that does best."""
    alpha = premultiplied[..., 3]
    edge = (alpha > 0.2) & (alpha < 0.98)
    if not bool(edge.any()):
        return _GROUNDS[0]
    light = (premultiplied[..., :3].mean(axis=2)[edge] / alpha[edge]).astype(np.float32)
    apart = [float(np.quantile(np.abs(light - ground), 0.2)) for ground in _GROUNDS]
    return next(
        (g for g, far in zip(_GROUNDS, apart, strict=True) if far > _FAR_ENOUGH), _GROUNDS[int(np.argmax(apart))]
    )


def on_ground(premultiplied: Floats, ground: float) -> Floats:
    """(h, w, 4) premultiplied → (h, w, 3) before a grey ground."""
    return (premultiplied[..., :3] + ground * (1 - premultiplied[..., 3:])).astype(np.float32)


def off_ground(rgb: Floats, ground: float) -> tuple[Bytes, float]:
    """(h, w, 3) in 0..1 → ((h, w, 4) straight alpha, confidence): cleared is what is ground and reaches the border.

    A picture whose border is no ground at all, such as the inside of a figure, stays opaque.
    """
    colour = round(ground * 255)
    padded = np.pad(
        np.rint(rgb * 255).astype(np.uint8), ((_RING, _RING), (_RING, _RING), (0, 0)), constant_values=colour
    )
    cut, confidence = remove_background(padded)
    return cut[_RING:-_RING, _RING:-_RING].copy(), confidence
