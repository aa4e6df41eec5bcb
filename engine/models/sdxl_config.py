"""The diffusers configuration of a single-file SDXL checkpoint, read off the shapes of its tensors.

SDXL itself comes out as the configuration in `assets/sdxl`; relatives of other sizes come out with their own numbers.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from engine.blobs.files import write_bytes
from engine.models.architectures import TEXT_1, TEXT_2, UNET, VAE
from engine.models.assets import asset_path
from engine.models.clip_vocabulary import VOCABULARY_SIZE, clip_tokenizer_files
from engine.models.safetensors_header import Header
from engine.protocol.errors import BadModel

Config = dict[str, Any]
_CONFIG_FILES = {
    "model_index": "model_index.json",
    "scheduler": "scheduler/scheduler_config.json",
    "text_encoder": "text_encoder/config.json",
    "text_encoder_2": "text_encoder_2/config.json",
    "tokenizer": "tokenizer/tokenizer_config.json",
    "tokenizer_2": "tokenizer_2/tokenizer_config.json",
    "unet": "unet/config.json",
    "vae": "vae/config.json",
}
_CHANNELS_PER_HEAD = 64


def derive_config(name: str, header: Header) -> dict[str, Config]:
    """Part name → configuration for a checkpoint that `refuse_unless_sdxl` let pass.

    Raises BadModel for a pruned or rearranged SDXL that the pipeline can't hold.
    """
    config = {part: json.loads(asset_path("sdxl", file).read_text()) for part, file in _CONFIG_FILES.items()}
    shapes = _Shapes(name, header)
    config["text_encoder"].update(_first_text_encoder(shapes))
    config["text_encoder_2"].update(_second_text_encoder(shapes))
    config["vae"].update(_vae(shapes))
    config["unet"].update(_unet(shapes, pooled=config["text_encoder_2"]["projection_dim"]))
    config["scheduler"].update(_scheduler(header))
    widths = [config[part]["hidden_size"] for part in ("text_encoder", "text_encoder_2")]
    if widths[0] == widths[1]:
        raise BadModel(
            f"{name} has two text encoders of one width ({widths[0]}), so they can't be told apart in a single file; "
            "install it as a diffusers folder."
        )
    if {config[part]["vocab_size"] for part in ("text_encoder", "text_encoder_2")} != {VOCABULARY_SIZE}:
        raise BadModel(
            f"{name} was made for another vocabulary than CLIP's, and a single file can't bring its own; "
            "install it as a diffusers folder."
        )
    side = _resolution(header)
    unit = 2 ** (len(config["vae"]["block_out_channels"]) - 1)
    config["unet"]["sample_size"] = side // unit
    config["vae"]["sample_size"] = side
    return config


def write_config(config: dict[str, Config], folder: Path) -> None:
    """Write the configuration and CLIP's tokenizer files as a diffusers folder without weights."""
    for part, file in _CONFIG_FILES.items():
        write_bytes(folder / file, json.dumps(config[part], indent=2).encode())
    for part in ("tokenizer", "tokenizer_2"):
        for file, data in clip_tokenizer_files().items():
            write_bytes(folder / part / file, data)


class _Shapes:
    """Shapes by tensor name; a missing one is a refusal."""

    def __init__(self, name: str, header: Header) -> None:
        self.name = name
        self.tensors = header.tensors

    def __call__(self, key: str) -> tuple[int, ...]:
        if key not in self.tensors:
            raise self.pruned(f"missing: {key}")
        return self.tensors[key].shape

    def pruned(self, details: str) -> BadModel:
        return BadModel(
            f"{self.name} is an SDXL checkpoint that was pruned or rearranged, which the pipeline can't hold; "
            "choose a full checkpoint.",
            details=details,
        )

    def count(self, prefix: str) -> int:
        """How many numbers follow `prefix` in the names: 3 for prefix.0.…, prefix.1.…, prefix.2.…"""
        pattern = re.compile(re.escape(prefix) + r"(\d+)\.")
        return len({match[1] for key in self.tensors if (match := pattern.match(key))})


