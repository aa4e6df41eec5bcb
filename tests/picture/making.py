"""What the tests of this folder make pictures and LoRAs with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.blobs.store import hash_file
from engine.models.addon import InstalledLora
from engine.models.installed import InstalledModel
from engine.models.kinds import ModelKind
from engine.picture.generate import GeneratedPicture, generate
from engine.picture.pipeline import SHELF, PipelineShelf
from engine.protocol.picture_options import LoraUse
from engine.protocol.recipes import PictureRecipe

if TYPE_CHECKING:
    from torch import Tensor

PROMPT = "a happy blue fox with a red scarf"
RANK = 4


def make(
    model: InstalledModel,
    *,
    loras: Sequence[InstalledLora] = (),
    on_step: Callable[..., None] = lambda *step: None,
    shelf: PipelineShelf = SHELF,
    **choices: Any,
) -> GeneratedPicture:
    """A picture in 3 steps; every LoRA counts 1 unless `uses` says otherwise."""
    uses = choices.pop("uses", tuple(LoraUse(name=lora.name) for lora in loras))
    recipe = PictureRecipe(
        prompt=choices.pop("prompt", PROMPT), steps=choices.pop("steps", 3), loras=uses, seed=choices.pop("seed", 1),
        **choices,
    )  # fmt: skip
    return generate(recipe, model, on_step=on_step, cancelled=lambda: False, loras=loras, shelf=shelf)


def lora_at(path: Path, **facts: Any) -> InstalledLora:
    return InstalledLora(
        name=facts.pop("name", path.stem), kind=ModelKind.LORA, path=path, layout="single-file", architecture="sdxl",
        hash=hash_file(path), size_bytes=path.stat().st_size, parameters=0, format="kohya", **facts,
    )  # fmt: skip


def save(path: Path, tensors: dict[str, Tensor], **metadata: str) -> InstalledLora:
    from safetensors.torch import save_file

    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path, metadata=metadata or None)
    return lora_at(path, metadata=metadata)


LAYERS = {
    "unet": ("down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q",
             "down_blocks.2.attentions.1.transformer_blocks.1.attn2.to_k",
             "mid_block.attentions.0.transformer_blocks.0.ff.net.0.proj",
             "up_blocks.0.attentions.2.transformer_blocks.0.attn1.to_out.0",
             "up_blocks.1.attentions.0.proj_in"),
    "text_encoder": ("encoder.layers.0.self_attn.q_proj", "encoder.layers.1.mlp.fc1"),
    "text_encoder_2": ("encoder.layers.0.self_attn.v_proj",),
}  # fmt: skip
ORIGINAL = {
    "down_blocks.1.attentions.0": "input_blocks.4.1",
    "down_blocks.2.attentions.1": "input_blocks.8.1",
    "mid_block.attentions.0": "middle_block.1",
    "up_blocks.0.attentions.2": "output_blocks.2.1",
    "up_blocks.1.attentions.0": "output_blocks.3.1",
}


def factors(pipe: Any, seed: int = 0, strength: float = 0.3) -> dict[tuple[str, str], tuple[Tensor, Tensor]]:
    """(part, layer) → (down, up) of a random LoRA that plainly shows."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    found: dict[tuple[str, str], tuple[Tensor, Tensor]] = {}
    for part, layers in LAYERS.items():
        for layer in layers:
            weight = layer_of(pipe, part, layer).weight
            down = torch.randn(RANK, weight.shape[1], generator=generator) * strength
            up = torch.randn(weight.shape[0], RANK, generator=generator) * strength
            found[part, layer] = down, up
    return found


def layer_of(pipe: Any, part: str, layer: str) -> Any:
    network = pipe.components[part]
    prefix = "text_model." if part != "unet" and hasattr(network, "text_model") else ""
    return network.get_submodule(prefix + layer)
