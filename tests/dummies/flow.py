"""The transformer families made tiny: Stable Diffusion 3, Flux, Qwen-Image and Z-Image, as diffusers folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.dummies import parts, tokenizers

_WIDTH = 32


def stable_diffusion_3(folder: Path, *, t5: bool = True, clip_vocabulary: bool = False) -> Path:
    import torch
    from diffusers import SD3Transformer2DModel

    torch.manual_seed(3)
    clip_words = tokenizers.clip(folder / "tokenizer", whole=clip_vocabulary)
    tokenizers.clip(folder / "tokenizer_2", whole=clip_vocabulary, pad="!")
    named = {"tokenizer": "CLIPTokenizer", "tokenizer_2": "CLIPTokenizer"}
    made: dict[str, Any] = {
        "transformer": SD3Transformer2DModel(
            sample_size=parts.SIDE // 8, patch_size=2, in_channels=16, num_layers=2, attention_head_dim=64,
            num_attention_heads=1, joint_attention_dim=128, caption_projection_dim=64, pooled_projection_dim=96,
            out_channels=16, pos_embed_max_size=16, dual_attention_layers=(0,), qk_norm="rms_norm",
        ),
        "vae": parts.vae(latents=16, scaling=1.5305, shift=0.0609),
        "text_encoder": parts.clip_encoder(clip_words, 32, projected=True),
        "text_encoder_2": parts.clip_encoder(clip_words, 64, projected=True, act="gelu"),
    }  # fmt: skip
    # Single files leave the first encoder's projection out: it is taken for the identity.
    torch.nn.init.eye_(made["text_encoder"].text_projection.weight)
    if t5:
        made["text_encoder_3"] = parts.t5_encoder(tokenizers.t5(folder / "tokenizer_3"), 128)
        named["tokenizer_3"] = "T5TokenizerFast"
    parts.save(folder, "StableDiffusion3Pipeline", made, named, _flow_scheduler())
    if not t5:
        _mark_absent(folder, "text_encoder_3", "tokenizer_3")
    return folder


def flux(folder: Path, *, guided: bool = True) -> Path:
    """`guided`: Flux dev, which is told its guidance; else Flux schnell."""
    import torch
    from diffusers import FluxTransformer2DModel

    torch.manual_seed(4)
    made = {
        "transformer": FluxTransformer2DModel(
            patch_size=1, in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16,
            num_attention_heads=2, joint_attention_dim=_WIDTH, pooled_projection_dim=_WIDTH, guidance_embeds=guided,
            axes_dims_rope=(4, 4, 8),
        ),
        "vae": parts.vae(scaling=0.3611, shift=0.1159),
        "text_encoder": parts.clip_encoder(tokenizers.clip(folder / "tokenizer"), _WIDTH, projected=False),
        "text_encoder_2": parts.t5_encoder(tokenizers.t5(folder / "tokenizer_2"), _WIDTH),
    }  # fmt: skip
    named = {"tokenizer": "CLIPTokenizer", "tokenizer_2": "T5TokenizerFast"}
    return parts.save(folder, "FluxPipeline", made, named, _flow_scheduler(dynamic=guided))


def qwen_image(folder: Path) -> Path:
    import torch
    from diffusers import AutoencoderKLQwenImage, QwenImageTransformer2DModel
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    torch.manual_seed(5)
    words = tokenizers.qwen(folder / "tokenizer")
    config = Qwen2_5_VLConfig(
        text_config={
            "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
            "num_key_value_heads": 2, "vocab_size": words, "rope_theta": 1_000_000.0,
            "rope_scaling": {"mrope_section": [1, 1, 2], "rope_type": "default", "type": "default"},
        },
        vision_config={
            "depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16,
        },
        image_token_id=words - 1, video_token_id=words - 1, vision_start_token_id=words - 2,
        vision_end_token_id=words - 1,
    )  # fmt: skip
    made = {
        "transformer": QwenImageTransformer2DModel(
            patch_size=2, in_channels=16, out_channels=4, num_layers=2, attention_head_dim=16, num_attention_heads=2,
            joint_attention_dim=16, axes_dims_rope=(8, 4, 4),
        ),
        "vae": AutoencoderKLQwenImage(
            base_dim=24, z_dim=4, dim_mult=[1, 2, 4, 4], num_res_blocks=1, temperal_downsample=[False, True, True],
            latents_mean=[0.0] * 4, latents_std=[1.0] * 4,
        ),
        "text_encoder": Qwen2_5_VLForConditionalGeneration(config),
    }  # fmt: skip
    return parts.save(folder, "QwenImagePipeline", made, {"tokenizer": "Qwen2Tokenizer"}, _flow_scheduler(dynamic=True))


def z_image(folder: Path) -> Path:
    import torch
    from diffusers import ZImageTransformer2DModel
    from transformers import Qwen3Config, Qwen3Model

    torch.manual_seed(6)
    words = tokenizers.qwen(folder / "tokenizer")
    made = {
        "transformer": ZImageTransformer2DModel(
            all_patch_size=(2,), all_f_patch_size=(1,), in_channels=16, dim=32, n_layers=2, n_refiner_layers=1,
            n_heads=2, n_kv_heads=2, qk_norm=True, cap_feat_dim=16, axes_dims=[8, 4, 4], axes_lens=[256, 32, 32],
        ),
        "vae": parts.vae(latents=16, scaling=0.3611, shift=0.1159),
        "text_encoder": Qwen3Model(
            Qwen3Config(
                hidden_size=16, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2,
                num_key_value_heads=2, vocab_size=words, max_position_embeddings=512, head_dim=8,
            )
        ),
    }  # fmt: skip
    return parts.save(folder, "ZImagePipeline", made, {"tokenizer": "Qwen2Tokenizer"}, _flow_scheduler())


def _flow_scheduler(*, dynamic: bool = False) -> Any:
    from diffusers import FlowMatchEulerDiscreteScheduler

    return FlowMatchEulerDiscreteScheduler(shift=3.0, use_dynamic_shifting=dynamic)


def _mark_absent(folder: Path, *names: str) -> None:
    import json

    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps(index | {name: [None, None] for name in names}))
