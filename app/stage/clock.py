"""The loop's clock: plays, pauses, seeks, and changes speed without a jump."""

from __future__ import annotations

import time
from collections.abc import Callable


class PlaybackClock:
    """Tells the place in a loop of `loop_seconds`. `now` is any steady clock in seconds."""

    def __init__(self, loop_seconds: float = 1.0, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._loop = max(loop_seconds, 1e-3)
        self._speed = 1.0
        self._playing = False
        self._anchor_time = now()
        self._anchor_place = 0.0

    @property
    def playing(self) -> bool:
        return self._playing

    @property
    def speed(self) -> float:
        return self._speed

    @property
    def loop_seconds(self) -> float:
        return self._loop

    def seconds(self) -> float:
        """The place in the loop, 0 <= seconds < loop_seconds."""
        place = self._anchor_place
        if self._playing:
            place += (self._now() - self._anchor_time) * self._speed
        return place % self._loop

    def phase(self) -> float:
        """The place in the loop as a share, 0 <= phase < 1."""
        return self.seconds() / self._loop

    def play(self) -> None:
        self._rebase()
        self._playing = True

    def pause(self) -> None:
        self._rebase()
        self._playing = False

    def seek(self, phase: float) -> None:
        self._anchor_place = (phase % 1.0) * self._loop
        self._anchor_time = self._now()

    def set_speed(self, speed: float) -> None:
        self._rebase()
        self._speed = speed

    def set_loop(self, loop_seconds: float) -> None:
        """Another clip with another length: the phase stays."""
        phase = self.phase()
        self._loop = max(loop_seconds, 1e-3)
        self.seek(phase)

    def _rebase(self) -> None:
        self._anchor_place = self.seconds()
        self._anchor_time = self._now()
