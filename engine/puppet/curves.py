"""Keyed curves over one loop, and springs that follow them: the data that actions are made of.

A phase is 0..1 of the loop. Every curve closes: value and velocity at phase 1 are those at phase 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

SAMPLES = 360
"""Samples of a loop in a baked table; cubic interpolation between them is exact to the eye."""


class Ease(StrEnum):
    """How a curve passes a key."""

    REST = "rest"
    """Comes to a stop and starts again: slow out, slow in."""
    SMOOTH = "smooth"
    """Flows through, with the slope from the key before to the key after."""
    SNAP = "snap"
    """Flows through at half that slope: a soft accent."""


@dataclass(frozen=True)
class Key:
    phase: float
    value: float
    ease: Ease = Ease.REST


@dataclass(frozen=True)
class Curve:
    """A periodic cubic Hermite spline through keys sorted by phase, all in 0 <= phase < 1."""

    keys: tuple[Key, ...]

    def __post_init__(self) -> None:
        phases = [key.phase for key in self.keys]
        if not phases or phases != sorted(set(phases)) or phases[0] < 0 or phases[-1] >= 1:
            raise ValueError("a curve needs keys with rising phases within 0 <= phase < 1")

    def table(self, samples: int = SAMPLES) -> NDArray[np.float64]:
        """Values at `samples` even phases, (samples,) float64."""
        return self.at(np.arange(samples) / samples)

    def at(self, phases: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at phases of any range (they wrap)."""
        knots = np.array([key.phase for key in self.keys])
        values = np.array([key.value for key in self.keys])
        if len(knots) == 1:
            return np.full_like(phases, values[0], dtype=np.float64)
        before = np.roll(knots, 1) - np.array([1.0] + [0.0] * (len(knots) - 1))
        after = np.roll(knots, -1) + np.array([0.0] * (len(knots) - 1) + [1.0])
        slope = (np.roll(values, -1) - np.roll(values, 1)) / (after - before)
        slope *= np.array([_SLOPE_SHARE[key.ease] for key in self.keys])
        wrapped = np.mod(phases, 1.0)
        left = np.searchsorted(knots, wrapped, side="right") - 1
        right = (left + 1) % len(knots)
        start, end = knots[left], after[left]
        # Phases before the first key belong to the span that wraps from the last key.
        start = np.where(left < 0, knots[-1] - 1.0, start)
        end = np.where(left < 0, knots[0], end)
        span = end - start
        u = (wrapped - start) / span
        return (
            (2 * u**3 - 3 * u**2 + 1) * values[left]
            + (u**3 - 2 * u**2 + u) * span * slope[left]
            + (3 * u**2 - 2 * u**3) * values[right]
            + (u**3 - u**2) * span * slope[right]
        )


_SLOPE_SHARE = {Ease.REST: 0.0, Ease.SMOOTH: 1.0, Ease.SNAP: 0.5}


def rests(*pairs: tuple[float, float]) -> Curve:
    """A curve that eases in and out of every (phase, value)."""
    return Curve(tuple(Key(phase, value) for phase, value in pairs))


def flows(*pairs: tuple[float, float]) -> Curve:
    """A curve that flows through every (phase, value)."""
    return Curve(tuple(Key(phase, value, Ease.SMOOTH) for phase, value in pairs))


@dataclass(frozen=True)
class Spring:
    """Secondary motion: something soft that hangs on other channels and comes after them.

    `drivers` weighs the channels that carry it; the result is how far it lies behind its carrier, times `gain`.
    """

    drivers: Mapping[str, float]
    frequency_hz: float
    damping: float = 0.35
    gain: float = 1.0

    def table(self, tables: Mapping[str, NDArray[np.float64]], seconds: float) -> NDArray[np.float64]:
        """The steady state of a damped spring over a loop of `seconds`; it closes exactly (solved in frequencies)."""
        carrier = np.sum([tables[name] * weight for name, weight in self.drivers.items()], axis=0)
        omega = 2 * np.pi * np.fft.rfftfreq(len(carrier), seconds / len(carrier))
        natural = 2 * np.pi * self.frequency_hz
        response = natural**2 / (natural**2 - omega**2 + 2j * self.damping * natural * omega)
        return self.gain * np.fft.irfft(np.fft.rfft(carrier) * (response - 1.0), len(carrier))


def sample(table: NDArray[np.float64], phase: float) -> float:
    """A baked table's value at a phase, by periodic cubic interpolation (continuous in value and velocity)."""
    count = len(table)
    position = (phase % 1.0) * count
    i = int(position)
    u = position - i
    a, b, c, d = (float(table[(i + k) % count]) for k in (-1, 0, 1, 2))
    return b + 0.5 * u * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a)))
