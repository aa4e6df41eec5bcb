"""The diffusers configuration of a single-file SDXL checkpoint, read off the shapes of its tensors.

SDXL itself comes out as the configuration in `assets/sdxl`; relatives of other sizes come out with their own numbers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.blobs.files import write_bytes
from engine.models.architectures_shapes import (
    CHANNELS_PER_HEAD,
    Shapes,
    training_side,
    unet_config,
    vae_config,
    velocity,
)
from engine.models.architectures_signatures import TEXT_1, TEXT_2
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


def derive_config(name: str, header: Header) -> dict[str, Config]:
    """Part name → configuration for a checkpoint that `signature` let pass.

    Raises BadModel for a pruned or rearranged SDXL that the pipeline can't hold.
    """
    config = {part: json.loads(asset_path("sdxl", file).read_text()) for part, file in _CONFIG_FILES.items()}
    shapes = Shapes(name, "an SDXL checkpoint", header)
    config["text_encoder"].update(_first_text_encoder(shapes))
    config["text_encoder_2"].update(_second_text_encoder(shapes))
    config["vae"].update(vae_config(shapes))
    config["unet"].update(unet_config(shapes, pooled=config["text_encoder_2"]["projection_dim"]))
    config["scheduler"].update(velocity(header))
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
    side = training_side(header, 1024)
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


def _first_text_encoder(shapes: Shapes) -> Config:
    words, width = shapes(TEXT_1 + "embeddings.token_embedding.weight")
    return {
        "vocab_size": words,
        "hidden_size": width,
        "projection_dim": width,
        "max_position_embeddings": shapes(TEXT_1 + "embeddings.position_embedding.weight")[0],
        "intermediate_size": shapes(TEXT_1 + "encoder.layers.0.mlp.fc1.weight")[0],
        "num_hidden_layers": shapes.count(TEXT_1 + "encoder.layers."),
        "num_attention_heads": max(1, width // CHANNELS_PER_HEAD),
    }


def _second_text_encoder(shapes: Shapes) -> Config:
    words, width = shapes(TEXT_2 + "token_embedding.weight")
    return {
        "vocab_size": words,
        "hidden_size": width,
        "projection_dim": shapes(TEXT_2 + "text_projection")[1],
        "max_position_embeddings": shapes(TEXT_2 + "positional_embedding")[0],
        "intermediate_size": shapes(TEXT_2 + "transformer.resblocks.0.mlp.c_fc.weight")[0],
        "num_hidden_layers": shapes.count(TEXT_2 + "transformer.resblocks."),
        "num_attention_heads": max(1, width // CHANNELS_PER_HEAD),
    }
