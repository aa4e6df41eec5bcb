"""One number for a whole job: progress over weighted steps that never falls, with the time left, sent sparingly."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable, Mapping

MAX_EVENTS_PER_SECOND = 20.0
MAX_PREVIEWS_PER_SECOND = 5.0
TRUSTED_FRACTION = 0.15
"""From this much of a step on, its own pace says more about the time left than earlier jobs do."""

Send = Callable[[float, str, float | None, str | None], None]
"""Takes fraction, step, seconds left, preview (PNG, base64)."""


class ProgressMeter:
    """Progress of one job over its steps, whose expected seconds are `expected` (only those that have to run)."""

    def __init__(self, expected: Mapping[str, float], send: Send, clock: Callable[[], float] = time.monotonic) -> None:
        self._expected = dict(expected)
        self._send = send
        self._clock = clock
        self._done: set[str] = set()
        self._step: str | None = None
        self._step_began = clock()
        self._step_fraction = 0.0
        self._highest = 0.0
        self._sent_at = float("-inf")
        self._preview_at = float("-inf")

    def begin(self, step: str, expected_seconds: float) -> None:
        """A step starts to run; one that wasn't expected (its cached result was damaged) joins the sum."""
        self._expected.setdefault(step, expected_seconds)
        self._step, self._step_fraction, self._step_began = step, 0.0, self._clock()
        self._tell(None)

    def advance(self, fraction: float, preview: Callable[[], bytes] | None = None) -> None:
        """The running step's own fraction; values outside 0..1 or below the last one are pulled in."""
        self._step_fraction = max(self._step_fraction, min(1.0, fraction))
        now = self._clock()
        if now - self._sent_at < 1 / MAX_EVENTS_PER_SECOND:
            return
        picture: str | None = None
        if preview is not None and now - self._preview_at >= 1 / MAX_PREVIEWS_PER_SECOND:
            self._preview_at = now
            picture = b64encode(preview()).decode("ascii")
        self._tell(picture)

    def end(self, step: str) -> None:
        """A step is finished, by running or by being found in the cache."""
        self._done.add(step)
        if self._step == step:
            self._step, self._step_fraction = None, 0.0

    def finish(self) -> None:
        """All is done: one last event says so."""
        self._highest = 1.0
        self._send(1.0, "", 0.0, None)

    def _tell(self, preview: str | None) -> None:
        self._sent_at = self._clock()
        self._highest = max(self._highest, self._fraction())
        self._send(self._highest, self._step or "", self._seconds_left(), preview)

    def _fraction(self) -> float:
        total = sum(self._expected.values())
        if total <= 0:
            return 0.0
        done = sum(seconds for step, seconds in self._expected.items() if step in self._done)
        running = self._expected.get(self._step, 0.0) * self._step_fraction if self._step else 0.0
        return min(0.999, (done + running) / total)

    def _seconds_left(self) -> float:
        waiting = sum(
            seconds for step, seconds in self._expected.items() if step not in self._done and step != self._step
        )
        if self._step is None:
            return waiting
        ran, share = self._clock() - self._step_began, self._step_fraction
        expected = max(0.0, self._expected[self._step] - ran)
        if share >= TRUSTED_FRACTION:
            expected = ran * (1 - share) / share
        return waiting + expected
