"""Which layer of a pipeline a LoRA's tensor means: the trainers write one layer's name in many ways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

DENOISERS = ("unet", "transformer")
_ENCODER_STARTS = {
    "text_encoder": ("lora_te1_", "lora_te_", "text_encoder_"),
    "text_encoder_2": ("lora_te2_", "text_encoder_2_"),
    "text_encoder_3": ("lora_te3_", "text_encoder_3_"),
}
_DENOISER_STARTS = {
    "unet": ("lora_unet_", "unet_", "", "base_model_model_", "lycoris_", "diffusion_model_"),
    "transformer": ("lora_transformer_", "transformer_", "", "base_model_model_", "lycoris_", "lora_unet_"),
}


@dataclass(frozen=True)
class Target:
    """One layer: the pipeline's part, and the layer's path in it."""

    part: str
    path: str

    @property
    def blocks(self) -> tuple[str, ...]:
        """The names under which `LoraUse.blocks` can weigh this layer, the narrowest first."""
        if self.part.startswith("text_encoder"):
            return ("text",)
        match = re.match(r"(down|up)_blocks\.(\d+)\.", self.path)
        if match:
            return f"{match[1]}.{match[2]}", match[1]
        return ("mid",) if self.path.startswith("mid_block.") else ()


def targets_of(pipe: Any) -> dict[str, Target]:
    """Every name that trainers have for the layers of a pipeline, dots written as underscores."""
    table: dict[str, Target] = {}
    for part, network in pipe.components.items():
        starts = _DENOISER_STARTS.get(part) or _ENCODER_STARTS.get(part)
        if network is None or starts is None:
            continue
        for path in _layers(network):
            for name in _names(part, path, network):
                for start in starts:
                    table.setdefault(start + name.replace(".", "_"), Target(part, path))
    return table


def find(stem: str, table: dict[str, Target]) -> Target | None:
    """The layer that a tensor's name without its suffix means."""
    name = stem.removeprefix("base_model.model.")
    name = re.sub(r"\.processor\.to_(q|k|v)_lora$", r".to_\1", name)
    name = re.sub(r"\.processor\.to_out_lora$", ".to_out.0", name)
    return table.get(name.replace(".", "_"))


def _layers(network: Any) -> Iterator[str]:
    for path, module in network.named_modules():
        weight = getattr(module, "weight", None)
        if weight is not None and getattr(weight, "ndim", 0) in (2, 4) and type(module).__name__ != "Embedding":
            yield path


def _names(part: str, path: str, network: Any) -> Iterator[str]:
    yield path
    if part == "unet":
        layers = network.config.layers_per_block
        original = _original_name(path, layers if isinstance(layers, int) else max(layers), network)
        if original:
            yield original
    elif part.startswith("text_encoder"):
        # Releases of transformers differ in whether this prefix is there; so do the files.
        yield path.removeprefix("text_model.") if path.startswith("text_model.") else f"text_model.{path}"


_TOP = {
    "conv_in": "input_blocks.0.0", "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0", "add_embedding.linear_2": "label_emb.0.2", "conv_out": "out.2",
}  # fmt: skip
_RESNET = {
    "conv1": "in_layers.2", "conv2": "out_layers.3", "time_emb_proj": "emb_layers.1",
    "conv_shortcut": "skip_connection",
}  # fmt: skip


def _original_name(path: str, layers: int, unet: Any) -> str | None:
    """A UNet layer's name in Stability's own layout, which kohya's trainers use for SDXL."""
    if path in _TOP:
        return _TOP[path]
    match = re.match(r"(down|up)_blocks\.(\d+)\.(resnets|attentions|downsamplers|upsamplers)\.(\d+)\.(.*)", path)
    if match:
        way, block, kind, layer, rest = match[1], int(match[2]), match[3], int(match[4]), match[5]
        last = kind in ("downsamplers", "upsamplers")
        number = block * (layers + 1) + (layers if last else layer) + (way == "down")
        start = f"{'input' if way == 'down' else 'output'}_blocks.{number}"
        if kind == "downsamplers":
            return f"{start}.0.op"
        if kind == "upsamplers":
            attends = hasattr(unet.up_blocks[block], "attentions")
            return f"{start}.{2 if attends else 1}.conv"
        return f"{start}.0.{_RESNET.get(rest, rest)}" if kind == "resnets" else f"{start}.1.{rest}"
    match = re.match(r"mid_block\.(resnets|attentions)\.(\d+)\.(.*)", path)
    if match and match[1] == "attentions":
        return f"middle_block.1.{match[3]}"
    return f"middle_block.{2 * int(match[2])}.{_RESNET.get(match[3], match[3])}" if match else None
