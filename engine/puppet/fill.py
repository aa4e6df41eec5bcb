"""What was hidden behind a lifted arm: the body's shape closed, its colours carried on, its outline drawn anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.puppet.bleed import opaque_colours
from engine.puppet.parts import Rgba


@dataclass(frozen=True)
class Line:
    """The line around a figure: RGB 0..255 and width in pixels."""

    colour: NDArray[np.float32]
    width: float


def body_behind(
    rgba: Rgba, cover: NDArray[np.float32], radius: float, torso: NDArray[np.float64], line: Line | None
) -> Rgba:
    """The picture (premultiplied) without what `cover` (h, w) 0..1 takes away; beside it the picture stays as it was.

    `radius`: half the arm's width in pixels; `torso`: corners (k, 2) of what certainly lies behind.
    """
    rows, columns = np.nonzero(cover > 0)
    edge = round(radius * 4) + 8
    top, left = max(0, int(rows.min()) - edge), max(0, int(columns.min()) - edge)
    box = (slice(top, int(rows.max()) + edge), slice(left, int(columns.max()) + edge))
    result = rgba.copy()
    result[box] = _behind(rgba[box], cover[box], radius, torso - (left, top), line)
    return result


def line_around(rgba: Rgba, scale: float) -> Line | None:
    """The line drawn around a figure, or None when it has none; its width is given in pixels times `scale`."""
    import cv2

    solid = (rgba[..., 3] > 200).astype(np.uint8)
    depth: Any = cv2.distanceTransform(np.pad(solid, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    luma = rgba[..., :3].mean(axis=2)
    size = max(rgba.shape[:2])
    rings = [luma[(depth > d) & (depth <= d + 1)] for d in range(max(4, round(0.03 * size)))]
    levels = [float(np.median(ring)) if len(ring) else 255.0 for ring in rings]
    rim, inner = min(levels[1:3]), levels[-1]
    if rim > 0.7 * inner:
        return None
    width = next((d for d, level in enumerate(levels) if d > 1 and level > (rim + inner) / 2), len(levels))
    band = (depth > 1) & (depth <= 3)
    return Line(np.median(rgba[band][:, :3], axis=0).astype(np.float32), width * scale)


def _behind(
    rgba: Rgba, cover: NDArray[np.float32], radius: float, torso: NDArray[np.float64], line: Line | None
) -> Rgba:
    import cv2

    hole = cover > 0.5
    remaining = np.where(hole, 0, rgba[..., 3]).astype(np.uint8)
    pad = 2 * round(radius * 1.3) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (pad, pad))
    shape = cv2.morphologyEx(np.pad((remaining > 100).astype(np.uint8), pad), cv2.MORPH_CLOSE, kernel)
    shape = np.ascontiguousarray(shape[pad:-pad, pad:-pad])
    cv2.fillConvexPoly(shape, cv2.convexHull(np.rint(torso).astype(np.int32)), 1)
    smooth = max(1.0, radius * 0.1)
    closed = cv2.GaussianBlur(shape.astype(np.float32), (0, 0), smooth)
    closed = np.clip((closed - 0.5) * smooth * 2.5 + 0.5, 0.0, 1.0) * 255
    alpha = np.minimum(closed, rgba[..., 3])
    # The arm's own outline and shade must not run into the fill: colours are taken from a little further away.
    reach = max(2, round(radius * 0.15))
    near = cv2.dilate(hole.astype(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)).astype(bool)
    colour = opaque_colours(np.where(near[..., None], 0, rgba).astype(np.uint8))
    if line is not None:
        inside: Any = cv2.distanceTransform((alpha > 128).astype(np.uint8), cv2.DIST_L2, 5)
        stroke = np.clip(line.width + 0.5 - inside, 0.0, 1.0)[..., None]
        colour = colour * (1 - stroke) + line.colour * stroke
    made = np.dstack([colour * alpha[..., None] / 255, alpha])
    return (rgba * (1 - cover[..., None]) + made * cover[..., None] + 0.5).astype(np.uint8)
