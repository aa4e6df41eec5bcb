"""Frames a second and the time that a frame takes, measured over the last second or so."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW = 60


class FrameMeter:
    """Call `frame(work_seconds)` once per drawn frame."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._ends: deque[float] = deque(maxlen=WINDOW)
        self._work: deque[float] = deque(maxlen=WINDOW)

    def frame(self, work_seconds: float) -> None:
        self._ends.append(self._now())
        self._work.append(work_seconds)

    def restart(self) -> None:
        self._ends.clear()
        self._work.clear()

    @property
    def frames_per_second(self) -> float:
        if len(self._ends) < 2:
            return 0.0
        return (len(self._ends) - 1) / max(self._ends[-1] - self._ends[0], 1e-6)

    @property
    def frame_milliseconds(self) -> float:
        """The mean time that the window's thread spends on one frame."""
        return 1000 * sum(self._work) / len(self._work) if self._work else 0.0
