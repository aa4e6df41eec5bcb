"""The transformer families under the names that their checkpoints are published with, as single files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.dummies import parts
from tests.dummies.diffusion import original_vae


def stable_diffusion_3_file(folder: Path, target: Path) -> Path:
    """A folder's SD3 as one file with both CLIPs, under the names that the checkpoints are published with."""
    from safetensors.torch import load_file, save_file

    net = "diffusion_pytorch_model.safetensors"
    tensors = {
        "model.diffusion_model." + key: value
        for key, value in original_sd3(load_file(folder / "transformer" / net)).items()
    }
    tensors |= original_vae(load_file(folder / "vae" / net))
    for part, name in (("text_encoder", "clip_l"), ("text_encoder_2", "clip_g")):
        for key, value in load_file(folder / part / "model.safetensors").items():
            tensors[f"text_encoders.{name}.transformer.{key}"] = value
    plain = {key: value.clone().contiguous() for key, value in tensors.items()}
    save_file(plain, target, metadata={"modelspec.resolution": f"{parts.SIDE}x{parts.SIDE}"})
    return target


_SD3_TOP = {
    "pos_embed.pos_embed": "pos_embed", "pos_embed.proj.": "x_embedder.proj.",
    "time_text_embed.timestep_embedder.linear_1.": "t_embedder.mlp.0.",
    "time_text_embed.timestep_embedder.linear_2.": "t_embedder.mlp.2.",
    "time_text_embed.text_embedder.linear_1.": "y_embedder.mlp.0.",
    "time_text_embed.text_embedder.linear_2.": "y_embedder.mlp.2.", "context_embedder.": "context_embedder.",
    "norm_out.linear.": "final_layer.adaLN_modulation.1.", "proj_out.": "final_layer.linear.",
}  # fmt: skip
_SD3_BLOCK = {
    "norm1.linear.": "x_block.adaLN_modulation.1.", "norm1_context.linear.": "context_block.adaLN_modulation.1.",
    "attn.to_out.0.": "x_block.attn.proj.", "attn.to_add_out.": "context_block.attn.proj.",
    "attn.norm_q.": "x_block.attn.ln_q.", "attn.norm_k.": "x_block.attn.ln_k.",
    "attn.norm_added_q.": "context_block.attn.ln_q.", "attn.norm_added_k.": "context_block.attn.ln_k.",
    "attn2.to_out.0.": "x_block.attn2.proj.", "attn2.norm_q.": "x_block.attn2.ln_q.",
    "attn2.norm_k.": "x_block.attn2.ln_k.", "ff.net.0.proj.": "x_block.mlp.fc1.", "ff.net.2.": "x_block.mlp.fc2.",
    "ff_context.net.0.proj.": "context_block.mlp.fc1.", "ff_context.net.2.": "context_block.mlp.fc2.",
}  # fmt: skip
_JOINED = {
    "x_block.attn.qkv": ("attn.to_q", "attn.to_k", "attn.to_v"),
    "x_block.attn2.qkv": ("attn2.to_q", "attn2.to_k", "attn2.to_v"),
    "context_block.attn.qkv": ("attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj"),
}  # fmt: skip


def original_sd3(tensors: dict[str, Any]) -> dict[str, Any]:
    """SD3's transformer under its original names."""
    import torch

    out: dict[str, Any] = {}
    blocks: dict[str, dict[str, Any]] = {}
    for key, value in tensors.items():
        if match := re.match(r"transformer_blocks\.(\d+)\.(.*)", key):
            blocks.setdefault(match[1], {})[match[2]] = value
            continue
        old = next(ours for ours in _SD3_TOP if key.startswith(ours))
        value = torch.cat(list(value.chunk(2))[::-1]) if old == "norm_out.linear." else value
        out[key.replace(old, _SD3_TOP[old], 1)] = value
    for number, block in blocks.items():
        prefix = f"joint_blocks.{number}."
        for joined, names in _JOINED.items():
            for kind in ("weight", "bias"):
                if f"{names[0]}.{kind}" in block:
                    out[f"{prefix}{joined}.{kind}"] = torch.cat([block.pop(f"{name}.{kind}") for name in names])
        for key, value in block.items():
            old = next(ours for ours in _SD3_BLOCK if key.startswith(ours))
            if old == "norm1_context.linear." and int(number) == len(blocks) - 1:
                value = torch.cat(list(value.chunk(2))[::-1])
            out[prefix + key.replace(old, _SD3_BLOCK[old], 1)] = value
    return out


def transformer_alone(folder: Path, target: Path) -> Path:
    """A folder's transformer in a file of its own: Qwen-Image is published under the names that diffusers uses."""
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "transformer/diffusion_pytorch_model.safetensors")
    save_file({"model.diffusion_model." + key: value for key, value in tensors.items()}, target)
    return target
