"""Signatures of checkpoint families: a file is known by the names and shapes of its tensors, never by its own name."""

from __future__ import annotations

from collections.abc import Mapping

from engine.models.safetensors_header import Tensor
from engine.protocol.errors import BadModel

UNET = "model.diffusion_model."
TEXT_1 = "conditioner.embedders.0.transformer.text_model."
TEXT_2 = "conditioner.embedders.1.model."
VAE = "first_stage_model."

_PARTS = {
    UNET: "the UNet",
    TEXT_1: "the first text encoder",
    TEXT_2: "the second text encoder",
    VAE + "encoder.": "the VAE's encoder",
    VAE + "decoder.": "the VAE's decoder",
}
_NEEDED = (
    UNET + "input_blocks.0.0.weight",
    UNET + "time_embed.0.weight",
    UNET + "label_emb.0.0.weight",
    UNET + "output_blocks.0.0.in_layers.0.weight",
    UNET + "out.2.weight",
    TEXT_1 + "embeddings.token_embedding.weight",
    TEXT_1 + "embeddings.position_embedding.weight",
    TEXT_1 + "encoder.layers.0.mlp.fc1.weight",
    TEXT_1 + "final_layer_norm.weight",
    TEXT_2 + "token_embedding.weight",
    TEXT_2 + "positional_embedding",
    TEXT_2 + "transformer.resblocks.0.mlp.c_fc.weight",
    TEXT_2 + "ln_final.weight",
    TEXT_2 + "text_projection",
    VAE + "encoder.conv_in.weight",
    VAE + "quant_conv.weight",
    VAE + "decoder.conv_in.weight",
    VAE + "decoder.conv_out.weight",
    VAE + "post_quant_conv.weight",
)


def refuse_unless_sdxl(name: str, tensors: Mapping[str, Tensor]) -> None:
    """Raise BadModel when the tensors are not a whole SDXL checkpoint in its original single-file layout."""
    family = _other_family(tensors)
    if family:
        raise BadModel(f"{name} is {family}; MascotForge makes pictures with SDXL checkpoints, choose one of those.")
    present = [prefix for prefix in _PARTS if any(key.startswith(prefix) for key in tensors)]
    if not present:
        raise BadModel(f"{name} holds tensors, but not those of a model that is known here; choose an SDXL checkpoint.")
    missing = [part for prefix, part in _PARTS.items() if prefix not in present]
    if missing:
        raise BadModel(f"{name} is an incomplete SDXL checkpoint: it lacks {listed(missing)}; choose a full one.")
    lacking = [key for key in _NEEDED if key not in tensors]
    if lacking:
        part = next((text for prefix, text in _PARTS.items() if lacking[0].startswith(prefix)), "the VAE")
        raise BadModel(
            f"{name} is an incomplete SDXL checkpoint: tensors of {part} are missing; download it again.",
            details="missing: " + ", ".join(lacking),
        )


def _other_family(tensors: Mapping[str, Tensor]) -> str:
    def has(*fragments: str) -> bool:
        return any(fragment in key for key in tensors for fragment in fragments)

    def starts(*prefixes: str) -> bool:
        return any(key.startswith(prefixes) for key in tensors)

    if has("lora_up.", "lora_down.", ".lora_A.", ".lora_B.", ".lora.up.", ".hada_w1", ".lokr_w", ".oft_"):
        return "a LoRA, which changes a checkpoint and is none itself"
    if starts("control_model.", "controlnet_") or has("controlnet_cond_embedding.", "input_hint_block."):
        return "a ControlNet, which steers a checkpoint and is none itself"
    if has("joint_blocks."):
        return "a Stable Diffusion 3 checkpoint"
    if has("double_blocks.") or starts("single_transformer_blocks."):
        return "a Flux checkpoint"
    if starts("conditioner.embedders.0.model."):
        return "an SDXL refiner, which finishes pictures and can't begin them"
    if starts("cond_stage_model.transformer."):
        return "a Stable Diffusion 1.x checkpoint"
    if starts("cond_stage_model.model."):
        return "a Stable Diffusion 2.x checkpoint"
    if starts("encoder.", "decoder.") and "decoder.conv_in.weight" in tensors:
        return "a VAE alone"
    if starts("down_blocks.") and "conv_in.weight" in tensors:
        return "one part (the UNet) of a diffusers folder; install the whole folder, the one with model_index.json"
    if starts("text_model.") or has("shared.weight"):
        return "a text encoder alone"
    if tensors and set(tensors) <= {"clip_l", "clip_g", "emb_params"}:
        return "a textual-inversion embedding"
    if VAE + "decoder.conv_in.weight" in tensors and not starts(UNET, "conditioner."):
        return "a VAE alone"
    first = tensors.get(UNET + "input_blocks.0.0.weight")
    if first and first.shape[1] in (8, 9):
        return "an inpainting or editing checkpoint, which needs a picture to start from"
    if first and UNET + "label_emb.0.0.weight" not in tensors:
        return "a Stable Diffusion 1.x or 2.x checkpoint"
    return ""


def listed(parts: list[str]) -> str:
    """The parts as in a sentence: "a, b and c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
