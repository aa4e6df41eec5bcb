"""Signatures: a file is known by the names and shapes of its tensors, never by its own name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.models.architectures import (
    FLUX,
    QWEN_IMAGE,
    SD1,
    SD2,
    SD3,
    SDXL,
    Z_IMAGE,
    Architecture,
    listed,
    titles,
)
from engine.models.safetensors_header import Tensor
from engine.protocol.errors import BadModel

Tensors = Mapping[str, Tensor]

UNET = "model.diffusion_model."
TEXT_1 = "conditioner.embedders.0.transformer.text_model."
TEXT_2 = "conditioner.embedders.1.model."
VAE = "first_stage_model."
SD1_TEXT = "cond_stage_model.transformer.text_model."
SD2_TEXT = "cond_stage_model.model."
SD3_TEXT_1 = "text_encoders.clip_l.transformer.text_model."
SD3_TEXT_2 = "text_encoders.clip_g.transformer.text_model."
INPAINT_CHANNELS = 9

_UNET_PARTS = {
    UNET: ("the UNet", ("input_blocks.0.0.weight", "time_embed.0.weight", "output_blocks.0.0.in_layers.0.weight",
                        "out.2.weight")),
    VAE + "encoder.": ("the VAE's encoder", ("conv_in.weight",)),
    VAE + "decoder.": ("the VAE's decoder", ("conv_in.weight", "conv_out.weight")),
}  # fmt: skip
_CLIP_NEEDS = (
    "embeddings.token_embedding.weight", "embeddings.position_embedding.weight", "encoder.layers.0.mlp.fc1.weight",
    "final_layer_norm.weight",
)  # fmt: skip
_OPEN_CLIP_NEEDS = (
    "token_embedding.weight", "positional_embedding", "transformer.resblocks.0.mlp.c_fc.weight", "ln_final.weight",
)  # fmt: skip
_PARTS: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {
    SDXL.id: {
        **_UNET_PARTS,
        TEXT_1: ("the first text encoder", _CLIP_NEEDS),
        TEXT_2: ("the second text encoder", (*_OPEN_CLIP_NEEDS, "text_projection")),
    },
    SD1.id: {**_UNET_PARTS, SD1_TEXT: ("the text encoder", _CLIP_NEEDS)},
    SD2.id: {**_UNET_PARTS, SD2_TEXT: ("the text encoder", _OPEN_CLIP_NEEDS)},
    SD3.id: {
        UNET: ("the transformer", ("x_embedder.proj.weight", "pos_embed", "final_layer.linear.weight")),
        VAE + "encoder.": ("the VAE's encoder", ("conv_in.weight",)),
        VAE + "decoder.": ("the VAE's decoder", ("conv_in.weight", "conv_out.weight")),
        SD3_TEXT_1: ("the first text encoder", _CLIP_NEEDS),
        SD3_TEXT_2: ("the second text encoder", _CLIP_NEEDS),
    },
}
_WHOLE = {
    SDXL.id: (VAE + "quant_conv.weight", VAE + "post_quant_conv.weight", UNET + "label_emb.0.0.weight"),
    SD1.id: (VAE + "quant_conv.weight", VAE + "post_quant_conv.weight"),
    SD2.id: (VAE + "quant_conv.weight", VAE + "post_quant_conv.weight"),
    SD3.id: (),
}


@dataclass(frozen=True)
class Signature:
    """`prefix` stands before the denoiser's tensors; `alone`: the file is the denoiser without text encoders and VAE;
    `inpaints`: it takes a picture and a mask beside the noise and can do nothing else."""

    architecture: Architecture
    prefix: str
    alone: bool = False
    inpaints: bool = False


def signature(name: str, tensors: Tensors) -> Signature:
    """Which family a single file belongs to. Raises BadModel: what else it is, or what it lacks."""
    refused = _no_checkpoint(tensors) or _other_family(tensors)
    if refused:
        raise BadModel(f"{name} is {refused}; MascotForge makes pictures with {titles()}, choose one of those.")
    found = _transformer(tensors) or _unet(tensors)
    if found is None:
        other = _single_part(tensors)
        if other:
            raise BadModel(f"{name} is {other}.")
        raise BadModel(
            f"{name} holds tensors, but not those of a model that is known here; choose a checkpoint of {titles()}."
        )
    if found.architecture.id in _PARTS and not found.alone:
        _refuse_incomplete(name, found.architecture, tensors)
    return found


def folder_signature(kind: Architecture, tensors: Tensors) -> Architecture | None:
    """The family that a diffusers folder's denoiser really is, given the one that its index claims; None for another.

    SD 1 and 2 share a pipeline; their UNets differ in how they project.
    """
    if kind.id in (SD1.id, SD2.id):
        if "conv_in.weight" not in tensors or "add_embedding.linear_1.weight" in tensors:
            return None
        shapes = [tensor.shape for key, tensor in tensors.items() if key.endswith("attentions.0.proj_in.weight")]
        return SD2 if shapes and len(shapes[0]) == 2 else SD1
    return kind if all(key in tensors for key in _FOLDER_MARKS[kind.id]) else None


_FOLDER_MARKS = {
    SDXL.id: ("add_embedding.linear_1.weight", "conv_in.weight"),
    SD3.id: ("pos_embed.proj.weight", "context_embedder.weight", "transformer_blocks.0.norm1_context.linear.weight"),
    FLUX.id: ("x_embedder.weight", "context_embedder.weight", "single_transformer_blocks.0.proj_mlp.weight"),
    QWEN_IMAGE.id: ("img_in.weight", "txt_norm.weight", "transformer_blocks.0.img_mod.1.weight"),
    Z_IMAGE.id: ("cap_pad_token", "x_pad_token", "layers.0.adaLN_modulation.0.weight"),
}


def _transformer(tensors: Tensors) -> Signature | None:
    for prefix in (UNET, "", "transformer.", "diffusion_model."):
        if prefix + "joint_blocks.0.x_block.attn.qkv.weight" in tensors:
            whole = any(key.startswith((SD3_TEXT_1, SD3_TEXT_2)) for key in tensors)
            return Signature(SD3, prefix, alone=not whole)
        if prefix + "double_blocks.0.img_attn.qkv.weight" in tensors and prefix + "img_in.weight" in tensors:
            return Signature(FLUX, prefix, alone=True)
        if prefix + "transformer_blocks.0.img_mod.1.weight" in tensors and prefix + "txt_norm.weight" in tensors:
            return Signature(QWEN_IMAGE, prefix, alone=True)
        if prefix + "layers.0.adaLN_modulation.0.weight" in tensors and prefix + "cap_pad_token" in tensors:
            return Signature(Z_IMAGE, prefix, alone=True)
    return None


def _unet(tensors: Tensors) -> Signature | None:
    """A checkpoint in the original UNet layout, also one that lacks parts: what is there says which."""

    def starts(prefix: str) -> bool:
        return any(key.startswith(prefix) for key in tensors)

    first = tensors.get(UNET + "input_blocks.0.0.weight")
    inpaints = first is not None and len(first.shape) == 4 and first.shape[1] == INPAINT_CHANNELS
    width = next((t.shape[1] for key, t in tensors.items() if _reads_text(key) and len(t.shape) == 2), 0)
    if starts("conditioner.") or UNET + "label_emb.0.0.weight" in tensors:
        return Signature(SDXL, UNET, inpaints=inpaints)
    if starts(SD2_TEXT) or (first and width == 1024):
        return Signature(SD2, UNET, inpaints=inpaints)
    if starts("cond_stage_model.transformer.") or first:
        return Signature(SD1, UNET, inpaints=inpaints)
    return None


def _reads_text(key: str) -> bool:
    return key.startswith(UNET) and key.endswith("attn2.to_k.weight")


def _refuse_incomplete(name: str, kind: Architecture, tensors: Tensors) -> None:
    parts = _PARTS[kind.id]
    missing = [what for prefix, (what, _) in parts.items() if not any(key.startswith(prefix) for key in tensors)]
    if missing:
        raise BadModel(
            f"{name} is an incomplete {kind.title} checkpoint: it lacks {listed(missing)}; choose a full one."
        )
    needed = [prefix + key for prefix, (_, keys) in parts.items() for key in keys] + list(_WHOLE[kind.id])
    lacking = [key for key in needed if key not in tensors]
    if lacking:
        part = next((what for prefix, (what, _) in parts.items() if lacking[0].startswith(prefix)), "the VAE")
        raise BadModel(
            f"{name} is an incomplete {kind.title} checkpoint: tensors of {part} are missing; download it again.",
            details="missing: " + ", ".join(lacking),
        )


def _no_checkpoint(tensors: Tensors) -> str:
    """What changes or steers a checkpoint and is none itself."""

    def has(*fragments: str) -> bool:
        return any(fragment in key for key in tensors for fragment in fragments)

    def starts(*prefixes: str) -> bool:
        return any(key.startswith(prefixes) for key in tensors)

    if has("lora_up.", "lora_down.", ".lora_A.", ".lora_B.", ".lora.up.", ".hada_w1", ".lokr_w", ".oft_"):
        return "a LoRA, which changes a checkpoint and is none itself"
    if starts("control_model.", "controlnet_", "control_layers.") or has(
        "controlnet_cond_embedding.", "input_hint_block.", "controlnet_blocks."
    ):
        return "a ControlNet, which steers a checkpoint and is none itself"
    if starts("ip_adapter.", "image_proj."):
        return "an IP-Adapter, which steers a checkpoint and is none itself"
    if has("motion_modules."):
        return "a motion module, which moves a checkpoint's pictures and makes none itself"
    if starts("body.0.rdb1.", "model.1.sub.", "conv_first.", "RRDB_trunk."):
        return "an enlarging model, which makes pictures larger and none itself"
    if tensors and set(tensors) <= {"clip_l", "clip_g", "emb_params"}:
        return "a textual-inversion embedding, which is only a word for a checkpoint"
    return ""


_OTHERS: tuple[tuple[str, str], ...] = (
    ("head.modulation", "a Wan video model"),
    ("txt_in.individual_token_refiner.", "a Hunyuan video model"),
    ("patchify_proj.weight", "an LTX video model"),
    ("blocks.0.attn.qkv_x.weight", "a Mochi video model"),
    (".time_stack.", "a Stable Video Diffusion model"),
    ("net.blocks.0.self_attn.q_proj.weight", "a Cosmos model"),
    ("distilled_guidance_layer.", "a Chroma checkpoint"),
    ("single_stream_modulation.lin.weight", "a Flux 2 checkpoint"),
    ("early_stream_modulations.image.lin.weight", "a Flux 3 checkpoint"),
    ("txt_in.text_norm.weight", "a Qwen-Image 2.1 checkpoint"),
    ("double_stream_blocks.0.", "a HiDream checkpoint"),
    ("double_layers.0.attn.", "an AuraFlow checkpoint"),
    ("clip_txt_mapper.weight", "a Stable Cascade checkpoint"),
    ("down_blocks.1.0.channelwise.0.weight", "a Stable Cascade checkpoint"),
    ("cross_attn.kv_linear.weight", "a PixArt or Sana checkpoint"),
    ("cap_embedder.0.weight", "a Lumina 2 checkpoint"),
    ("edm_mean", "a Playground 2.5 checkpoint, which samples in another way than SDXL"),
)


def _other_family(tensors: Tensors) -> str:
    """A model that begins with noise, but not one of ours; or one of ours for another task."""
    if any(key.endswith("cap_pad_token") for key in tensors):
        return ""
    for fragment, what in _OTHERS:
        if any(fragment in key for key in tensors):
            return what
    if any(key.startswith("conditioner.embedders.0.model.") for key in tensors):
        return "an SDXL refiner, which finishes pictures and can't begin them"
    first = tensors.get(UNET + "input_blocks.0.0.weight")
    if first and len(first.shape) == 4 and first.shape[1] not in (4, INPAINT_CHANNELS):
        others = {
            5: "a depth-to-image checkpoint, which needs a depth map beside the prompt",
            7: "an upscaling checkpoint, which needs a small picture to start from",
            8: "an editing checkpoint, which needs a picture to start from",
        }
        # A relative of SDXL whose VAE has other channels is one of ours: its own shapes say so.
        latents = tensors.get(VAE + "decoder.conv_in.weight")
        if latents is None or len(latents.shape) != 4 or latents.shape[1] != first.shape[1]:
            return others.get(first.shape[1], "")
    flux = next((tensors[key] for key in (UNET + "img_in.weight", "img_in.weight") if key in tensors), None)
    if flux and any("double_blocks.0." in key for key in tensors) and flux.shape[1] in (128, 196, 384):
        return "a Flux tool for filling or editing, which needs a picture to start from"
    return ""


def _single_part(tensors: Tensors) -> str:
    """One part of a checkpoint: the sentence's end says what to do."""

    def starts(*prefixes: str) -> bool:
        return any(key.startswith(prefixes) for key in tensors)

    whole = "install the whole folder, the one with model_index.json"
    choose = f"and makes no pictures; choose a whole checkpoint of {titles()}"
    if starts("down_blocks.") and "conv_in.weight" in tensors:
        return f"one part (the UNet) of a diffusers folder; {whole}"
    if starts("single_transformer_blocks.", "transformer_blocks."):
        return f"one part (the transformer) of a diffusers folder; {whole}"
    if starts("decoder.conv_in.", VAE + "decoder.conv_in.", "decoder.up_blocks."):
        return f"a VAE alone, which turns latents into pixels {choose}"
    if starts("text_model.", "model.layers.", "encoder.block.", "language_model.", "shared.weight"):
        return f"a text encoder alone, which reads prompts {choose}"
    return ""
