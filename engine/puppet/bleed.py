"""Colours carried on from where a picture is visible into where it is not."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.puppet.parts import Rgba


def opaque_colours(rgba: Rgba) -> NDArray[np.float32]:
    """(h, w, 3) float32, 0..255: a premultiplied picture over a soft continuation of its own colours."""
    return _filled(rgba.astype(np.float32))


def _filled(level: NDArray[np.float32]) -> NDArray[np.float32]:
    """Pull and push: what is missing comes from coarser and coarser means of what is there."""
    import cv2

    height, width = level.shape[:2]
    if min(height, width) <= 2:
        total = level.reshape(-1, 4).sum(axis=0)
        mean = total[:3] * 255 / max(float(total[3]), 1e-6)
        return np.broadcast_to(mean, (height, width, 3)).astype(np.float32)
    coarse: Any = cv2.resize(level, (-(-width // 2), -(-height // 2)), interpolation=cv2.INTER_AREA)
    # A mean that is barely covered still names its colour.
    coarse *= np.minimum(4.0, 255 / np.maximum(coarse[..., 3:], 1e-3))
    behind: Any = cv2.resize(_filled(coarse), (width, height), interpolation=cv2.INTER_LINEAR)
    share = np.minimum(level[..., 3:], 255) / 255
    return np.asarray(level[..., :3] + behind * (1.0 - share), dtype=np.float32)
