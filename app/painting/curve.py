"""From the pen's few positions to a smooth, evenly dotted line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import hypot
from typing import NamedTuple


class Touch(NamedTuple):
    """Where the pen is, in canvas pixels, and how hard it presses (0..1)."""

    x: float
    y: float
    pressure: float = 1.0


def middle(first: Touch, second: Touch, share: float = 0.5) -> Touch:
    return Touch(
        first.x + (second.x - first.x) * share,
        first.y + (second.y - first.y) * share,
        first.pressure + (second.pressure - first.pressure) * share,
    )


class Curve:
    """Quadratic Béziers through the middles between the positions: no corner where the pen made none.

    `step` tells, for a pressure, how far the next dab is.
    """

    def __init__(self, start: Touch, step: Callable[[float], float]) -> None:
        self._step = step
        self._last = self._at = start
        self._owed = 0.0

    def to(self, touch: Touch) -> Iterator[Touch]:
        """The dabs up to the middle between the last position and this one."""
        corner, end = self._last, middle(self._last, touch)
        yield from self._bend(corner, end)
        self._last = touch

    def finish(self) -> Iterator[Touch]:
        """The dabs to where the pen was lifted."""
        yield from self._bend(middle(self._at, self._last), self._last)

    def _bend(self, corner: Touch, end: Touch) -> Iterator[Touch]:
        start = self._at
        length = hypot(corner.x - start.x, corner.y - start.y) + hypot(end.x - corner.x, end.y - corner.y)
        pieces = max(1, min(64, int(length / 4)))
        for piece in range(1, pieces + 1):
            share = piece / pieces
            target = middle(middle(start, corner, share), middle(corner, end, share), share)
            yield from self._line(target)

    def _line(self, target: Touch) -> Iterator[Touch]:
        start = self._at
        length = hypot(target.x - start.x, target.y - start.y)
        done = 0.0
        while True:
            here = middle(start, target, done / length) if length else start
            wanted = self._step(here.pressure) - self._owed
            if done + wanted > length:
                break
            done += wanted
            self._owed = 0.0
            yield middle(start, target, done / length) if length else target
        self._owed += length - done
        self._at = target
