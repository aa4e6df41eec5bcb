"""A first guess at the joints from the outline alone, by the proportions that mascots have."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.puppet.skeleton import Point

SOLID = 100
"""Alpha above which a pixel counts as figure."""


def largest_shape(alpha: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The largest connected piece of what is visible, and everything at least a tenth of its size."""
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats((alpha > SOLID).astype(np.uint8))
    areas: Any = stats[1:, cv2.CC_STAT_AREA]
    kept = 1 + np.flatnonzero(areas * 10 >= areas.max()) if count > 1 else np.array([0])
    return np.isin(labels, kept)


def silhouette_joints(shape: NDArray[np.bool_]) -> dict[str, Point]:
    """All joints but the tail's, in shares of the picture, for a figure that stands and faces the viewer."""
    height, width = shape.shape
    rows, columns = np.flatnonzero(shape.any(axis=1)), np.flatnonzero(shape.any(axis=0))
    top, tall = float(rows[0]), float(rows[-1] - rows[0] + 1)
    left, right = float(columns[0]), float(columns[-1] + 1)
    neck = _neck(shape, top, tall)
    hips = neck + 0.58 * (top + tall - neck)
    foot = top + 0.95 * tall
    middle = _middle(shape, neck, hips)
    torso = _torso(shape, (neck + hips) / 2, middle, 0.12 * tall)
    points: dict[str, Point] = {"head_top": (middle, top + 0.06 * tall), "neck": (middle, neck), "hips": (middle, hips)}
    for side, sign, rim in (("left", -1.0, left), ("right", 1.0, right)):
        shoulder = (middle + sign * torso, neck + 0.12 * (hips - neck))
        hand = _hand(shape, sign, neck, hips, rim)
        points[f"{side}_shoulder"] = shoulder
        points[f"{side}_elbow"] = ((shoulder[0] + hand[0]) / 2, (shoulder[1] + hand[1]) / 2)
        points[f"{side}_hand"] = hand
        stand = middle + sign * 0.55 * torso
        points[f"{side}_hip"] = (stand, hips + 0.05 * tall)
        points[f"{side}_knee"] = (stand, (hips + 0.05 * tall + foot) / 2)
        points[f"{side}_foot"] = (stand, foot)
    return {name: (x / width, y / height) for name, (x, y) in points.items()}


def _neck(shape: NDArray[np.bool_], top: float, tall: float) -> float:
    """The narrowest row between head and body, or a little below the middle where none is narrow."""
    first, last = int(top + 0.38 * tall), int(top + 0.66 * tall)
    widths = shape[first : last + 1].sum(axis=1)
    if not len(widths) or widths.min() > 0.8 * widths.max():
        return top + 0.53 * tall
    return float(first + int(np.argmin(widths)))


def _middle(shape: NDArray[np.bool_], neck: float, hips: float) -> float:
    columns = np.nonzero(shape[int(neck) : int(hips) + 1])[1]
    return float(np.median(columns)) if len(columns) else shape.shape[1] / 2


def _torso(shape: NDArray[np.bool_], row: float, middle: float, least: float) -> float:
    """Half of the body's width at the shoulders: a share of the row's, arms being part of it."""
    columns = np.flatnonzero(shape[int(row)])
    reach = float(min(middle - columns[0], columns[-1] - middle)) if len(columns) else 0.0
    return max(least, 0.55 * reach)


def _hand(shape: NDArray[np.bool_], sign: float, neck: float, hips: float, rim: float) -> Point:
    """A little inside the outermost point between neck and hips."""
    rows, columns = np.nonzero(shape[int(neck) : int(hips) + 1])
    if not len(rows):
        return (rim, (neck + hips) / 2)
    outermost = int(np.argmax(sign * columns))
    inside = 0.08 * (hips - neck)
    return (float(columns[outermost]) - sign * inside, neck + float(rows[outermost]))
