"""A LoRA file in memory, its tensors sorted to the layers of a pipeline."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.models.installed import InstalledModel
from engine.picture.loras.changes import Change, parse_changes
from engine.picture.loras.targets import Target, find, targets_of
from engine.protocol.errors import BadModel


@dataclass(frozen=True)
class LoraFile:
    """`unmatched`: names of layers or tensors in the file that mean nothing to this checkpoint."""

    changes: dict[Target, Change]
    unmatched: tuple[str, ...]

    @property
    def ranks(self) -> list[int]:
        return sorted({rank for change in self.changes.values() if (rank := change.rank) is not None})


def read_lora(path: Path, name: str, pipe: Any, model: InstalledModel) -> LoraFile:
    """Raises BadModel when the file can't be read or nothing in it fits the checkpoint."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (it is no mapping)
            metadata = dict(file.metadata() or {})
    except (OSError, SafetensorError) as error:
        raise BadModel(
            f"The LoRA “{name}” can't be read: {path.name} is missing, damaged or not safetensors; install it again.",
            details=str(error),
        ) from error
    _refuse_damaged(tensors, name)
    found, unknown = parse_changes(_as_diffusers(tensors, pipe))
    table = targets_of(pipe)
    changes: dict[Target, Change] = {}
    for stem, change in found.items():
        target = find(stem, table)
        if target is not None and _fits(change, target, pipe):
            changes[target] = change
        else:
            unknown.append(stem)
    if not changes:
        raise BadModel(
            f"The LoRA “{name}” doesn't fit “{model.name}”: none of its {len(found) or len(unknown)} parts is in that "
            "model; choose a LoRA made for it, or another model.",
            details=", ".join(unknown[:20]),
        )
    _set_alphas(changes, metadata)
    return LoraFile(changes, tuple(unknown))


def _refuse_damaged(tensors: dict[str, Any], name: str) -> None:
    """A file can be whole and still hold nothing to compute with. Raises BadModel."""
    for key, tensor in tensors.items():
        if not tensor.numel():
            reason = f"{key} is empty"
        elif tensor.is_floating_point() and not (tensor.float() if tensor.itemsize == 1 else tensor).isfinite().all():
            reason = f"{key} holds values that are no numbers"
        else:
            continue
        raise BadModel(f"The LoRA “{name}” is damaged: {reason}; install another copy of it.")


def _fits(change: Change, target: Target, pipe: Any) -> bool:
    """By the sizes alone, without computing the whole change."""
    weight = pipe.components[target.part].get_submodule(target.path).weight
    down, up = change.tensors.get("down"), change.tensors.get("up")
    if down is not None or up is not None:
        if down is None or up is None or up.shape[0] != weight.shape[0]:
            return False
        inner = down[0].numel() if "mid" not in change.tensors else 0
        return inner in (0, weight[0].numel())
    difference = change.tensors.get("diff")
    if difference is not None:
        return difference.numel() == weight.numel()
    import torch

    try:
        shape = change.weight_delta(torch.zeros(tuple(weight.shape)))
    except (RuntimeError, KeyError, ValueError):
        return False
    return shape is not None or "diff_b" in change.tensors


def _as_diffusers(tensors: dict[str, Any], pipe: Any) -> dict[str, Any]:
    """Transformers' LoRAs come in layouts with fused layers, which diffusers can take apart."""
    if pipe.components.get("unet") is not None or not hasattr(pipe, "lora_state_dict"):
        return tensors
    try:
        converted = pipe.lora_state_dict(dict(tensors))
    except (ValueError, KeyError, IndexError, AttributeError, RuntimeError):
        return tensors
    return converted[0] if isinstance(converted, tuple) else converted


def _set_alphas(changes: dict[Target, Change], metadata: dict[str, str]) -> None:
    """diffusers and peft keep the scale in the file's notes instead of beside the tensors."""
    try:
        notes: dict[str, Any] = json.loads(metadata.get("lora_adapter_metadata", "{}"))
    except ValueError:
        return
    for target, change in changes.items():
        if change.alpha is not None:
            continue
        patterns = notes.get(f"{target.part}.alpha_pattern") or {}
        alpha = patterns.get(target.path, notes.get(f"{target.part}.lora_alpha"))
        change.alpha = float(alpha) if alpha is not None else None
        change.root = bool(notes.get(f"{target.part}.use_rslora"))
