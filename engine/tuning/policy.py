"""How a LoRA is trained on this machine: rank, resolution, batch, precision and memory savers, with the reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from engine.models.installed import InstalledModel
from engine.models.machine import Accelerator, Machine
from engine.models.memory import SMALL_MODEL_PARAMETERS
from engine.protocol.errors import BadInput
from engine.protocol.recipes import LoraTrainingRecipe

_GIB = 2**30
_ATTENTION = ("to_q", "to_k", "to_v", "to_out.0", "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2")
_CONVOLUTIONS = ("conv1", "conv2", "conv_shortcut", "conv")
_LOOK = (*_ATTENTION[:6], "conv2", "conv_shortcut", "conv", "conv_out")
"""What carries a look in the starter: small enough to ship a dozen."""


@dataclass(frozen=True)
class TuningPolicy:
    """`resolution` is the side in pixels that pictures are learnt at. `precision` is that of the frozen weights and the
    computation; the LoRA itself is float32. `variants` is how many augmented versions of each picture are kept as
    latents. `prior` is the share of a batch that reminds the model of what it knew, `reminders` how many pictures it
    makes for that itself where the builder can't. `sample_steps` go into each sample picture. `reason` is one
    sentence."""

    device: str
    precision: Literal["float32", "bfloat16", "float16"]
    resolution: int
    rank: int
    batch: int
    steps: int
    rate: float
    targets: tuple[str, ...]
    variants: int
    prior: float
    checkpointing: bool
    optimiser: Literal["adamw", "adamw-8bit"]
    text_encoders: bool
    reason: str
    reminders: int = 6
    sample_steps: int = 12


def choose_tuning(
    recipe: LoraTrainingRecipe, model: InstalledModel, machine: Machine, *, eight_bit: bool = False
) -> TuningPolicy:
    """The best way that fits this machine; what the recipe sets itself stays as it says.

    `eight_bit`: whether an 8-bit optimiser is installed. Raises BadInput for a checkpoint of another architecture than
    SDXL's, and for a full one on a machine without a GPU of 8 GB.
    """
    if model.architecture != "sdxl":
        raise BadInput(
            f"LoRAs are trained on SDXL checkpoints, and “{model.name}” is none; choose the starter or an SDXL one."
        )
    if model.parameters <= SMALL_MODEL_PARAMETERS:
        policy = _small(recipe, model, machine)
    else:
        policy = _full(recipe, model, machine, eight_bit)
    chosen = {"steps": recipe.steps, "rank": recipe.rank, "rate": recipe.rate}
    return replace(policy, **{name: value for name, value in chosen.items() if value is not None})


def _small(recipe: LoraTrainingRecipe, model: InstalledModel, machine: Machine) -> TuningPolicy:
    """The starter: every layer may change, for it is small; minutes on a processor."""
    gpu = _largest(machine, "cuda")
    pictures = len(recipe.pictures)
    rank, versions = 4 if recipe.style else 8, max(2, min(8, 32 // pictures))
    layers = "what carries a look" if recipe.style else "every layer"
    return TuningPolicy(
        device=gpu.device if gpu else "cpu",
        precision="bfloat16" if machine.amx or gpu else "float32",
        resolution=model.native_size,
        rank=rank,
        batch=6,
        steps=min(320, 140 + 12 * pictures),
        rate=2e-3,
        targets=_LOOK if recipe.style else _ATTENTION + _CONVOLUTIONS,
        variants=versions,
        prior=0.0 if recipe.style else 0.17,
        checkpointing=False,
        optimiser="adamw",
        text_encoders=False,
        reason=f"“{model.name}” is small, so {layers} learns at rank {recipe.rank or rank}, "
        f"from {pictures} picture{'s' * (pictures > 1)} in {versions} versions each.",
    )


def _full(recipe: LoraTrainingRecipe, model: InstalledModel, machine: Machine, eight_bit: bool) -> TuningPolicy:
    gpu = _largest(machine, "cuda")
    free = gpu.free_bytes / _GIB if gpu else 0.0
    # What a card of 8, 12 or 24 GB leaves beside the window system.
    if gpu is None or free < 6.5:
        here = f"{free:.1f} GB are free on {gpu.name}" if gpu else "this machine has no such GPU"
        raise BadInput(
            f"Training on “{model.name}” takes a GPU with 8 GB of memory, and {here}; train on the starter instead, "
            "or on another machine."
        )
    steps = min(3000, 600 + 100 * len(recipe.pictures))
    side = model.native_size
    base = TuningPolicy(
        device=gpu.device,
        precision="bfloat16" if gpu.bf16 else "float16",
        resolution=side,
        rank=32,
        batch=2,
        steps=steps,
        rate=1e-4,
        targets=_ATTENTION,
        variants=max(4, min(20, 60 // len(recipe.pictures))),
        prior=0.0 if recipe.style else 0.25,
        checkpointing=True,
        optimiser="adamw-8bit" if eight_bit else "adamw",
        text_encoders=False,
        reason="",
    )
    small = "8-bit optimiser" if eight_bit else "optimiser in full precision, for no 8-bit one is installed"
    if free >= 20:
        return replace(
            base,
            batch=4,
            optimiser="adamw",
            reason=f"{gpu.name} ({free:.0f} GB free) trains four pictures of {side} px at a time at rank 32.",
        )
    if free >= 10:
        return replace(
            base,
            rank=16,
            batch=1,
            reason=f"{gpu.name} ({free:.0f} GB free) trains one picture of {side} px at a time at rank 16, recomputing "
            f"activations; {small}.",
        )
    return replace(
        base,
        rank=8,
        batch=1,
        resolution=min(side, 768),
        reason=f"{gpu.name} ({free:.0f} GB free) trains one picture of {min(side, 768)} px at a time at rank 8, "
        f"recomputing activations; {small}.",
    )


def has_eight_bit() -> bool:
    """Whether the optional package with the 8-bit optimiser is installed."""
    from importlib.util import find_spec

    return find_spec("bitsandbytes") is not None


def _largest(machine: Machine, kind: str) -> Accelerator | None:
    found = [gpu for gpu in machine.accelerators if gpu.kind == kind]
    return max(found, key=lambda gpu: gpu.free_bytes, default=None)
