"""How a model is to be held in memory: device, precision, offload, tiling; and the next rung down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from engine.models.machine import Accelerator, Machine, survey

Dtype = Literal["float32", "float16", "bfloat16"]
Offload = Literal["none", "model", "group", "sequential"]
Storage = Literal["whole", "eight bits"]

SMALL_MODEL_PARAMETERS = 100_000_000
"""Below this a model is always computed in fp32 on a processor: equal pixels matter more there than speed."""
SDXL_PARAMETERS = 3_470_000_000
_LARGEST_PART = 0.75
"""The UNet's share of SDXL's parameters: what must fit on the device with model offload."""
_EIGHT_BITS_SHARE = 0.55
"""Norms and embeddings stay as they are."""
_GIB = 2**30
_SIGNS = ("not enough memory", "out of memory", "can't allocate memory", "cublas_status_alloc_failed")


@dataclass(frozen=True)
class MemoryPolicy:
    """`device` as torch names it; `offload` moves whole models, or layers shortly before they are needed ("group") or
    when they are ("sequential"), to the device; `vae_tiling` decodes in tiles; `reason` is one sentence for people.
    `storage` in eight bits halves the denoiser's weights, which loses a little of each."""

    device: str
    dtype: Dtype
    offload: Offload
    vae_tiling: bool
    reason: str
    storage: Storage = "whole"

    @property
    def kind(self) -> str:
        return self.device.partition(":")[0]


def choose_policy(machine: Machine, *, parameters: int, native_size: int, diffuses: bool = True) -> MemoryPolicy:
    """The fastest way to hold a model of `parameters` that fits in what is free now.

    It never refuses: when nothing fits, the most frugal way is tried. `diffuses` is False for the transformers that
    match flow: their values leave the range of fp16, so bf16 is taken where the GPU has it.
    """
    for accelerator in sorted(machine.accelerators, key=lambda gpu: gpu.free_bytes, reverse=True)[:1]:
        half: Dtype = "float16" if diffuses or not accelerator.bf16 else "bfloat16"
        policy = _on_accelerator(accelerator, machine, parameters, native_size, half)
        if policy:
            return policy
    return _on_processor(machine, parameters, native_size)


def current_policy(*, parameters: int = SDXL_PARAMETERS, native_size: int = 1024) -> MemoryPolicy:
    """The policy for this machine as it is now; by default for a full SDXL checkpoint."""
    return choose_policy(survey(), parameters=parameters, native_size=native_size)


def lower(policy: MemoryPolicy, *, parameters: int) -> MemoryPolicy | None:
    """The next more frugal way after memory ran out, or None when there is none."""
    if policy.kind == "cpu":
        if policy.dtype == "float32" and parameters > SMALL_MODEL_PARAMETERS:
            return replace(policy, dtype="bfloat16", vae_tiling=True, reason="in bf16 and tiles, to save memory.")
        return None if policy.vae_tiling else replace(policy, vae_tiling=True, reason="in tiles, to save memory.")
    if policy.offload == "none":
        return replace(policy, offload="model", vae_tiling=True, reason="one part at a time, to save memory.")
    if policy.offload == "model" and policy.storage == "whole" and policy.kind == "cuda":
        return replace(policy, storage="eight bits", reason="with weights in eight bits, to save memory.")
    if policy.offload == "model":
        return replace(policy, offload="group", storage="whole", reason="a few layers at a time, to save memory.")
    if policy.offload == "group":
        return replace(policy, offload="sequential", reason="one layer at a time, to save memory.")
    return None


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error from torch or Python says that memory ran out."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(sign in text for sign in _SIGNS)


def _on_accelerator(
    gpu: Accelerator, machine: Machine, parameters: int, native_size: int, dtype: Dtype
) -> MemoryPolicy | None:
    half = "fp16" if dtype == "float16" else "bf16"
    weights = parameters * 2
    working = working_bytes(native_size, 2)
    free = _gib(gpu.free_bytes)
    if weights + working <= gpu.free_bytes:
        return MemoryPolicy(gpu.device, dtype, "none", False, f"{gpu.name} ({free} free) holds all of it in {half}.")
    if gpu.kind != "cuda":
        return None  # offload between two names of one memory saves nothing
    if weights > machine.free_bytes:
        return None
    if weights * _LARGEST_PART + working <= gpu.free_bytes:
        return MemoryPolicy(
            gpu.device, dtype, "model", True, f"{gpu.name} ({free} free) holds one part at a time, in {half}."
        )
    if weights * _LARGEST_PART * _EIGHT_BITS_SHARE + working <= gpu.free_bytes:
        return MemoryPolicy(
            gpu.device, dtype, "model", True,
            f"{gpu.name} ({free} free) holds one part at a time, its weights in eight bits, computed in {half}.",
            "eight bits",
        )  # fmt: skip
    if gpu.free_bytes >= 2 * _GIB:
        return MemoryPolicy(
            gpu.device, dtype, "group", True,
            f"{gpu.name} ({free} free) holds a few layers at a time, in {half}, and fetches the next meanwhile: slow.",
        )  # fmt: skip
    return None


def _on_processor(machine: Machine, parameters: int, native_size: int) -> MemoryPolicy:
    free = _gib(machine.free_bytes)
    working = working_bytes(native_size, 4)
    if parameters <= SMALL_MODEL_PARAMETERS:
        tiling = parameters * 4 + working > machine.free_bytes
        return MemoryPolicy("cpu", "float32", "none", tiling, f"the processor computes in fp32 ({free} free).")
    fits = parameters * 4 + working <= machine.free_bytes
    if machine.amx and parameters * 2 + working <= machine.free_bytes:
        return MemoryPolicy("cpu", "bfloat16", "none", not fits, f"the processor multiplies bf16 fast ({free} free).")
    if fits:
        return MemoryPolicy("cpu", "float32", "none", False, f"the processor computes in fp32 ({free} free).")
    return MemoryPolicy(
        "cpu", "bfloat16", "none", True, f"memory is short ({free} free): the processor computes in bf16 and tiles."
    )


def working_bytes(native_size: int, bytes_per_value: int) -> int:
    """Memory beside the weights, roughly: the VAE's decoder dominates with 2 maps of 256 channels at full size."""
    return native_size * native_size * 512 * bytes_per_value + _GIB // 4


def _gib(value: int) -> str:
    return f"{value / _GIB:.1f} GB"
