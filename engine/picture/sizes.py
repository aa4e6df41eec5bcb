"""The size that a model paints at, for the size that is asked for."""

from __future__ import annotations

from math import log

from engine.models.installed import InstalledModel

_WIDEST = 4.0
"""Models know no longer format than 4:1; the rest of the canvas stays clear."""


_BUCKET_SIDE = 1024
_LONGER = {
    512: (1856, 1920, 1984, 2048), 576: (1664, 1728, 1792), 640: (1536, 1600), 704: (1344, 1408, 1472),
    768: (1280, 1344), 832: (1152, 1216), 896: (1088, 1152), 960: (1024, 1088), 1024: (1024,),
}  # fmt: skip
BUCKETS = tuple(
    sorted({size for short, longer in _LONGER.items() for n in longer for size in ((short, n), (n, short))})
)
"""The formats that SDXL was trained on (Podell et al., 2023, appendix I)."""


def native_size(model: InstalledModel, width: int, height: int) -> tuple[int, int]:
    """(width, height) to generate at: the model's own number of pixels in nearly the asked aspect ratio.

    A model of a fixed vocabulary was trained on squares and always paints one; SDXL was trained on a list of formats.
    """
    side = model.native_size
    if model.vocabulary or width == height:
        return side, side
    if model.architecture == "sdxl" and side == _BUCKET_SIDE:
        return min(BUCKETS, key=lambda size: (abs(log(size[0] * height / size[1] / width)), -size[0] * size[1]))
    return nearest_size(side, width, height)


def nearest_size(side: int, width: int, height: int) -> tuple[int, int]:
    """The size in whole units that is nearest to the asked format and to `side` × `side` pixels, weighed together."""
    unit = 64 if side >= 512 else 32
    wanted = min(max(width / height, 1 / _WIDEST), _WIDEST)

    def misfit(size: tuple[int, int]) -> float:
        aspect, area = size[0] / size[1], size[0] * size[1]
        return abs(log(aspect / wanted)) + 0.5 * abs(log(area / side**2))

    steps = range(unit, 4 * side + 1, unit)
    return min(((w, h) for w in steps for h in steps), key=misfit)
