"""How a picture looks, as numbers: a hash that survives scaling, and a vector of its colours, shape and lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Floats = np.ndarray[Any, np.dtype[Any]]
    """Values of float32."""

VERSION = 1
"""Counts up when vectors are computed in another way: then all pictures are looked at again."""

DIMENSIONS = 145
EDGE = 48
_GREY_LEVELS, _HUES, _TONES = 4, 12, 2
_LAYOUT, _SHAPE, _CELLS, _DIRECTIONS = 3, 6, 3, 6
_WEIGHTS = (1.0, 0.7, 0.9, 0.7)
"""Of colours, their places, the silhouette, and lines."""

COLOURS = ("red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "brown", "grey", "black", "white")
_HUE_ENDS = ((14, "red"), (42, "orange"), (68, "yellow"), (160, "green"), (196, "teal"), (255, "blue"), (290, "purple"),
             (345, "pink"), (361, "red"))  # fmt: skip
_WORTH_NAMING = 0.16
"""The share of the visible picture from which a colour is named."""


@dataclass(frozen=True)
class Look:
    """`hash` has 64 bits; `vector` is DIMENSIONS float16 values of unit length, as bytes."""

    hash: int
    vector: bytes
    colours: tuple[str, ...]


def look_at(data: bytes) -> Look | None:
    """The look of a picture file; None when it can't be decoded or nothing of it is visible."""
    import cv2
    import numpy as np

    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        # An empty file, or more pixels than OpenCV dares to decode.
        return None
    if image is None or image.size == 0:
        return None
    square = _framed(_bgra(image))
    return None if square is None else _look(square)


def _bgra(image: Any) -> Floats:
    """Premultiplied blue, green, red, alpha from 0 to 1."""
    import cv2
    import numpy as np

    if image.dtype != np.uint8:
        image = (image / 257).astype(np.uint8) if image.dtype == np.uint16 else image.astype(np.uint8)
    if image.ndim == 2:
        image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGRA)
    elif image.shape[2] == 3:
        image = cv2.cvtColor(image, cv2.COLOR_BGR2BGRA)
    longest = max(image.shape[:2])
    if longest > 4 * EDGE:
        scale = 4 * EDGE / longest
        pixels = image.astype(np.float32) / 255
        pixels[..., :3] *= pixels[..., 3:]
        size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
        return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    pixels = image.astype(np.float32) / 255
    pixels[..., :3] *= pixels[..., 3:]
    return pixels


def _framed(pixels: Floats) -> Floats | None:
    """The visible part in the middle of a square of EDGE pixels, whatever its place and size in the picture."""
    import cv2
    import numpy as np

    rows, columns = np.where(pixels[..., 3] > 0.06)
    if rows.size == 0:
        return None
    part = pixels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    height, width = part.shape[:2]
    edge = max(height, width)
    square = np.zeros((edge, edge, 4), np.float32)
    top, left = (edge - height) // 2, (edge - width) // 2
    square[top : top + height, left : left + width] = part
    shrinks = edge > EDGE
    return cv2.resize(square, (EDGE, EDGE), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR).astype(
        np.float32
    )


def _look(square: Floats) -> Look:
    import cv2
    import numpy as np

    alpha = np.clip(square[..., 3], 0, 1)
    straight = np.clip(square[..., :3] / np.maximum(alpha, 1e-3)[..., None], 0, 1)
    hsv = cv2.cvtColor(straight, cv2.COLOR_BGR2HSV)
    grey = cv2.cvtColor(square[..., :3] + 0.5 * (1 - alpha)[..., None], cv2.COLOR_BGR2GRAY)
    parts = (_colour_shares(hsv, alpha), _layout(straight, alpha), _shape(alpha, grey), _lines(grey))
    vector = _unit(np.concatenate([_unit(part) * weight for part, weight in zip(parts, _WEIGHTS, strict=True)]))
    return Look(_hash(grey), vector.astype(np.float16).tobytes(), _named_colours(hsv, alpha))


def _unit(vector: Floats) -> Floats:
    import numpy as np

    return vector / max(float(np.linalg.norm(vector)), 1e-6)