def _first_text_encoder(shapes: _Shapes) -> Config:
    words, width = shapes(TEXT_1 + "embeddings.token_embedding.weight")
    return {
        "vocab_size": words,
        "hidden_size": width,
        "projection_dim": width,
        "max_position_embeddings": shapes(TEXT_1 + "embeddings.position_embedding.weight")[0],
        "intermediate_size": shapes(TEXT_1 + "encoder.layers.0.mlp.fc1.weight")[0],
        "num_hidden_layers": shapes.count(TEXT_1 + "encoder.layers."),
        "num_attention_heads": max(1, width // _CHANNELS_PER_HEAD),
    }


def _second_text_encoder(shapes: _Shapes) -> Config:
    words, width = shapes(TEXT_2 + "token_embedding.weight")
    return {
        "vocab_size": words,
        "hidden_size": width,
        "projection_dim": shapes(TEXT_2 + "text_projection")[1],
        "max_position_embeddings": shapes(TEXT_2 + "positional_embedding")[0],
        "intermediate_size": shapes(TEXT_2 + "transformer.resblocks.0.mlp.c_fc.weight")[0],
        "num_hidden_layers": shapes.count(TEXT_2 + "transformer.resblocks."),
        "num_attention_heads": max(1, width // _CHANNELS_PER_HEAD),
    }


def _vae(shapes: _Shapes) -> Config:
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


def _unet(shapes: _Shapes, pooled: int) -> Config:
    inputs = shapes.count(UNET + "input_blocks.")
    channels: list[int] = []
    depths: list[int] = []
    layers = 0
    block_ends = [n for n in range(1, inputs) if f"{UNET}input_blocks.{n}.0.op.weight" in shapes.tensors]
    begin = 1
    for end in [*block_ends, inputs]:
        layers = max(layers, end - begin)
        channels.append(shapes(f"{UNET}input_blocks.{begin}.0.out_layers.3.weight")[0])
        depths.append(shapes.count(f"{UNET}input_blocks.{begin}.1.transformer_blocks."))
        begin = end + 1
    if shapes.count(UNET + "middle_block.1.transformer_blocks.") != depths[-1] or not depths[-1]:
        raise shapes.pruned("the middle block's transformer differs from the last block's")
    for place, depth in enumerate(reversed(depths)):
        for layer in range(layers + 1):
            output = f"{UNET}output_blocks.{place * (layers + 1) + layer}"
            shapes(output + ".0.out_layers.3.weight")
            if shapes.count(output + ".1.transformer_blocks.") != depth:
                raise shapes.pruned(f"{output} has another depth than its counterpart")
    added = shapes(UNET + "label_emb.0.0.weight")[1]
    middle = UNET + "middle_block.1."
    return {
        "in_channels": shapes(UNET + "input_blocks.0.0.weight")[1],
        "out_channels": shapes(UNET + "out.2.weight")[0],
        "block_out_channels": channels,
        "layers_per_block": layers,
        "down_block_types": ["CrossAttnDownBlock2D" if depth else "DownBlock2D" for depth in depths],
        "up_block_types": ["CrossAttnUpBlock2D" if depth else "UpBlock2D" for depth in reversed(depths)],
        "transformer_layers_per_block": [max(1, depth) for depth in depths],
        "attention_head_dim": [max(1, width // _CHANNELS_PER_HEAD) for width in channels],
        "cross_attention_dim": shapes(middle + "transformer_blocks.0.attn2.to_k.weight")[1],
        "use_linear_projection": len(shapes(middle + "proj_in.weight")) == 2,
        "projection_class_embeddings_input_dim": added,
        "addition_time_embed_dim": (added - pooled) // 6,
    }


def _scheduler(header: Header) -> Config:
    """Checkpoints trained on velocity say so by an empty tensor named v_pred, or in their metadata."""
    if "v_pred" not in header.tensors and not header.metadata.get("modelspec.prediction_type", "").startswith("v"):
        return {}
    return {
        "prediction_type": "v_prediction",
        "rescale_betas_zero_snr": "ztsnr" in header.tensors,
        "timestep_spacing": "trailing",
    }


def _resolution(header: Header) -> int:
    """The side of the training square: from the modelspec metadata, else SDXL's 1024."""
    match = re.fullmatch(r"(\d+)x(\d+)", header.metadata.get("modelspec.resolution", ""))
    side = round((int(match[1]) * int(match[2])) ** 0.5) if match else 1024
    return side if 32 <= side <= 4096 else 1024
