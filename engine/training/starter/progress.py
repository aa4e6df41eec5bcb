"""Progress lines with an estimate of the time left."""

from __future__ import annotations

import time


class Progress:
    """Prints `name done/total, seconds so far, estimate` at most every `every_s` seconds, and at the end."""

    def __init__(self, name: str, total: float, *, every_s: float = 15.0, unit: str = "") -> None:
        self._name = name
        self._total = total
        self._unit = unit
        self._every_s = every_s
        self._began = self._printed = time.monotonic()
        self._first: float | None = None

    def at(self, done: float, note: str = "") -> None:
        now = time.monotonic()
        if self._first is None:
            self._first = done
        if now - self._printed < self._every_s and done < self._total:
            return
        self._printed = now
        spent = now - self._began
        made = done - self._first
        left = f", {spent * (self._total - done) / made / 60:.1f} min left" if made > 0 and done < self._total else ""
        text = f"{self._name} {done:.0f}/{self._total:.0f}{self._unit}, {spent:.0f} s{left}"
        print(f"{text}  {note}".rstrip(), flush=True)
