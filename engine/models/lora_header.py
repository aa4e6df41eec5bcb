"""A LoRA by its tensors: whose trainer's format it is, which ranks it has, and which checkpoints it fits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.models.safetensors_header import Tensor

_SUFFIXES = (
    ".lora_down.weight", ".lora_up.weight", ".lora_mid.weight", ".lora_A.weight", ".lora_B.weight",
    ".lora_A.default.weight", ".lora_B.default.weight", ".lora.down.weight", ".lora.up.weight",
    ".lora_linear_layer.down.weight", ".lora_linear_layer.up.weight", ".lora_magnitude_vector",
    ".lora_magnitude_vector.weight", ".hada_w1_a", ".hada_w1_b", ".hada_w2_a", ".hada_w2_b", ".hada_t1", ".hada_t2",
    ".lokr_w1", ".lokr_w2", ".lokr_w1_a", ".lokr_w1_b", ".lokr_w2_a", ".lokr_w2_b", ".lokr_t2", ".oft_blocks",
    ".oft_diag", ".oft_R.weight", ".diff", ".diff_b", ".alpha", ".dora_scale", ".scale", ".on_input",
)  # fmt: skip
_MARKS = (
    ("lycoris-loha", re.compile(r"\.hada_w1_[ab]$")),
    ("lycoris-lokr", re.compile(r"\.lokr_w[12](_[ab])?$")),
    ("oft", re.compile(r"\.oft_(blocks|diag|R\.weight)$")),
    ("kohya", re.compile(r"\.lora_(down|up)\.weight$")),
    ("peft", re.compile(r"^base_model\.model\..*\.lora_[AB]\.")),
    ("diffusers", re.compile(r"\.(lora_[AB](\.default)?\.weight|lora(_linear_layer)?\.(down|up)\.weight)$")),
)
_DOWN = (
    ".lora_down.weight", ".lora_A.weight", ".lora_A.default.weight", ".lora.down.weight",
    ".lora_linear_layer.down.weight", ".hada_w1_b", ".hada_w2_b", ".lokr_w1_b", ".lokr_w2_b",
)  # fmt: skip
_PARTS = (
    ("text_encoder_2", ("lora_te2_", "text_encoder_2_", "te2_")),
    ("text_encoder", ("lora_te1_", "lora_te_", "text_encoder_", "te1_", "lycoris_text_")),
)
_WIDTHS = {768: "sd1", 1024: "sd2", 2048: "sdxl"}
_DEEP = re.compile(r"transformer_blocks_([1-9]\d*)_(attn|ff|norm)")


@dataclass(frozen=True)
class LoraFacts:
    """`architecture` is "" when the tensors fit none that is known. See `InstalledLora` for the others."""

    format: str
    architecture: str
    context_width: int | None
    ranks: tuple[int, ...]
    parts: tuple[str, ...]
    adapted: int


def is_lora(tensors: Iterable[str]) -> bool:
    """Whether such tensors occur in LoRA files alone."""
    return any(mark.search(name) for name in tensors for _, mark in _MARKS)


def lora_facts(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> LoraFacts:
    """What a LoRA's header tells; call it only when `is_lora` says so."""
    layers = {_layer(name) for name in tensors}
    width = _context_width(tensors)
    return LoraFacts(
        format=next((name for name, mark in _MARKS if any(mark.search(key) for key in tensors)), "full-difference"),
        architecture=_architecture(layers, width, metadata),
        context_width=width,
        ranks=tuple(sorted({tensors[key].shape[0] for key in tensors if key.endswith(_DOWN) and tensors[key].shape})),
        parts=tuple(sorted({_part(layer) for layer in layers})),
        adapted=len(layers),
    )


def _layer(name: str) -> str:
    """The name of the layer that a tensor changes, dots and underscores alike."""
    for suffix in _SUFFIXES:
        if name.endswith(suffix):
            name = name.removesuffix(suffix)
            break
    return name.removeprefix("base_model.model.").replace(".", "_")


def _part(layer: str) -> str:
    for part, starts in _PARTS:
        if layer.startswith(starts):
            return part
    transformer = ("double_blocks_", "single_blocks_", "joint_blocks_", "single_transformer_blocks_", "refiner_")
    if layer.startswith("transformer_") or any(mark in layer for mark in transformer):
        return "transformer"
    return "unet"


def _context_width(tensors: Mapping[str, Tensor]) -> int | None:
    """The width that cross-attention's keys read: the last size of the tensor nearest to the layer's input."""
    down = re.compile(
        r"attn2[._]to_[kv][._].*(lora_down|lora_A|lora\.down|lora_linear_layer\.down|hada_w1_b|lokr_w2_b)"
    )
    found = [tensor.shape for name, tensor in tensors.items() if down.search(name)]
    widths = [shape[1] for shape in found if len(shape) >= 2]
    return max(set(widths), key=widths.count) if widths else None


def _architecture(layers: set[str], width: int | None, metadata: Mapping[str, str]) -> str:
    def has(*fragments: str) -> bool:
        return any(fragment in layer for layer in layers for fragment in fragments)

    if has("double_blocks_", "single_transformer_blocks_") or (has("single_blocks_") and not has("attn2")):
        return "flux"
    if has("joint_blocks_"):
        return "sd3"
    if has("noise_refiner_", "context_refiner_") or (has("layers_0_attention_") and not has("encoder_layers_")):
        return "z-image"
    if any(re.search(r"(^|_)transformer_blocks_\d+_(img_m|txt_m)", layer) for layer in layers):
        return "qwen-image"
    if any(re.match(r"(transformer_|lora_transformer_)?transformer_blocks_\d+_attn_", layer) for layer in layers):
        return _said(metadata) or "sd3"
    if not has("down_blocks_", "up_blocks_", "mid_block_", "input_blocks_", "output_blocks_", "middle_block_"):
        return _said(metadata) or ("sdxl" if has("lora_te2_", "text_encoder_2_") else "")
    if width in _WIDTHS:
        return _WIDTHS[width]
    if has("lora_te2_", "text_encoder_2_", "te2_text_") or any(_DEEP.search(layer) for layer in layers):
        return "sdxl"
    return _said(metadata) or ("sdxl" if width is not None else "")


def _said(metadata: Mapping[str, str]) -> str:
    """What the trainer wrote, where tensors can't tell."""
    text = " ".join(
        metadata.get(key, "") for key in ("modelspec.architecture", "ss_base_model_version", "base_model")
    ).casefold()
    marks = (
        ("sdxl", ("stable-diffusion-xl", "sdxl")), ("qwen-image", ("qwen-image", "qwen_image")),
        ("z-image", ("z-image", "z_image", "zimage")), ("flux", ("flux",)),
        ("sd3", ("stable-diffusion-3", "stable-diffusion-v3", "sd3")),
        ("sd1", ("stable-diffusion-v1", "sd_v1", "sd1")), ("sd2", ("stable-diffusion-v2", "sd_v2")),
    )  # fmt: skip
    return next((name for name, words in marks if any(word in text for word in words)), "")
