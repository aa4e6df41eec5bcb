"""Lines of a benchmark: a figure, what it is measured against in the same run, and the goal."""

from __future__ import annotations

import statistics
from collections.abc import Callable


def median_of(runs: int, measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(runs))


def line(name: str, figure: str, *, goal: str = "", met: bool | None = None) -> None:
    verdict = "" if met is None else ("  met" if met else "  NOT met")
    print(f"{name:<52} {figure:<40} {goal}{verdict}", flush=True)
