"""A whole SDXL made tiny, with random weights: as a diffusers folder, and as a single file in the original layout."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from engine.models.assets import asset_path

CLIP_WORDS = 49_408
SIDE = 64


def save_folder(folder: Path, *, alpha: bool, clip_vocabulary: bool = False, seed: int = 0) -> Path:
    """A `StableDiffusionXLPipeline` of a few million parameters, native size 64 px, fp16."""
    import torch
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    torch.manual_seed(seed)
    words = _write_tokenizers(folder, clip_vocabulary)
    channels = 4 if alpha else 3
    encoders = [
        kind(
            CLIPTextConfig(
                vocab_size=words, hidden_size=width, intermediate_size=2 * width, num_hidden_layers=2,
                num_attention_heads=1, projection_dim=width, bos_token_id=0, eos_token_id=2, pad_token_id=1,
                hidden_act=act,
            )
        )
        for kind, width, act in ((CLIPTextModel, 32, "quick_gelu"), (CLIPTextModelWithProjection, 64, "gelu"))
    ]  # fmt: skip
    unet = UNet2DConditionModel(
        sample_size=SIDE // 8, in_channels=4, out_channels=4, block_out_channels=(32, 32, 64), layers_per_block=2,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"), attention_head_dim=(1, 1, 1),
        transformer_layers_per_block=(1, 1, 2), cross_attention_dim=96, use_linear_projection=True,
        addition_embed_type="text_time", addition_time_embed_dim=8, projection_class_embeddings_input_dim=64 + 6 * 8,
    )  # fmt: skip
    vae = AutoencoderKL(
        in_channels=channels, out_channels=channels, latent_channels=4, block_out_channels=(32, 32, 32, 32),
        layers_per_block=2, down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
        sample_size=SIDE, scaling_factor=0.13025,
    )  # fmt: skip
    parts = {"text_encoder": encoders[0], "text_encoder_2": encoders[1], "unet": unet, "vae": vae}
    for name, part in parts.items():
        part.to(torch.float16).save_pretrained(folder / name)
    for place in ("model_index.json", "scheduler/scheduler_config.json"):
        (folder / place).parent.mkdir(exist_ok=True)
        shutil.copy(asset_path("sdxl", place), folder / place)
    return folder


def save_single_file(folder: Path, target: Path, **metadata: str) -> Path:
    """The weights of a diffusers folder under the names that SDXL checkpoints are published with."""
    from safetensors.torch import load_file, save_file

    stems = {"unet": "diffusion_pytorch_model", "vae": "diffusion_pytorch_model"}
    tensors = original_names(
        {
            part: load_file(folder / part / f"{stems.get(part, 'model')}.safetensors")
            for part in ("unet", "vae", "text_encoder", "text_encoder_2")
        }
    )
    save_file(
        {key: value.contiguous() for key, value in tensors.items()},
        target,
        metadata={"modelspec.resolution": f"{SIDE}x{SIDE}", **metadata},
    )
    return target


def original_names(parts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The tensors of a diffusers folder's parts under the names of SDXL's original layout."""
    tensors: dict[str, Any] = {}
    for key, value in parts["unet"].items():
        tensors["model.diffusion_model." + _unet_key(key)] = value
    for key, value in parts["vae"].items():
        name = _vae_key(key)
        attention = "attn_1" in name and name.endswith("weight") and value.ndim == 2
        tensors["first_stage_model." + name] = value[:, :, None, None] if attention else value
    for key, value in parts["text_encoder"].items():
        tensors["conditioner.embedders.0.transformer.text_model." + key.removeprefix("text_model.")] = value
    second = _open_clip(parts["text_encoder_2"])
    return tensors | {"conditioner.embedders.1.model." + key: value for key, value in second.items()}


def _write_tokenizers(folder: Path, clip_vocabulary: bool) -> int:
    letters = [chr(code) for code in range(33, 127)]
    if clip_vocabulary:
        from engine.models.clip_vocabulary import clip_tokenizer_files

        files = clip_tokenizer_files()
    else:
        words = [*letters, *(letter + "</w>" for letter in letters), "fo", "fox</w>"]
        words += ["<|startoftext|>", "<|endoftext|>"]
        files = {
            "vocab.json": json.dumps({word: number for number, word in enumerate(words)}).encode(),
            "merges.txt": b"#version: 0.2\nf o\nfo x</w>\n",
        }
    for part, pad in (("tokenizer", "<|endoftext|>"), ("tokenizer_2", "!")):
        (folder / part).mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / part / name).write_bytes(data)
        settings = {
            "tokenizer_class": "CLIPTokenizer", "model_max_length": 77, "bos_token": "<|startoftext|>",
            "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>", "pad_token": pad,
        }  # fmt: skip
        (folder / part / "tokenizer_config.json").write_text(json.dumps(settings))
    return len(json.loads(files["vocab.json"]))


