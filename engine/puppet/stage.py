"""The stage: the part of the plane that a performance is seen in, the same for every frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

EDGE = 0.01
"""Air around the widest movement, as a share of the picture."""


@dataclass(frozen=True)
class Stage:
    """In picture pixels; `left` and `top` are negative where the stage reaches beyond the picture."""

    left: float
    top: float
    width: float
    height: float

    def fitted(self, size: int) -> tuple[int, int]:
        """Width and height in whole even pixels, the longer one `size` (rounded down to even)."""
        longer = max(self.width, self.height)
        return _even(self.width / longer * size), _even(self.height / longer * size)


def stage_around(width: int, height: int, low: NDArray[Any], high: NDArray[Any]) -> Stage:
    """The picture's own frame, grown in its own proportions until it holds `low` (x, y) to `high`.

    It grows about the middle of the picture's lower edge's neighbourhood: the mascot stays where it stood.
    """
    edge = EDGE * max(width, height)
    left, right = min(0.0, float(low[0]) - edge), max(float(width), float(high[0]) + edge)
    top, bottom = min(0.0, float(low[1]) - edge), max(float(height), float(high[1]) + edge)
    scale = max((right - left) / width, (bottom - top) / height)
    wide, tall = width * scale, height * scale
    # What is left over goes evenly to both sides, and to the top rather than under the feet.
    return Stage(left - (wide - (right - left)) / 2, bottom - tall, wide, tall)


def _even(value: float) -> int:
    return max(2, int(value + 1e-6) // 2 * 2)
