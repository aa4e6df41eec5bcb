"""The size that a model paints at, for the size that is asked for."""

from __future__ import annotations

from math import log

from engine.models.installed import InstalledModel

_WIDEST = 4.0
"""Models know no longer format than 4:1; the rest of the canvas stays clear."""


def native_size(model: InstalledModel, width: int, height: int) -> tuple[int, int]:
    """(width, height) to generate at: the model's own number of pixels in nearly the asked aspect ratio.

    A model of a fixed vocabulary was trained on squares and always paints one.
    """
    side = model.native_size
    if model.vocabulary or width == height:
        return side, side
    unit = 64 if side >= 512 else 32
    wanted = min(max(width / height, 1 / _WIDEST), _WIDEST)

    def misfit(size: tuple[int, int]) -> float:
        aspect, area = size[0] / size[1], size[0] * size[1]
        return abs(log(aspect / wanted)) + 0.5 * abs(log(area / side**2))

    steps = range(unit, 4 * side + 1, unit)
    return min(((w, h) for w in steps for h in steps), key=misfit)