_UNET_TOP = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}
_UNET_RESNET = {
    "norm1": "in_layers.0", "conv1": "in_layers.2", "norm2": "out_layers.0", "conv2": "out_layers.3",
    "time_emb_proj": "emb_layers.1", "conv_shortcut": "skip_connection",
}  # fmt: skip
_LAYERS = 2


def _unet_key(key: str) -> str:
    for ours, theirs in _UNET_TOP.items():
        if key.startswith(ours + "."):
            return key.replace(ours, theirs, 1)
    match = re.fullmatch(r"(down|up)_blocks\.(\d)\.(resnets|attentions|downsamplers|upsamplers)\.(\d)\.(.*)", key)
    if match:
        way, block, kind, layer, rest = match[1], int(match[2]), match[3], int(match[4]), match[5]
        per_block = _LAYERS + 1
        if way == "down":
            number = 1 + block * per_block + (_LAYERS if kind == "downsamplers" else layer)
            prefix = f"input_blocks.{number}"
        else:
            number = block * per_block + (_LAYERS if kind == "upsamplers" else layer)
            prefix = f"output_blocks.{number}"
        if kind == "downsamplers":
            return f"{prefix}.0.op.{rest.removeprefix('conv.')}"
        if kind == "upsamplers":
            return f"{prefix}.2.{rest}"
        return f"{prefix}.0.{_resnet(rest, _UNET_RESNET)}" if kind == "resnets" else f"{prefix}.1.{rest}"
    match = re.fullmatch(r"mid_block\.(resnets|attentions)\.(\d)\.(.*)", key)
    assert match, key
    if match[1] == "attentions":
        return f"middle_block.1.{match[3]}"
    return f"middle_block.{2 * int(match[2])}.{_resnet(match[3], _UNET_RESNET)}"


def _resnet(rest: str, names: dict[str, str]) -> str:
    head, _, tail = rest.partition(".")
    return f"{names.get(head, head)}.{tail}"


_VAE_ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}


def _vae_key(key: str) -> str:
    key = key.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")
    key = re.sub(r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}", key)
    if "mid_block.attentions.0." in key:
        head, tail = key.split("mid_block.attentions.0.")
        for ours, theirs in _VAE_ATTENTION.items():
            if tail.startswith(ours + "."):
                tail = tail.replace(ours, theirs, 1)
                break
        return f"{head}mid.attn_1.{tail}"
    key = re.sub(r"down_blocks\.(\d)\.resnets\.(\d)", r"down.\1.block.\2", key)
    key = re.sub(r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample", key)
    key = re.sub(r"up_blocks\.(\d)\.resnets\.(\d)", lambda m: f"up.{3 - int(m[1])}.block.{m[2]}", key)
    return re.sub(r"up_blocks\.(\d)\.upsamplers\.0", lambda m: f"up.{3 - int(m[1])}.upsample", key)


def _open_clip(tensors: dict[str, Any]) -> dict[str, Any]:
    import torch

    out: dict[str, Any] = {
        "text_projection": tensors["text_projection.weight"].T,
        "token_embedding.weight": tensors["text_model.embeddings.token_embedding.weight"],
        "positional_embedding": tensors["text_model.embeddings.position_embedding.weight"],
        "ln_final.weight": tensors["text_model.final_layer_norm.weight"],
        "ln_final.bias": tensors["text_model.final_layer_norm.bias"],
    }
    names = {"layer_norm1": "ln_1", "layer_norm2": "ln_2", "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj"}
    layers = {match[1] for key in tensors if (match := re.match(r"text_model\.encoder\.layers\.(\d+)\.", key))}
    for layer in layers:
        ours, theirs = f"text_model.encoder.layers.{layer}.", f"transformer.resblocks.{layer}."
        for kind in ("weight", "bias"):
            parts = [tensors[f"{ours}self_attn.{name}_proj.{kind}"] for name in "qkv"]
            out[f"{theirs}attn.in_proj_{kind}"] = torch.cat(parts)
            out[f"{theirs}attn.out_proj.{kind}"] = tensors[f"{ours}self_attn.out_proj.{kind}"]
            for mine, other in names.items():
                out[f"{theirs}{other}.{kind}"] = tensors[f"{ours}{mine}.{kind}"]
    return out
