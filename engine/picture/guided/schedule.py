"""How many denoising steps a strength takes, of how long a schedule."""

from __future__ import annotations

from typing import Any

_FEWEST = 4
"""A gentle change still gets this many steps, if the recipe has as many."""
_LONGEST = 250


def schedule_for(steps: int, strength: float, scheduler: Any) -> tuple[int, int]:
    """(steps to take, steps of the whole schedule): the last ones of a schedule so long that they start at the noise
    that `strength` (above 0 to 1) means. Schedulers of few-step models know only so many steps."""
    if strength >= 1:
        return steps, steps
    longest = int(getattr(scheduler.config, "original_inference_steps", None) or _LONGEST)
    taken = max(round(steps * strength), min(steps, _FEWEST))
    whole = min(max(taken, round(taken / strength)), max(longest, steps))
    return max(1, min(taken, round(whole * strength))), whole
