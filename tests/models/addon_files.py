"""Small safetensors files with the tensor names that trainers write: headers are what identification reads."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from math import prod
from pathlib import Path

Shapes = Mapping[str, tuple[int, ...]]


def write_tensors(path: Path, shapes: Shapes, metadata: Mapping[str, str] | None = None, fill: int = 0) -> Path:
    """A whole safetensors file of half-precision tensors; `fill` makes its content its own."""
    header: dict[str, object] = {"__metadata__": dict(metadata)} if metadata else {}
    place = 0
    for name, shape in shapes.items():
        size = 2 * prod(shape)
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [place, place + size]}
        place += size
    text = json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes([fill]) * place)
    return path


def kohya(width: int = 2048, rank: int = 4, blocks: int = 2) -> dict[str, tuple[int, ...]]:
    """Cross-attention keys of a UNet, as kohya's trainer names them."""
    shapes: dict[str, tuple[int, ...]] = {}
    for block in range(blocks):
        for name in ("to_k", "to_v"):
            layer = f"lora_unet_input_blocks_4_1_transformer_blocks_{block}_attn2_{name}"
            shapes[f"{layer}.lora_down.weight"] = (rank, width)
            shapes[f"{layer}.lora_up.weight"] = (64, rank)
            shapes[f"{layer}.alpha"] = ()
    return shapes


def diffusers_lora(width: int = 224, rank: int = 2) -> dict[str, tuple[int, ...]]:
    layer = "unet.down_blocks.2.attentions.0.transformer_blocks.0.attn2.to_k"
    return {f"{layer}.lora_A.weight": (rank, width), f"{layer}.lora_B.weight": (128, rank)}


def controlnet(width: int = 2048, *, sdxl: bool = True) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "conv_in.weight": (8, 4, 3, 3),
        "controlnet_cond_embedding.conv_in.weight": (4, 3, 3, 3),
        "controlnet_down_blocks.0.weight": (8, 8, 1, 1),
        "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight": (8, width),
    }
    return shapes | ({"add_embedding.linear_1.weight": (8, 16)} if sdxl else {})


def ip_adapter(width: int = 2048, image: int = 1280) -> dict[str, tuple[int, ...]]:
    return {
        "image_proj.proj.weight": (4 * 8, image),
        "image_proj.norm.weight": (8,),
        "ip_adapter.1.to_k_ip.weight": (8, width),
        "ip_adapter.1.to_v_ip.weight": (8, width),
    }


def esrgan() -> dict[str, tuple[int, ...]]:
    return {
        "conv_first.weight": (8, 3, 3, 3),
        "body.0.rdb1.conv1.weight": (4, 8, 3, 3),
        "conv_up1.weight": (8, 8, 3, 3),
        "conv_up2.weight": (8, 8, 3, 3),
        "conv_last.weight": (3, 8, 3, 3),
    }
