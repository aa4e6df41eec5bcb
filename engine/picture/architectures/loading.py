"""How pipelines come off the disk: a folder, a single file, or a transformer with a lender's other parts."""

from __future__ import annotations

from typing import Any

from engine.models.architectures import architecture
from engine.models.architectures_signatures import signature
from engine.models.installed import InstalledModel
from engine.models.safetensors_header import read_header
from engine.protocol.errors import BadModel


def load_whole(kind: Any, model: InstalledModel, shared: dict[str, Any], **absent: None) -> Any:
    """The pipeline class `kind` with all that `model` holds. `absent` names parts that it does without."""
    if model.layout == "single-file":
        return kind.from_single_file(str(model.path), config=str(model.config_folder), **absent, **shared)
    return kind.from_pretrained(str(model.path), variant=model.variant, use_safetensors=True, **absent, **shared)


def load_with_lender(kind: Any, transformer: Any, model: InstalledModel, shared: dict[str, Any]) -> Any:
    """The pipeline class `kind`, its `transformer` class read from the model's file, all else from the lender."""
    lender = model.lender_folder
    if lender is None:
        return load_whole(kind, model, shared)
    if not (lender / "model_index.json").is_file():
        raise BadModel(
            f"The model “{model.name}” borrows its text encoders and VAE from “{model.lender}”, which is not installed "
            "any more; restore that one (`models restore`), or install it again."
        )
    network = transformer.from_single_file(
        _tensors(model), config=str(lender), subfolder="transformer", **_own_choices(model), **shared
    )
    return kind.from_pretrained(str(lender), transformer=network, use_safetensors=True, **shared)


def _tensors(model: InstalledModel) -> dict[str, Any]:
    """The file's tensors without the prefix that some tools put before all names, and that not every family's reader
    takes off."""
    from safetensors.torch import load_file

    tensors: dict[str, Any] = load_file(model.path)
    prefix = signature(model.name, read_header(model.path).tensors).prefix
    return {key.removeprefix(prefix): tensor for key, tensor in tensors.items()}


def _own_choices(model: InstalledModel) -> dict[str, Any]:
    """What one family's transformers differ in: Flux dev is told its guidance, Flux schnell is not."""
    if architecture(model.architecture).id != "flux":
        return {}
    tensors = read_header(model.path).tensors
    return {"guidance_embeds": any("guidance_in." in key or "guidance_embedder" in key for key in tensors)}
