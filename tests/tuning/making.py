"""A small real LoRA file, as the trainer writes them."""

from __future__ import annotations


def lora_bytes(trigger: str, width: int = 224) -> bytes:
    """One adapted layer of a UNet whose text is `width` wide."""
    import torch
    from safetensors.torch import save

    name = "unet.up_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k"
    tensors = {
        f"{name}.lora_A.weight": torch.zeros(4, width, dtype=torch.float16),
        f"{name}.lora_B.weight": torch.zeros(128, 4, dtype=torch.float16),
    }
    metadata = {"modelspec.trigger_phrase": trigger, "modelspec.architecture": "stable-diffusion-xl-v1-base/lora"}
    return save(tensors, metadata)
