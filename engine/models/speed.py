"""Which ways of computing faster are used on this machine, and why not the others.

One place decides; `mascotforge doctor` prints the reasons. Where two ways give other rounding, the exact pixels of a
processor come first: there only what leaves them alone is used.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib.util import find_spec

from engine.models.memory import MemoryPolicy


@dataclass(frozen=True)
class Choice:
    """One option: what it is, whether it is used, and one sentence that says why or why not."""

    what: str
    used: bool
    why: str


@dataclass(frozen=True)
class SpeedPolicy:
    """`channels_last`: convolutions read pixels with their channels together. `fused`: one multiplication gives q, k
    and v (undone as soon as a LoRA is worn: it would lose that LoRA's part). `compiled`: the repeated blocks are
    compiled, after the first picture."""

    channels_last: bool
    fused: bool
    compiled: bool
    choices: tuple[Choice, ...]


_OFFLOADS = {
    "model": "one part of the model at a time is on the GPU",
    "group": "layers are fetched while those before them compute",
    "sequential": "layers are fetched one by one",
}


def choose_speed(policy: MemoryPolicy) -> SpeedPolicy:
    """The options for a model that is held as `policy` says."""
    cuda = policy.kind == "cuda"
    whole = policy.offload == "none"
    compiler = shutil.which("gcc") or shutil.which("clang") or shutil.which("cl")
    compiled = cuda and whole and compiler is not None and find_spec("triton") is not None
    return SpeedPolicy(
        channels_last=cuda,
        fused=cuda and whole,
        compiled=compiled,
        choices=(
            Choice("Attention", True, _attention(policy)),
            Choice("Channels last", cuda, "the GPU's convolutions are quicker so" if cuda else _exact(policy)),
            Choice(
                "Fused q, k, v", cuda and whole,
                "while no LoRA is worn" if cuda and whole else _exact(policy) if not cuda else "not with offloading",
            ),
            Choice("Compiled blocks", compiled, _compiled(cuda, whole, compiler)),
            Choice("Eight-bit weights", policy.storage == "eight bits", _quantised(policy)),
            Choice("Remembered prompts", True, "the last prompts' embeddings are kept, so a new seed reads no text"),
            Choice("VAE in tiles", policy.vae_tiling, "memory is short" if policy.vae_tiling else "it fits as a whole"),
            Choice("Offloading", not whole, "not needed" if whole else _OFFLOADS[policy.offload]),
            Choice("Skipped features", False, "only where a picture asks for “Faster”: it changes pixels"),
        ),
    )  # fmt: skip


def _attention(policy: MemoryPolicy) -> str:
    if policy.kind == "cuda":
        return f"PyTorch's fused attention (Flash where it takes {policy.dtype})"
    return "PyTorch's fused attention for processors" if policy.kind == "cpu" else "PyTorch's fused attention"


def _exact(policy: MemoryPolicy) -> str:
    return "no gain on a processor, and other rounding" if policy.kind == "cpu" else "only on NVIDIA and AMD GPUs"


def _compiled(cuda: bool, whole: bool, compiler: str | None) -> str:
    if not cuda:
        return "compiling takes longer than it saves without a GPU"
    if not whole:
        return "not with offloading"
    if compiler is None:
        return "no C compiler is installed; install gcc to use it"
    if find_spec("triton") is None:
        return "triton is not installed; `pip install triton` to use it"
    return "after a model's first picture"


def _quantised(policy: MemoryPolicy) -> str:
    if policy.storage == "eight bits":
        return "the largest part fits only so; layers that a LoRA changes stay in sixteen"
    if policy.kind == "cpu":
        return "a processor gains nothing by them"
    if policy.offload == "none":
        return "the whole model fits as it is, and eight bits lose a little"
    return "offloading does here, and loses nothing"
