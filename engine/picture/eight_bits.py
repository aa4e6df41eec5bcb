"""Weights kept in eight bits and computed in sixteen: half the memory, and a little lost of every weight.

diffusers' layerwise casting does it: a layer is widened just before it computes and narrowed after. Norms and
embeddings stay wide. A layer that a LoRA changes stays wide while that is on: the change is finer than eight bits tell.
"""

from __future__ import annotations

from typing import Any

_HOOK = "layerwise_casting"


def keep_in_eight_bits(network: Any) -> None:
    """From now on a diffusers network keeps its weights in eight bits and computes in what it was loaded in."""
    import torch

    network.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=network.dtype)


def widen(layer: Any) -> None:
    """Let a layer keep its weights as it computes with them; nothing for one that does already."""
    hook = _hook_of(layer)
    if hook is not None and hook.storage_dtype != hook.compute_dtype:
        hook.storage_dtype = hook.compute_dtype
        layer.to(dtype=hook.compute_dtype)


def narrow(layer: Any) -> None:
    """The way back: the weights must be those that came out of the eight bits, so that nothing is lost again."""
    import torch

    hook = _hook_of(layer)
    if hook is not None and hook.storage_dtype == hook.compute_dtype:
        hook.storage_dtype = torch.float8_e4m3fn
        layer.to(dtype=hook.storage_dtype)


def _hook_of(layer: Any) -> Any:
    registry = getattr(layer, "_diffusers_hook", None)
    return None if registry is None else registry.get_hook(_HOOK)
