"""The diffusers configuration of single-file SD 1, 2 and 3 checkpoints, read off the shapes of their tensors.

SDXL's is in `sdxl_config`; the other families come as diffusers folders, which bring their own.
"""

from __future__ import annotations

import json
from math import isqrt
from pathlib import Path

import numpy as np

from engine.blobs.files import write_bytes
from engine.models.architectures import SD1, SD2, SD3, SDXL, Architecture
from engine.models.architectures_shapes import (
    CHANNELS_PER_HEAD,
    Config,
    Shapes,
    training_side,
    unet_config,
    vae_config,
    velocity,
)
from engine.models.architectures_signatures import SD1_TEXT, SD2_TEXT, SD3_TEXT_1, SD3_TEXT_2, UNET, VAE
from engine.models.clip_vocabulary import VOCABULARY_SIZE, clip_tokenizer_files
from engine.models.safetensors_header import Header
from engine.models.sdxl_config import derive_config as derive_sdxl
from engine.models.sdxl_config import write_config as write_sdxl
from engine.protocol.errors import BadModel

_TOKENIZER: Config = {
    "tokenizer_class": "CLIPTokenizer", "model_max_length": 77, "bos_token": "<|startoftext|>",
    "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>",
}  # fmt: skip
_CLIP: Config = {
    "model_type": "clip_text_model", "architectures": ["CLIPTextModel"], "bos_token_id": 0, "eos_token_id": 2,
    "pad_token_id": 1, "layer_norm_eps": 1e-05,
}  # fmt: skip
_DIFFUSION: Config = {
    "_class_name": "DPMSolverMultistepScheduler", "num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012,
    "beta_schedule": "scaled_linear", "prediction_type": "epsilon", "steps_offset": 1, "algorithm_type": "dpmsolver++",
    "solver_order": 2, "timestep_spacing": "leading",
}  # fmt: skip
_VELOCITY_DEVIATION = 0.09
_LAST_NORM = UNET + "output_blocks.11.1.transformer_blocks.0.norm1.bias"
_NUMPY = {"F32": np.dtype("<f4"), "F16": np.dtype("<f2"), "F64": np.dtype("<f8")}


def derive(kind: Architecture, path: Path, header: Header) -> dict[str, Config]:
    """Part name → configuration for a single file of `kind` that `signature` let pass. Raises BadModel."""
    if kind is SDXL:
        return derive_sdxl(path.name, header)
    shapes = Shapes(path.name, f"a {kind.title} checkpoint", header)
    config = _flow(shapes, header) if kind is SD3 else _diffusion(kind, path, shapes, header)
    words = {part["vocab_size"] for part in config.values() if "vocab_size" in part}
    if words != {VOCABULARY_SIZE}:
        raise BadModel(
            f"{path.name} was made for another vocabulary than CLIP's, and a single file can't bring its own; "
            "install it as a diffusers folder."
        )
    return config


def write(kind: Architecture, config: dict[str, Config], folder: Path) -> None:
    """Write the configuration and CLIP's tokenizer files as a diffusers folder without weights."""
    if kind is SDXL:
        write_sdxl(config, folder)
        return
    names = {"model_index": "model_index.json", "scheduler": "scheduler/scheduler_config.json"}
    for part, values in config.items():
        usual = "tokenizer_config.json" if part.startswith("tokenizer") else "config.json"
        write_bytes(folder / names.get(part, f"{part}/{usual}"), json.dumps(values, indent=2).encode())
        if part.startswith("tokenizer"):
            for file, data in clip_tokenizer_files().items():
                write_bytes(folder / part / file, data)


def _diffusion(kind: Architecture, path: Path, shapes: Shapes, header: Header) -> dict[str, Config]:
    vae, unet = vae_config(shapes), unet_config(shapes, pooled=None)
    v = velocity(header)
    if kind is SD2 and not v and unet["in_channels"] == vae["latent_channels"] and _learned_velocity(path, header):
        v = {"prediction_type": "v_prediction"}
    small = kind is SD1 or not v
    side = training_side(header, 512 if small else kind.native_size)
    unit = 2 ** (len(vae["block_out_channels"]) - 1)
    return {
        "model_index": {
            "_class_name": kind.pipeline, "scheduler": ["diffusers", _DIFFUSION["_class_name"]],
            "text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": ["transformers", "CLIPTokenizer"],
            "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"],
            "safety_checker": [None, None], "feature_extractor": [None, None], "image_encoder": [None, None],
            "requires_safety_checker": False,
        },
        "scheduler": {**_DIFFUSION, **v},
        "text_encoder": _clip(shapes, SD1_TEXT, "quick_gelu") if kind is SD1 else _open_clip(shapes),
        "tokenizer": {**_TOKENIZER, "pad_token": "<|endoftext|>" if kind is SD1 else "!"},
        "unet": {"_class_name": "UNet2DConditionModel", "sample_size": side // unit, **unet},
        "vae": {"_class_name": "AutoencoderKL", "sample_size": side, "scaling_factor": 0.18215, **vae},
    }  # fmt: skip


