"""ControlNets in memory: loaded from the forms they are published in, and kept while their checkpoint is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from engine.models.memory import is_out_of_memory
from engine.picture.pipeline import LoadedPipeline
from engine.protocol.errors import BadModel

if TYPE_CHECKING:
    from engine.models.addon import InstalledControlNet

_KEPT = 2
"""ControlNets per checkpoint: each is a third of the UNet's size."""
_SIZES = {"label_emb.0.0": "add_embedding.linear_1", "label_emb.0.2": "add_embedding.linear_2"}
_PREFIXES = ("control_model.", "controlnet.")
_kept: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()


def loaded_controlnet(net: InstalledControlNet, loaded: LoadedPipeline) -> Any:
    """The ControlNet on the pipeline's device, in its precision. It goes from memory when the pipeline goes.

    Raises BadModel when its tensors don't fit the checkpoint; out-of-memory errors come through as they are.
    """
    kept = _kept.setdefault(loaded.pipe, {})
    if net.hash in kept:
        kept[net.hash] = kept.pop(net.hash)
        return kept[net.hash]
    while len(kept) >= _KEPT:
        kept.pop(next(iter(kept)))
    try:
        module = _read(net.path, loaded.pipe.unet) if net.path.is_file() else _read_folder(net.path, loaded.pipe.unet)
    except (OSError, ValueError, RuntimeError, LookupError, TypeError, AttributeError) as error:
        if is_out_of_memory(error):
            raise
        raise BadModel(
            f"The ControlNet “{net.name}” can't be used with “{loaded.model.name}”: its tensors don't fit; choose one "
            "made for this checkpoint's architecture.",
            details=f"{type(error).__name__}: {error}",
        ) from error
    module.eval().requires_grad_(False)
    kept[net.hash] = _placed(module.to(dtype=loaded.pipe.unet.dtype), loaded)
    return kept[net.hash]


def _placed(module: Any, loaded: LoadedPipeline) -> Any:
    policy = loaded.policy
    if policy.offload in ("group", "sequential"):
        import torch
        from accelerate import cpu_offload

        cpu_offload(module, torch.device(policy.device))
        return module
    return module.to(policy.device)


def _read_folder(folder: Path, unet: Any) -> Any:
    from diffusers.models.controlnets.controlnet import ControlNetModel
    from safetensors import safe_open

    weights = next(iter(sorted(folder.glob("*.safetensors"))))
    with safe_open(weights, framework="pt") as tensors:
        union = "task_embedding" in tensors.keys()  # noqa: SIM118 - no mapping, though it has keys
    if union or not (folder / "config.json").is_file():
        return _read(weights, unet)
    plain = (folder / "diffusion_pytorch_model.safetensors").is_file()
    return ControlNetModel.from_pretrained(
        str(folder), local_files_only=True, use_safetensors=True, variant=None if plain else "fp16", dtype=unet.dtype
    )


def _read(file: Path, unet: Any) -> Any:
    """A single file with diffusers' names or with the original ones; its form is the UNet's encoder."""
    import torch
    from diffusers.loaders.single_file_utils import convert_controlnet_checkpoint
    from diffusers.models.controlnets.controlnet import ControlNetModel
    from safetensors.torch import load_file

    from engine.picture.guided.union import is_union, union_like

    tensors = {_bare(name): tensor for name, tensor in load_file(file).items()}
    original = "input_hint_block.0.weight" in tensors
    hint = tensors["input_hint_block.0.weight" if original else "controlnet_cond_embedding.conv_in.weight"]
    with torch.device("meta"):
        module = ControlNetModel.from_unet(
            unet,
            load_weights_from_unet=False,
            conditioning_channels=hint.shape[1],
            conditioning_embedding_out_channels=_hint_widths(tensors, original),
        )
    if is_union(tensors):
        with torch.device("meta"):
            module = union_like(dict(module.config), tensors)
    if original:
        # diffusers' own conversion forgets SDXL's embedding of sizes, which the families before it don't have.
        sizes = {
            ours + end: tensors[theirs + end]
            for theirs, ours in _SIZES.items()
            for end in (".weight", ".bias")
            if theirs + end in tensors
        }
        tensors = convert_controlnet_checkpoint(tensors, dict(module.config)) | sizes
    module.load_state_dict(tensors, strict=True, assign=True)
    return module


def _hint_widths(tensors: dict[str, Any], original: bool) -> tuple[int, ...]:
    """The widths of the layers that read the map: 16, 32, 96, 256 in every published one."""
    if original:
        layers = [f"input_hint_block.{number}.weight" for number in (0, 4, 8, 12)]
    else:
        layers = ["controlnet_cond_embedding.conv_in.weight"]
        layers += [f"controlnet_cond_embedding.blocks.{number}.weight" for number in (1, 3, 5)]
    return tuple(int(tensors[layer].shape[0]) for layer in layers)


def _bare(name: str) -> str:
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return name
