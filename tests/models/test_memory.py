"""How a model is held: by what is free."""

from __future__ import annotations

import pytest

from engine.models.machine import Accelerator, Machine, survey
from engine.models.memory import SDXL_PARAMETERS, choose_policy, current_policy, is_out_of_memory, lower
from engine.models.speed import choose_speed

GIB = 2**30


def sdxl(machine: Machine):
    return choose_policy(machine, parameters=SDXL_PARAMETERS, native_size=1024)


@pytest.mark.parametrize(
    ("gpu_gib", "device", "offload"),
    [
        (12, "cuda:0", "none"), (7, "cuda:0", "model"), (4.5, "cuda:0", "model in eight bits"),
        (3, "cuda:0", "group"), (1, "cpu", "none"),
    ],
)  # fmt: skip
def test_smaller_gpus_hold_less_of_the_model_at_a_time(gpu_gib: float, device: str, offload: str) -> None:
    policy = sdxl(Machine(32 * GIB, (Accelerator("cuda", 0, "A GPU", int(gpu_gib * GIB)),)))
    how = f"{policy.offload} in eight bits" if policy.storage == "eight bits" else policy.offload
    assert (policy.device, how) == (device, offload)
    eight = next(choice for choice in choose_speed(policy).choices if choice.what == "Eight-bit weights")
    assert eight.used is ("eight bits" in offload) and eight.why
    assert policy.reason.endswith(".")


def test_freest_gpu_is_taken() -> None:
    gpus = (Accelerator("cuda", 0, "busy", 2 * GIB), Accelerator("cuda", 1, "idle", 20 * GIB))
    assert sdxl(Machine(32 * GIB, gpus)).device == "cuda:1"


@pytest.mark.parametrize(
    ("free_gib", "amx", "dtype"), [(64, False, "float32"), (12, False, "bfloat16"), (64, True, "bfloat16")]
)
def test_processor_takes_bf16_when_memory_is_short_or_it_is_fast(free_gib: int, amx: bool, dtype: str) -> None:
    policy = sdxl(Machine(free_gib * GIB, amx=amx))
    assert (policy.device, policy.dtype) == ("cpu", dtype)


def test_small_models_are_always_exact_on_a_processor() -> None:
    assert choose_policy(Machine(GIB, amx=True), parameters=20_000_000, native_size=256).dtype == "float32"


@pytest.mark.parametrize(
    "machine", [Machine(64 * GIB), Machine(64 * GIB, (Accelerator("cuda", 0, "A GPU", 24 * GIB),))], ids=["cpu", "gpu"]
)
def test_ladder_goes_down_and_ends(machine: Machine) -> None:
    policy = sdxl(machine)
    seen = [policy]
    while (next_policy := lower(seen[-1], parameters=SDXL_PARAMETERS)) is not None:
        assert next_policy not in seen
        seen.append(next_policy)
    assert 2 <= len(seen) <= 5


def test_memory_errors_are_told_from_others() -> None:
    import torch

    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory"))
    assert is_out_of_memory(RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes"))
    assert is_out_of_memory(MemoryError())
    assert not is_out_of_memory(RuntimeError("shape mismatch"))
    assert not is_out_of_memory(ValueError("not enough memory"))


def test_this_machine_is_described_in_a_sentence() -> None:
    assert survey().free_bytes > 0
    assert current_policy().reason.endswith(".")
