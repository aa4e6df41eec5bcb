"""Parts of a picture that move as one: what an artist would put on a layer of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from engine.protocol.errors import BadPicture

Rgba = NDArray[np.uint8]


class PartRole(StrEnum):
    """Which bones move the part. Sides as the viewer sees them."""

    TAIL = "tail"
    LEFT_LEG = "left_leg"
    RIGHT_LEG = "right_leg"
    BODY = "body"
    LEFT_ARM = "left_arm"
    RIGHT_ARM = "right_arm"
    HEAD = "head"
    FIGURE = "figure"
    """All that has no part of its own, in one mesh."""


ARM_ROLES = {"left": PartRole.LEFT_ARM, "right": PartRole.RIGHT_ARM}


@dataclass(frozen=True)
class Part:
    """`rgba` is as large as the whole picture, (height, width, 4) uint8, premultiplied."""

    role: PartRole
    rgba: Rgba


def premultiplied(rgba: Rgba) -> Rgba:
    """Straight to premultiplied alpha, (h, w, 4) uint8, rounded to nearest."""
    colour = rgba[..., :3].astype(np.uint16) * rgba[..., 3:] + 127
    return np.dstack([(colour // 255).astype(np.uint8), rgba[..., 3]])


def straight(rgba: Rgba) -> Rgba:
    """Premultiplied to straight alpha; fully transparent pixels become transparent black."""
    alpha = rgba[..., 3:].astype(np.uint16)
    colour = (rgba[..., :3].astype(np.uint16) * 255 + alpha // 2) // np.maximum(alpha, 1)
    return np.dstack([np.minimum(colour, 255).astype(np.uint8), rgba[..., 3]])


def over(top: Rgba, bottom: Rgba) -> Rgba:
    """`top` over `bottom`, both premultiplied."""
    veil = 255 - top[..., 3:].astype(np.uint16)
    return (top + (bottom * veil + 127) // 255).astype(np.uint8)


def merged(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Put neighbours with the same role on one layer; the order from back to front stays."""
    result: list[Part] = []
    for part in parts:
        if result and result[-1].role is part.role:
            result[-1] = Part(part.role, over(part.rgba, result[-1].rgba))
        else:
            result.append(part)
    return tuple(result)


def check_parts(parts: Sequence[Part]) -> tuple[int, int]:
    """Width and height of the picture. Raises BadPicture when nothing is visible or the sizes differ."""
    sizes = {part.rgba.shape for part in parts}
    if len(sizes) != 1:
        raise BadPicture("The mascot's layers differ in size, so it can't be animated; save it anew.")
    height, width, channels = next(iter(sizes))
    if channels != 4 or not any((part.rgba[..., 3] > 0).any() for part in parts):
        raise BadPicture("The picture has nothing visible in it, so there is nothing to animate; choose another one.")
    return width, height
