"""A single file's configuration read off the shapes of its tensors: what all families in the original layout share."""

from __future__ import annotations

import re
from typing import Any

from engine.models.architectures_signatures import UNET, VAE
from engine.models.safetensors_header import Header
from engine.protocol.errors import BadModel

Config = dict[str, Any]
CHANNELS_PER_HEAD = 64
SD1_HEADS = 8
"""Stable Diffusion 1's UNet has eight heads everywhere; its shapes don't say so."""


class Shapes:
    """Shapes by tensor name; a missing one is a refusal. `what` is the family as in "an SDXL checkpoint"."""

    def __init__(self, name: str, what: str, header: Header) -> None:
        self.name = name
        self.what = what
        self.tensors = header.tensors

    def __call__(self, key: str) -> tuple[int, ...]:
        if key not in self.tensors:
            raise self.pruned(f"missing: {key}")
        return self.tensors[key].shape

    def pruned(self, details: str) -> BadModel:
        return BadModel(
            f"{self.name} is {self.what} that was pruned or rearranged, which the pipeline can't hold; "
            "choose a full checkpoint.",
            details=details,
        )

    def count(self, prefix: str) -> int:
        """How many numbers follow `prefix` in the names: 3 for prefix.0.…, prefix.1.…, prefix.2.…"""
        pattern = re.compile(re.escape(prefix) + r"(\d+)\.")
        return len({match[1] for key in self.tensors if (match := pattern.match(key))})


def vae_config(shapes: Shapes) -> Config:
    """The numbers of an AutoencoderKL under `first_stage_model.`."""
    blocks = shapes.count(VAE + "encoder.down.")
    return {
        "block_out_channels": [shapes(f"{VAE}encoder.down.{n}.block.0.conv2.weight")[0] for n in range(blocks)],
        "down_block_types": ["DownEncoderBlock2D"] * blocks,
        "up_block_types": ["UpDecoderBlock2D"] * blocks,
        "layers_per_block": shapes.count(VAE + "encoder.down.0.block."),
        "latent_channels": shapes(VAE + "decoder.conv_in.weight")[1],
        "in_channels": shapes(VAE + "encoder.conv_in.weight")[1],
        "out_channels": shapes(VAE + "decoder.conv_out.weight")[0],
    }


def unet_config(shapes: Shapes, pooled: int | None) -> Config:
    """The numbers of a UNet2DConditionModel under `model.diffusion_model.`; `pooled` is the width of SDXL's pooled
    text, None for the families without it."""
    channels, depths, layers = _down_blocks(shapes)
    _refuse_uneven(shapes, depths, layers, sdxl=pooled is not None)
    middle = UNET + "middle_block.1."
    linear = len(shapes(middle + "proj_in.weight")) == 2
    config: Config = {
        "in_channels": shapes(UNET + "input_blocks.0.0.weight")[1],
        "out_channels": shapes(UNET + "out.2.weight")[0],
        "block_out_channels": channels,
        "layers_per_block": layers,
        "down_block_types": ["CrossAttnDownBlock2D" if depth else "DownBlock2D" for depth in depths],
        "up_block_types": ["CrossAttnUpBlock2D" if depth else "UpBlock2D" for depth in reversed(depths)],
        "transformer_layers_per_block": [max(1, depth) for depth in depths],
        "attention_head_dim": [max(1, width // CHANNELS_PER_HEAD) for width in channels] if linear else SD1_HEADS,
        "cross_attention_dim": shapes(middle + "transformer_blocks.0.attn2.to_k.weight")[1],
        "use_linear_projection": linear,
    }
    if pooled is not None:
        added = shapes(UNET + "label_emb.0.0.weight")[1]
        config |= {
            "projection_class_embeddings_input_dim": added,
            "addition_time_embed_dim": (added - pooled) // 6,
        }
    return config


def velocity(header: Header) -> Config:
    """Checkpoints trained on velocity say so by an empty tensor named v_pred, or in their metadata."""
    if "v_pred" not in header.tensors and not header.metadata.get("modelspec.prediction_type", "").startswith("v"):
        return {}
    return {
        "prediction_type": "v_prediction",
        "rescale_betas_zero_snr": "ztsnr" in header.tensors,
        "timestep_spacing": "trailing",
    }


def training_side(header: Header, usual: int) -> int:
    """The side of the training square: from the modelspec metadata, else `usual`."""
    match = re.fullmatch(r"(\d+)x(\d+)", header.metadata.get("modelspec.resolution", ""))
    side = round((int(match[1]) * int(match[2])) ** 0.5) if match else usual
    return side if 32 <= side <= 4096 else usual


def _down_blocks(shapes: Shapes) -> tuple[list[int], list[int], int]:
    """Channels and transformer depth of each down block, and the number of layers in all of them."""
    inputs = shapes.count(UNET + "input_blocks.")
    ends = [n for n in range(1, inputs) if f"{UNET}input_blocks.{n}.0.op.weight" in shapes.tensors]
    channels: list[int] = []
    depths: list[int] = []
    layers = 0
    begin = 1
    for end in [*ends, inputs]:
        layers = max(layers, end - begin)
        channels.append(shapes(f"{UNET}input_blocks.{begin}.0.out_layers.3.weight")[0])
        depths.append(shapes.count(f"{UNET}input_blocks.{begin}.1.transformer_blocks."))
        begin = end + 1
    return channels, depths, layers


def _refuse_uneven(shapes: Shapes, depths: list[int], layers: int, *, sdxl: bool) -> None:
    middle = shapes.count(UNET + "middle_block.1.transformer_blocks.")
    if middle != max(1, depths[-1]) or (sdxl and not depths[-1]):
        raise shapes.pruned("the middle block's transformer differs from the last block's")
    for place, depth in enumerate(reversed(depths)):
        for layer in range(layers + 1):
            output = f"{UNET}output_blocks.{place * (layers + 1) + layer}"
            shapes(output + ".0.out_layers.3.weight")
            if shapes.count(output + ".1.transformer_blocks.") != depth:
                raise shapes.pruned(f"{output} has another depth than its counterpart")
