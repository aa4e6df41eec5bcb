"""Times in words."""

from __future__ import annotations


def time_left(seconds: float | None) -> str:
    """Seconds as a short text: "8 s left", "2 min left", or "" when unknown."""
    if seconds is None:
        return ""
    if seconds < 1:
        return "almost done"
    return f"{seconds:.0f} s left" if seconds < 90 else f"{seconds / 60:.0f} min left"
