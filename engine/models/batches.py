"""How many pictures of one model go through its denoiser in one pass."""

from __future__ import annotations

from engine.models.machine import survey
from engine.models.memory import MemoryPolicy, working_bytes

_VALUES_PER_PIXEL = 512
"""What a denoiser holds at a time for one more picture, roughly: half of it for each of prompt and negative prompt."""


def most_together(wanted: int, policy: MemoryPolicy, native_size: int, free_bytes: int | None = None) -> int:
    """At least 1 and at most `wanted`: what fits beside the loaded model in what is free now, where it computes.

    Pictures are decoded one by one, so that room is needed once. A processor is as busy with one as with several, and
    rounds several differently: there each is made alone, and stays the same to the last bit.
    """
    if policy.kind == "cpu":
        return 1
    free = _free_bytes(policy) if free_bytes is None else free_bytes
    size = 4 if policy.dtype == "float32" else 2
    each = native_size * native_size * _VALUES_PER_PIXEL * size
    return max(1, min(wanted, (free - working_bytes(native_size, size)) // each))


def _free_bytes(policy: MemoryPolicy) -> int:
    machine = survey()
    here = [gpu.free_bytes for gpu in machine.accelerators if gpu.device == policy.device]
    return here[0] if here else machine.free_bytes
