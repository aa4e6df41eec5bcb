"""Times in words."""

from __future__ import annotations

ALMOST = 0.9
"""From this share on nothing left may be called almost done; before it the guess was wrong."""


def time_left(seconds: float | None, fraction: float = 1.0) -> str:
    """Seconds as a short text: "8 s left", "2 min left", or "" when unknown.

    `fraction` (0..1) is how far the work is: a guess that ran out at its beginning is no news.
    """
    if seconds is None:
        return ""
    if seconds < 1:
        return "almost done" if fraction >= ALMOST else ""
    return f"{seconds:.0f} s left" if seconds < 90 else f"{seconds / 60:.0f} min left"


def progress_words(fraction: float, eta_s: float | None) -> str:
    """How far something is, and how long it takes: "40%  ·  6 s left"; before it moves, that it gets ready."""
    far = f"{fraction:.0%}"
    return "  ·  ".join(part for part in ("Getting ready" if far == "0%" else far, time_left(eta_s, fraction)) if part)
