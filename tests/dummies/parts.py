"""Tiny networks with random weights that several families share, and how a folder of them is put together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SIDE = 64
"""The dummies' native size in pixels."""


def clip_encoder(words: int, width: int, *, projected: bool, act: str = "quick_gelu", layers: int = 2) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        vocab_size=words, hidden_size=width, intermediate_size=2 * width, num_hidden_layers=layers,
        num_attention_heads=1, projection_dim=width, bos_token_id=0, eos_token_id=2, pad_token_id=1, hidden_act=act,
    )  # fmt: skip
    return (CLIPTextModelWithProjection if projected else CLIPTextModel)(config)


def t5_encoder(words: int, width: int) -> Any:
    from transformers import T5Config, T5EncoderModel

    return T5EncoderModel(
        T5Config(
            vocab_size=words, d_model=width, d_ff=2 * width, d_kv=16, num_layers=2, num_heads=2,
            feed_forward_proj="gated-gelu", tie_word_embeddings=False,
        )
    )  # fmt: skip


def vae(*, channels: int = 3, latents: int = 4, scaling: float = 0.18215, shift: float | None = None) -> Any:
    from diffusers import AutoencoderKL

    quantised = shift is None
    return AutoencoderKL(
        in_channels=channels, out_channels=channels, latent_channels=latents, block_out_channels=(32, 32, 32, 32),
        layers_per_block=2, down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
        sample_size=SIDE, scaling_factor=scaling, shift_factor=shift, use_quant_conv=quantised,
        use_post_quant_conv=quantised,
    )  # fmt: skip


def save(folder: Path, pipeline: str, parts: dict[str, Any], tokenizers: dict[str, str], scheduler: Any) -> Path:
    """Write a diffusers folder: fp16 weights, the index, the scheduler. Tokenizers are in place already."""
    import torch

    index: dict[str, Any] = {"_class_name": pipeline, "_diffusers_version": "0.42.1", "_native_size": SIDE}
    for name, part in parts.items():
        part.to(torch.float16).save_pretrained(folder / name)
        library = "transformers" if type(part).__module__.startswith("transformers") else "diffusers"
        index[name] = [library, type(part).__name__]
    index |= {name: ["transformers", kind] for name, kind in tokenizers.items()}
    scheduler.save_pretrained(folder / "scheduler")
    index["scheduler"] = ["diffusers", type(scheduler).__name__]
    (folder / "model_index.json").write_text(json.dumps(index, indent=2))
    return folder
