"""The trained LoRA as a file that other tools read: diffusers' names, kohya's and modelspec's notes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from engine.models.installed import InstalledModel
from engine.protocol.recipes import LoraTrainingRecipe
from engine.tuning.policy import TuningPolicy

if TYPE_CHECKING:
    from torch import Tensor

PREFIX = "unet."
_IN_FILES = {".lora_A.default.": ".lora_A.", ".lora_B.default.": ".lora_B."}


def file_names(parameters: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A network's LoRA parameters (among others) under the names that files use, half precision."""
    import torch

    named: dict[str, Tensor] = {}
    for name, value in parameters.items():
        if ".lora_A." in name or ".lora_B." in name:
            for ours, theirs in _IN_FILES.items():
                name = name.replace(ours, theirs)
            named[PREFIX + name] = value.detach().to("cpu", torch.float16).contiguous()
    return named


def write_lora(path: Path, tensors: dict[str, Tensor], metadata: dict[str, str]) -> None:
    from safetensors.torch import save_file

    save_file(tensors, path, metadata=metadata)


def notes_of(
    recipe: LoraTrainingRecipe,
    model: InstalledModel,
    policy: TuningPolicy,
    captions: list[str],
    steps: int,
    loss: float,
) -> dict[str, str]:
    """What other tools show of a LoRA: trigger, base model, rank, alpha, steps, how it was made."""
    tags: dict[str, int] = {}
    for caption in captions:
        for tag in caption.split(", "):
            tags[tag] = tags.get(tag, 0) + 1
    return {
        "format": "pt",
        "modelspec.sai_model_spec": "1.0.0",
        "modelspec.architecture": "stable-diffusion-xl-v1-base/lora",
        "modelspec.implementation": "diffusers",
        "modelspec.title": recipe.name,
        "modelspec.trigger_phrase": recipe.trigger,
        "modelspec.usage_hint": recipe.description,
        "modelspec.resolution": f"{policy.resolution}x{policy.resolution}",
        "ss_network_module": "peft.lora",
        "ss_network_dim": str(policy.rank),
        "ss_network_alpha": str(policy.rank),
        "ss_base_model_version": "sdxl_base_v1-0",
        "ss_sd_model_name": model.name,
        "ss_steps": str(steps),
        "ss_learning_rate": str(policy.rate),
        "ss_num_train_images": str(len(recipe.pictures)),
        "ss_tag_frequency": json.dumps({recipe.trigger: tags}, ensure_ascii=False),
        "mascotforge.base_hash": model.hash,
        "mascotforge.loss": f"{loss:.5f}",
        "mascotforge.recipe": recipe.model_dump_json(),
    }
