"""Effective settings: what the machine decided, kept beside the recipe so that "make it again" can compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import JsonValue

if TYPE_CHECKING:
    from engine.picture.pipeline import LoadedPipeline


def effective_settings(
    loaded: LoadedPipeline, prompt: str, size: tuple[int, int], seconds: dict[str, float]
) -> dict[str, JsonValue]:
    """`size` is the native (width, height); `seconds` by part of the work."""
    import diffusers
    import torch

    policy, model = loaded.policy, loaded.model
    rounded: dict[str, JsonValue] = {part: round(value, 4) for part, value in seconds.items()}
    return {
        "model": model.name,
        "model_hash": model.hash,
        "device": policy.device,
        "dtype": policy.dtype,
        "offload": policy.offload,
        **({"storage": policy.storage} if policy.storage != "whole" else {}),
        "vae_tiling": policy.vae_tiling,
        "threads": torch.get_num_threads(),
        "native_width": size[0],
        "native_height": size[1],
        "scheduler": type(loaded.pipe.scheduler).__name__,
        "prompt_sent": prompt,
        "torch": str(torch.__version__),
        "diffusers": str(diffusers.__version__),
        "seconds": rounded,
    }
