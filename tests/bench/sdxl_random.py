"""An SDXL of the true size with random weights, as a diffusers folder: speed does not depend on what they say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from engine.models.assets import asset_path
from engine.models.clip_vocabulary import clip_tokenizer_files


def save(folder: Path, device: str, *, seed: int = 0, **unet: Any) -> Path:
    """Write some 7 GB of fp16 weights to `folder`, made on `device`; `unet` changes the UNet's configuration."""
    import torch
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    def config(part: str) -> dict[str, Any]:
        return json.loads(asset_path("sdxl", part, "config.json").read_text())

    torch.manual_seed(seed)
    makers: dict[str, Any] = {
        "unet": lambda: UNet2DConditionModel.from_config(config("unet") | unet),
        "vae": lambda: AutoencoderKL.from_config(config("vae")),
        "text_encoder": lambda: CLIPTextModel(CLIPTextConfig(**config("text_encoder"))),
        "text_encoder_2": lambda: CLIPTextModelWithProjection(CLIPTextConfig(**config("text_encoder_2"))),
    }
    for part, make in makers.items():
        with torch.device(device):
            network: Any = make()
        network.to(torch.float16).save_pretrained(folder / part)
        del network
    for place in ("model_index.json", "scheduler/scheduler_config.json", "tokenizer/tokenizer_config.json",
                  "tokenizer_2/tokenizer_config.json"):  # fmt: skip
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(asset_path("sdxl", place), folder / place)
    for part in ("tokenizer", "tokenizer_2"):
        for name, data in clip_tokenizer_files().items():
            (folder / part / name).write_bytes(data)
    return folder


def save_lora(folder: Path, target: Path, *, rank: int, seed: int) -> Path:
    """A LoRA with small random weights on every q, k, v and out projection of that folder's UNet."""
    import torch
    from safetensors.torch import save_file

    from engine.models.safetensors_header import read_header

    generator = torch.Generator().manual_seed(seed)
    tensors: dict[str, Any] = {}
    files = sorted((folder / "unet").glob("*.safetensors"))
    for key, tensor in ((key, tensor) for file in files for key, tensor in read_header(file).tensors.items()):
        name = key.removesuffix(".weight")
        if key.endswith(".weight") and name.endswith((".to_q", ".to_k", ".to_v", ".to_out.0")):
            rows, columns = tensor.shape[:2]
            tensors[f"unet.{name}.lora_A.weight"] = 0.01 * torch.randn(rank, columns, generator=generator)
            tensors[f"unet.{name}.lora_B.weight"] = 0.01 * torch.randn(rows, rank, generator=generator)
    save_file({key: value.half() for key, value in tensors.items()}, target)
    return target