def _flow(shapes: Shapes, header: Header) -> dict[str, Config]:
    vae, side = vae_config(shapes), training_side(header, SD3.native_size)
    unit = 2 ** (len(vae["block_out_channels"]) - 1)
    encoders = {
        "text_encoder": _clip(shapes, SD3_TEXT_1, "quick_gelu") | {"architectures": ["CLIPTextModelWithProjection"]},
        "text_encoder_2": _clip(shapes, SD3_TEXT_2, "gelu") | {"architectures": ["CLIPTextModelWithProjection"]},
    }
    whole = VAE + "quant_conv.weight" in shapes.tensors
    return {
        "model_index": {
            "_class_name": SD3.pipeline, "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
            "text_encoder": ["transformers", "CLIPTextModelWithProjection"],
            "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"], "text_encoder_3": [None, None],
            "tokenizer": ["transformers", "CLIPTokenizer"], "tokenizer_2": ["transformers", "CLIPTokenizer"],
            "tokenizer_3": [None, None], "transformer": ["diffusers", "SD3Transformer2DModel"],
            "vae": ["diffusers", "AutoencoderKL"], "image_encoder": [None, None], "feature_extractor": [None, None],
        },
        "scheduler": {
            "_class_name": "FlowMatchEulerDiscreteScheduler", "num_train_timesteps": 1000, "shift": 3.0,
        },
        **encoders,
        "tokenizer": {**_TOKENIZER, "pad_token": "<|endoftext|>"},
        "tokenizer_2": {**_TOKENIZER, "pad_token": "!"},
        "transformer": {"_class_name": "SD3Transformer2DModel", "sample_size": side // unit, **_sd3(shapes)},
        "vae": {
            "_class_name": "AutoencoderKL", "sample_size": side, "scaling_factor": 1.5305, "shift_factor": 0.0609,
            "use_quant_conv": whole, "use_post_quant_conv": whole, "force_upcast": True, **vae,
        },
    }  # fmt: skip


def _sd3(shapes: Shapes) -> Config:
    width, channels, patch, _ = shapes(UNET + "x_embedder.proj.weight")
    blocks = shapes.count(UNET + "joint_blocks.")
    attention = UNET + "joint_blocks.{}.x_block.attn2.qkv.weight"
    return {
        "patch_size": patch,
        "in_channels": channels,
        "out_channels": shapes(UNET + "final_layer.linear.weight")[0] // patch**2,
        "num_layers": blocks,
        "attention_head_dim": CHANNELS_PER_HEAD,
        "num_attention_heads": width // CHANNELS_PER_HEAD,
        "joint_attention_dim": shapes(UNET + "context_embedder.weight")[1],
        "caption_projection_dim": width,
        "pooled_projection_dim": shapes(UNET + "y_embedder.mlp.0.weight")[1],
        "pos_embed_max_size": isqrt(shapes(UNET + "pos_embed")[1]),
        "dual_attention_layers": [n for n in range(blocks) if attention.format(n) in shapes.tensors],
        "qk_norm": "rms_norm" if UNET + "joint_blocks.0.x_block.attn.ln_q.weight" in shapes.tensors else None,
    }


def _clip(shapes: Shapes, prefix: str, activation: str) -> Config:
    words, width = shapes(prefix + "embeddings.token_embedding.weight")
    return {
        **_CLIP, "vocab_size": words, "hidden_size": width, "projection_dim": width, "hidden_act": activation,
        "max_position_embeddings": shapes(prefix + "embeddings.position_embedding.weight")[0],
        "intermediate_size": shapes(prefix + "encoder.layers.0.mlp.fc1.weight")[0],
        "num_hidden_layers": shapes.count(prefix + "encoder.layers."),
        "num_attention_heads": max(1, width // CHANNELS_PER_HEAD),
    }  # fmt: skip


def _open_clip(shapes: Shapes) -> Config:
    """Stable Diffusion 2 reads the last but one layer, so the last is left out."""
    words, width = shapes(SD2_TEXT + "token_embedding.weight")
    return {
        **_CLIP, "vocab_size": words, "hidden_size": width, "projection_dim": width // 2, "hidden_act": "gelu",
        "max_position_embeddings": shapes(SD2_TEXT + "positional_embedding")[0],
        "intermediate_size": shapes(SD2_TEXT + "transformer.resblocks.0.mlp.c_fc.weight")[0],
        "num_hidden_layers": max(1, shapes.count(SD2_TEXT + "transformer.resblocks.") - 1),
        "num_attention_heads": max(1, width // CHANNELS_PER_HEAD),
    }  # fmt: skip


def _learned_velocity(path: Path, header: Header) -> bool:
    """Stable Diffusion 2's two kinds have equal shapes; training on velocity widens this bias's spread above 0.09
    (the test that ComfyUI found)."""
    tensor = header.tensors.get(_LAST_NORM)
    if tensor is None:
        return False
    with path.open("rb") as file:
        data_begins = 8 + int.from_bytes(file.read(8), "little")
        file.seek(data_begins + tensor.begin)
        raw = file.read(tensor.end - tensor.begin)
    if tensor.dtype == "BF16":
        values = (np.frombuffer(raw, "<u2").astype(np.uint32) << 16).view(np.float32)
    elif tensor.dtype in _NUMPY:
        values = np.frombuffer(raw, _NUMPY[tensor.dtype]).astype(np.float32)
    else:
        return False
    return float(values.std()) > _VELOCITY_DEVIATION
