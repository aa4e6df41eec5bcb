"""What a card can do and what a picture takes: matmul peak, executed FLOPs, seconds, memory."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any


def synchronise() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.synchronize()


def seconds_of(work: Callable[[], object], *, runs: int) -> float:
    """The median of `runs`, the device's queue emptied before and after each."""
    times: list[float] = []
    for _ in range(runs):
        synchronise()
        began = time.perf_counter()
        work()
        synchronise()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def matmul_peak(device: str, dtype: Any, *, side: int, runs: int = 20) -> float:
    """Floating point operations a second of a square matrix multiplication: the most that this card gave today."""
    import torch

    a = torch.randn(side, side, device=device, dtype=dtype)
    b = torch.randn(side, side, device=device, dtype=dtype)
    for _ in range(3):
        a @ b
    best = min(seconds_of(lambda: a @ b, runs=1) for _ in range(runs))
    return 2 * side**3 / best


def flops_of(work: Callable[[], object]) -> int:
    """Floating point operations of all that torch executes in `work`, uncompiled."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        work()
    return counter.get_total_flops()


def peak_bytes(work: Callable[[], object]) -> int:
    """The most memory of the GPU that was taken during `work`; 0 without one."""
    import torch

    if not torch.cuda.is_available():
        work()
        return 0
    torch.cuda.reset_peak_memory_stats()
    work()
    synchronise()
    return torch.cuda.max_memory_allocated()
