"""Brushes: what one dab of a brush looks like, and how the pen's pressure changes it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

MIN_SIZE, MAX_SIZE = 1.0, 1000.0
LEAST_SHARE = 0.1
"""Of its size, that a brush keeps under the lightest touch."""
SUBPIXELS = 4
"""Dabs are placed to a quarter of a pixel; finer is not seen."""


@dataclass(frozen=True)
class Brush:
    """`size` is the diameter in pixels; the others are 0..1. `opacity` bounds a whole stroke, `flow` is what one dab
    adds to it, `spacing` the way between dabs as a share of the size."""

    size: float = 24.0
    hardness: float = 0.85
    opacity: float = 1.0
    flow: float = 1.0
    spacing: float = 0.08
    pressure_size: bool = True
    pressure_opacity: bool = False

    def diameter(self, pressure: float) -> float:
        """The dab's diameter in pixels under a pressure of 0..1."""
        share = LEAST_SHARE + (1.0 - LEAST_SHARE) * pressure if self.pressure_size else 1.0
        return max(1.0, self.size * share)

    def ceiling(self, pressure: float) -> float:
        """What coverage the stroke can reach under this pressure."""
        return pressure if self.pressure_opacity else 1.0

    def step(self, pressure: float) -> float:
        """Pixels to the next dab."""
        return max(0.5, self.diameter(pressure) * self.spacing)


def dab(diameter: float, hardness: float, x: float, y: float) -> tuple[NDArray[np.float32], int, int]:
    """Coverage 0..1 of a dab around (x, y) and the left and upper edge of its array."""
    radius = _rounded(diameter / 2)
    reach = int(np.ceil(radius)) + 1
    left, top = int(np.floor(x)) - reach, int(np.floor(y)) - reach
    quarter_x, quarter_y = int((x % 1.0) * SUBPIXELS), int((y % 1.0) * SUBPIXELS)
    return _dab(radius, round(hardness, 2), reach, quarter_x, quarter_y), left, top


def _rounded(radius: float) -> float:
    """To about one part in fifty, so that a pen's pressure finds its dabs in the cache."""
    step = 0.125 if radius < 8 else 2.0 ** np.floor(np.log2(radius / 32)) if radius >= 32 else 0.5
    return max(0.5, round(radius / step) * step)


@lru_cache(maxsize=256)
def _dab(radius: float, hardness: float, reach: int, quarter_x: int, quarter_y: int) -> NDArray[np.float32]:
    centre_x, centre_y = reach + (quarter_x + 0.5) / SUBPIXELS, reach + (quarter_y + 0.5) / SUBPIXELS
    across = np.arange(2 * reach + 2, dtype=np.float32) + 0.5
    distance = np.hypot(across[None, :] - centre_x, across[:, None] - centre_y)
    # The edge is at least one pixel soft, or it would be jagged.
    core = min(radius * hardness, radius - 0.5)
    soft = np.clip((radius + 0.5 - distance) / max(1.0, radius + 0.5 - core), 0.0, 1.0)
    result = (soft * soft * (3.0 - 2.0 * soft)).astype(np.float32)
    result.flags.writeable = False
    return result
