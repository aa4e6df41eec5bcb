"""Which part of a picture becomes the logo: where the head is, by joints or by the outline, and how it is cut out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from engine.protocol.errors import BadPicture
from engine.protocol.recipes import LogoCrop
from engine.vector.figure import Box

Rgba = NDArray[np.uint8]
Joints = Mapping[str, tuple[float, float]]

_CHIN = 0.056
"""How far the chin hangs below the neck joint, in distances from the neck to the top of the head."""
_CENTRE = 0.52
_WIDEST = 0.84
"""Half a head's width at most, in the same measure: cheeks and hanging ears included."""
_EARS = 1.08
"""How much further than the cheeks ears may stand out."""
_MARGIN = 0.02
_BUST = 0.75
"""How much of the head's height an emblem shows below the chin."""


def cropped(rgba: Rgba, crop: LogoCrop, joints: Joints | None) -> tuple[Rgba, Box | None]:
    """The part of a picture (h, w, 4; straight alpha) that the logo is made of, and the head's box in pixels of it
    (None for the whole figure). `joints` in shares (0..1) of the picture; "head_top" and "neck" are looked at.

    Raises BadPicture when nothing is visible.
    """
    require_visible(rgba)
    if crop is LogoCrop.WHOLE:
        part, _ = _trimmed(rgba)
        return part, None
    top, neck = head_axis(rgba[..., 3], joints)
    head = _cut_head(rgba, top, neck)
    if crop is LogoCrop.HEAD:
        part, _ = _trimmed(head)
        return part, (0.0, 0.0, float(part.shape[1]), float(part.shape[0]))
    return _bust(rgba, _bounds(head[..., 3]))


def require_visible(rgba: Rgba) -> None:
    """Raises BadPicture when nothing is visible."""
    if not (rgba[..., 3] > 127).any():
        raise BadPicture("The picture has nothing visible in it, so no logo can be made of it; choose another one.")


def head_axis(alpha: NDArray[np.uint8], joints: Joints | None) -> tuple[tuple[float, float], tuple[float, float]]:
    """The top of the head and the neck, in pixels: from the joints when both are known, else from the outline."""
    height, width = alpha.shape
    if joints and "head_top" in joints and "neck" in joints:
        (tx, ty), (nx, ny) = joints["head_top"], joints["neck"]
        if ny > ty:
            return (tx * width, ty * height), (nx * width, ny * height)
    return _axis_of_outline(alpha > 127)


def _axis_of_outline(solid: NDArray[np.bool_]) -> tuple[tuple[float, float], tuple[float, float]]:
    """The neck is where a figure is narrowest about its middle; a raised arm only widens a row, and the median over
    the rows around it forgets that."""
    left, top, right, bottom = (int(side) for side in _bounds(solid))
    rows = solid[top:bottom]
    upper = rows[: max(1, (bottom - top) // 2)]
    x = float(np.median(np.nonzero(upper)[1])) if upper.any() else (left + right) / 2
    spans = np.array([_run_at(row, round(x)) for row in rows], float)
    first, last = round(0.42 * len(rows)), max(round(0.66 * len(rows)), round(0.42 * len(rows)) + 1)
    window = spans[first:last]
    away = np.abs(np.arange(first, last) / len(rows) - 0.53)
    neck = top + first + int(np.argmin(window * (1 + 1.5 * away)))
    return (x, top + 0.06 * (neck - top)), (x, float(neck))


def _run_at(row: NDArray[np.bool_], x: int) -> int:
    """The length of the solid run through `x`; the row's whole width where there is none."""
    if not row[x]:
        return len(row)
    gaps = np.flatnonzero(~row)
    before, after = gaps[gaps < x], gaps[gaps > x]
    return int((after[0] if len(after) else len(row)) - (before[-1] if len(before) else -1) - 1)


def _cut_head(rgba: Rgba, top: tuple[float, float], neck: tuple[float, float]) -> Rgba:
    """What lies above the middle of the head, and below it what a soft-cornered jaw holds; only the piece that the
    head's middle belongs to."""
    import cv2

    height, width = rgba.shape[:2]
    tall = max(4.0, neck[1] - top[1])
    middle = neck[1] - _CENTRE * tall
    chin = neck[1] + _CHIN * tall
    x = (top[0] + neck[0]) / 2 + 0.18 * (neck[0] - top[0])
    solid = rgba[..., 3] > 127
    half = _half_width(solid, x, middle, chin, _WIDEST * tall)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    jaw = (np.abs((xs - x) / half) ** 2.6 + (np.maximum(ys - middle, 0) / (chin - middle)) ** 2.6) <= 1
    mask = jaw | ((ys <= middle) & (np.abs(xs - x) <= _EARS * half))
    kept = solid & mask
    _, labels = cv2.connectedComponents(kept.astype(np.uint8), connectivity=4)
    at = labels[min(height - 1, max(0, round(middle))), min(width - 1, max(0, round(x)))]
    if at == 0:
        at = int(np.argmax(np.bincount(labels.ravel())[1:])) + 1 if labels.any() else 0
    reach = np.asarray(cv2.dilate((labels == at).astype(np.uint8), np.ones((5, 5), np.uint8))).astype(bool)
    out = rgba.copy()
    out[~(reach & mask)] = 0
    return out


def _half_width(solid: NDArray[np.bool_], x: float, middle: float, chin: float, most: float) -> float:
    """Half of the head's width about its middle. A head is as wide to either side: of each row the shorter side counts,
    so that a raised arm, which only lengthens one, is left out."""
    at = min(max(0, round(x)), solid.shape[1] - 1)
    first, last = round(middle - 0.35 * (chin - middle)), round(middle + 0.45 * (chin - middle))
    spans = [min(_reach(row[at::-1]), _reach(row[at:])) for row in solid[max(0, first) : last + 1] if row[at]]
    return min(most, 1.06 * float(np.quantile(spans, 0.85))) if spans else most


def _reach(row: NDArray[np.bool_]) -> int:
    """How long the row is solid from its start."""
    gap = int(np.argmin(row))
    return len(row) if row[gap] else gap


def _bust(rgba: Rgba, head: Box) -> tuple[Rgba, Box]:
    """The picture down to the chest, and the head's box in it."""
    below = round(min(rgba.shape[0], head[3] + _BUST * (head[3] - head[1])))
    part, (left, top) = _trimmed(rgba[:below])
    return part, (head[0] - left, head[1] - top, head[2] - left, head[3] - top)


def _trimmed(rgba: Rgba) -> tuple[Rgba, tuple[int, int]]:
    """The picture cut to what is visible, with a little air, and where its corner was."""
    left, top, right, bottom = (int(side) for side in _bounds(rgba[..., 3] > 8))
    air = max(2, round(_MARGIN * max(right - left, bottom - top)))
    wide = np.pad(rgba[top:bottom, left:right], ((air, air), (air, air), (0, 0)))
    return wide, (left - air, top - air)


def _bounds(mask: NDArray[np.bool_] | NDArray[np.uint8]) -> Box:
    ys, xs = np.nonzero(mask)
    return float(xs.min()), float(ys.min()), float(xs.max() + 1), float(ys.max() + 1)