def _colour_shares(hsv: Floats, alpha: Floats) -> Floats:
    """The square root of how much of each hue, light and dark, and of each grey there is."""
    import numpy as np

    hue, saturation, value = hsv[..., 0], hsv[..., 1], hsv[..., 2]
    colourful = np.clip((saturation * value - 0.08) / 0.2, 0, 1)
    bins = np.minimum((hue / 360 * _HUES).astype(int), _HUES - 1) * _TONES + (value > 0.6)
    coloured = np.bincount(bins.ravel(), (alpha * colourful).ravel(), _HUES * _TONES)
    # Neighbouring hues are alike.
    rounds = coloured.reshape(_HUES, _TONES)
    coloured = (rounds + 0.5 * (np.roll(rounds, 1, 0) + np.roll(rounds, -1, 0))).ravel() / 2
    levels = np.minimum((value * _GREY_LEVELS).astype(int), _GREY_LEVELS - 1)
    greys = np.bincount(levels.ravel(), (alpha * (1 - colourful)).ravel(), _GREY_LEVELS)
    return np.sqrt(np.concatenate([coloured, greys]) / max(float(alpha.sum()), 1e-6)).astype(np.float32)


def _layout(straight: Floats, alpha: Floats) -> Floats:
    """The mean colour of each of 3 × 3 fields, as lightness and two opponent colours, weighted by what is visible."""
    import cv2
    import numpy as np

    lab = cv2.cvtColor(straight.astype(np.float32), cv2.COLOR_BGR2LAB) / 100 - (0.5, 0, 0)
    fields = cv2.resize((lab * alpha[..., None]).astype(np.float32), (_LAYOUT, _LAYOUT), interpolation=cv2.INTER_AREA)
    return fields.ravel()


def _shape(alpha: Floats, grey: Floats) -> Floats:
    """The silhouette on 6 × 6 fields; for a picture without transparency its lightness."""
    import cv2
    import numpy as np

    seen = alpha if float(alpha.min()) < 0.5 else grey
    fields = cv2.resize(seen, (_SHAPE, _SHAPE), interpolation=cv2.INTER_AREA).ravel()
    return (fields - fields.mean()).astype(np.float32)


def _lines(grey: Floats) -> Floats:
    """How strong lines of each direction are in 3 × 3 fields."""
    import cv2
    import numpy as np

    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    strength = np.hypot(across, down)
    direction = np.minimum((np.mod(np.arctan2(down, across), np.pi) / np.pi * _DIRECTIONS).astype(int), _DIRECTIONS - 1)
    rows, columns = np.indices(grey.shape) * _CELLS // EDGE
    bins = ((rows * _CELLS + columns) * _DIRECTIONS + direction).ravel()
    found = np.sqrt(np.bincount(bins, strength.ravel(), _CELLS**2 * _DIRECTIONS))
    return (found - found.mean()).astype(np.float32)


def _hash(grey: Floats) -> int:
    """64 bits that say which of the slowest waves are stronger than the median."""
    import cv2
    import numpy as np

    waves = cv2.dct(cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA))[:8, :8].ravel()
    bits = waves > np.median(waves[1:])
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def _named_colours(hsv: Floats, alpha: Floats) -> tuple[str, ...]:
    """The colours that fill much of what is visible, the most first."""
    import numpy as np

    hue, saturation, value = hsv[..., 0], hsv[..., 1], hsv[..., 2]
    names = np.full(hue.shape, "grey", dtype="<U6")
    start = 0
    for end, name in _HUE_ENDS:
        names[(hue >= start) & (hue < end)] = name
        start = end
    names[(hue >= 14) & (hue < 42) & (value < 0.62)] = "brown"
    names[(saturation < 0.16)] = "grey"
    names[(saturation < 0.16) & (value > 0.88)] = "white"
    names[value < 0.2] = "black"
    total = max(float(alpha.sum()), 1e-6)
    shares = {str(name): float(alpha[names == name].sum()) / total for name in np.unique(names)}
    return tuple(sorted((name for name, share in shares.items() if share >= _WORTH_NAMING), key=lambda n: -shares[n]))
