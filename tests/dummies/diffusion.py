"""Stable Diffusion 1.5 and 2 made tiny: as diffusers folders, and as single files in the original layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.dummies import parts, tokenizers
from tests.tiny_sdxl import _open_clip, _unet_key, _vae_key


def save_folder(folder: Path, *, second: bool = False, clip_vocabulary: bool = False, channels: int = 3,
                latents_in: int = 4, prediction: str = "epsilon") -> Path:  # fmt: skip
    """`second`: Stable Diffusion 2. `latents_in` 9 makes an inpainting checkpoint; `channels` 4 gives it alpha."""
    import torch
    from diffusers import DPMSolverMultistepScheduler, UNet2DConditionModel

    torch.manual_seed(2 if second else 1)
    pad = "!" if second else "<|endoftext|>"
    words = tokenizers.clip(folder / "tokenizer", whole=clip_vocabulary, pad=pad)
    width = 64
    unet = UNet2DConditionModel(
        sample_size=parts.SIDE // 8, in_channels=latents_in, out_channels=4, block_out_channels=(32, 32, 64),
        layers_per_block=2, down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"), cross_attention_dim=width,
        attention_head_dim=(1, 1, 1) if second else 8, use_linear_projection=second,
    )  # fmt: skip
    made = {
        "unet": unet,
        "vae": parts.vae(channels=channels),
        "text_encoder": parts.clip_encoder(words, width, projected=False, act="gelu" if second else "quick_gelu"),
    }
    scheduler = DPMSolverMultistepScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1, prediction_type=prediction,
        timestep_spacing="leading" if prediction == "epsilon" else "trailing",
    )  # fmt: skip
    return parts.save(folder, "StableDiffusionPipeline", made, {"tokenizer": "CLIPTokenizer"}, scheduler)


def save_single_file(folder: Path, target: Path, *, second: bool = False, **metadata: str) -> Path:
    """The weights of such a folder under the names that checkpoints are published with."""
    from safetensors.torch import load_file, save_file

    net = "diffusion_pytorch_model.safetensors"
    tensors: dict[str, Any] = {}
    for key, value in load_file(folder / "unet" / net).items():
        tensors["model.diffusion_model." + _unet_key(key)] = value
    tensors |= original_vae(load_file(folder / "vae" / net))
    text = load_file(folder / "text_encoder/model.safetensors")
    text = {"text_model." + key.removeprefix("text_model."): value for key, value in text.items()}
    if second:
        # The published encoders have a last layer more than is read.
        more = {key.replace("layers.1.", "layers.2."): value for key, value in text.items() if "layers.1." in key}
        opened = _open_clip(
            {**text, **more, "text_projection.weight": text["text_model.embeddings.token_embedding.weight"][:64]}
        )
        tensors |= {"cond_stage_model.model." + key: value for key, value in opened.items()}
    else:
        tensors |= {"cond_stage_model.transformer." + key: value for key, value in text.items()}
    plain = {key: value.clone().contiguous() for key, value in tensors.items()}
    save_file(plain, target, metadata={"modelspec.resolution": f"{parts.SIDE}x{parts.SIDE}", **metadata})
    return target


def original_vae(tensors: dict[str, Any]) -> dict[str, Any]:
    """A VAE's tensors under `first_stage_model.`; its attention as convolutions, as the originals have it."""
    out: dict[str, Any] = {}
    for key, value in tensors.items():
        name = _vae_key(key)
        attention = "attn_1" in name and name.endswith("weight") and value.ndim == 2
        out["first_stage_model." + name] = value[:, :, None, None] if attention else value
    return out
