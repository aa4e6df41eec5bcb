"""Colours as people see them: OKLab (Björn Ottosson, 2020), where equal distances look equally far apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Lab = NDArray[np.float32]

_TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]], np.float32,
)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]], np.float32,
)  # fmt: skip
_FROM_LAB = np.linalg.inv(_TO_LAB)
_FROM_LMS = np.linalg.inv(_TO_LMS)


def lab_of(rgb: NDArray[Any]) -> Lab:
    """(..., 3) sRGB bytes → (..., 3) OKLab: lightness 0..1, then two axes of about ±0.3."""
    share = rgb.astype(np.float32) / np.float32(255)
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4).astype(np.float32)
    return (np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T).astype(np.float32)


def rgb_of(lab: Lab) -> NDArray[np.uint8]:
    """(..., 3) OKLab → (..., 3) sRGB bytes, what lies outside clamped."""
    linear = np.clip((lab @ _FROM_LAB.T) ** 3 @ _FROM_LMS.T, 0, 1)
    share = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(share * 255).astype(np.uint8)


def bytes_of(colour: str) -> tuple[int, int, int]:
    """ "#rrggbb" as three bytes."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def hex_of(rgb: Sequence[int] | NDArray[np.uint8]) -> str:
    return "#" + "".join(f"{int(value):02x}" for value in rgb)


def mixed(below: str, above: str, opacity: float) -> str:
    """The colour of a veil of `opacity` over `below`, as renderers mix it (in sRGB)."""
    pairs = zip(bytes_of(below), bytes_of(above), strict=True)
    return hex_of([round(b + (a - b) * opacity) for b, a in pairs])


def lightness(colour: str) -> float:
    """0 (black) to 1 (white)."""
    return float(lab_of(np.array(bytes_of(colour)))[0])


def chroma_and_hue(colour: str) -> tuple[float, float]:
    """How colourful (0 for grey, about 0.3 at most) and which hue in radians."""
    _, a, b = (float(value) for value in lab_of(np.array(bytes_of(colour))))
    return math.hypot(a, b), math.atan2(b, a)


def toned(light: float, chroma: float, hue: float) -> str:
    """The colour of a lightness, a colourfulness and a hue in radians; too colourful ones are paled."""
    while True:
        lab = np.array([light, chroma * math.cos(hue), chroma * math.sin(hue)], np.float32)
        linear = (lab @ _FROM_LAB.T) ** 3 @ _FROM_LMS.T
        if chroma < 0.005 or bool(np.all((linear > -0.002) & (linear < 1.002))):
            return hex_of(rgb_of(lab))
        chroma *= 0.92


def apart(first: str, second: str) -> float:
    """How far two colours look apart: 0.02 is just seen side by side, black and white are 1."""
    return float(np.linalg.norm(lab_of(np.array(bytes_of(first))) - lab_of(np.array(bytes_of(second)))))
