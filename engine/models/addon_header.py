"""What kind of add-on a safetensors file is, by the names and shapes of its tensors; its own name never counts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.models.kinds import ModelKind
from engine.models.lora_header import is_lora, lora_facts
from engine.models.safetensors_header import Header, Tensor
from engine.protocol.errors import BadModel
from engine.protocol.picture_options import ControlKind

_WIDTHS = {768: "sd1", 1024: "sd2", 2048: "sdxl"}
_CONTROL_WORDS = {
    ControlKind.POSE: ("pose",),
    ControlKind.LINE_ART: ("line", "scribble", "sketch"),
    ControlKind.CANNY: ("canny", "edge"),
    ControlKind.DEPTH: ("depth", "zoe"),
}


@dataclass(frozen=True)
class AddOnFacts:
    """`extra` holds the fields that only the kind's own class has."""

    kind: ModelKind
    format: str
    architecture: str = ""
    context_width: int | None = None
    extra: dict[str, Any] = field(default_factory=dict[str, Any])


def add_on_facts(name: str, header: Header, hints: str = "") -> AddOnFacts | None:
    """What add-on these tensors are; None when they are none (a checkpoint, or nothing known).

    `hints` (file name, source, title) only serves to tell which maps a ControlNet reads: its tensors don't tell.
    Raises BadModel for what is known and can't be used.
    """
    tensors = header.tensors
    if _is_control_lora(tensors):
        raise BadModel(f"{name} is a Control-LoRA, which can't be used here; install the full ControlNet instead.")
    if _starts(tensors, "control_model.", "controlnet_") or _has(tensors, "controlnet_cond_embedding."):
        return _controlnet(tensors, f"{name} {hints} {header.metadata.get('modelspec.title', '')}")
    if _has(tensors, "to_k_ip.weight", "ip_adapter.") and _starts(tensors, "image_proj.", "ip_adapter."):
        return _ip_adapter(name, tensors)
    if is_lora(tensors):
        return _lora(name, header)
    if upscaler := _upscaler(tensors):
        return upscaler
    if "encoder.conv_in.weight" in tensors and "decoder.conv_in.weight" in tensors:
        latent = tensors["decoder.conv_in.weight"].shape[1]
        return AddOnFacts(ModelKind.VAE, "diffusers" if _has(tensors, "mid_block.") else "original", extra={},
                          architecture="" if latent == 4 else f"{latent}-channel")  # fmt: skip
    return _embedding(tensors)


def controls_named(text: str) -> tuple[str, ...]:
    """The kinds of control map that a name speaks of."""
    low = text.casefold()
    return tuple(kind.value for kind, words in _CONTROL_WORDS.items() if any(word in low for word in words))


def _has(tensors: Mapping[str, Tensor], *fragments: str) -> bool:
    return any(fragment in name for name in tensors for fragment in fragments)


def _starts(tensors: Mapping[str, Tensor], *prefixes: str) -> bool:
    return any(name.startswith(prefixes) for name in tensors)


def _is_control_lora(tensors: Mapping[str, Tensor]) -> bool:
    return "lora_controlnet" in tensors or (_has(tensors, "input_hint_block.") and _has(tensors, ".down", ".up"))


def _controlnet(tensors: Mapping[str, Tensor], text: str) -> AddOnFacts:
    width = _width(tensors, r"attn2\.to_k\.weight$")
    if _has(tensors, "controlnet_x_embedder", "controlnet_single_blocks"):
        architecture = "flux"
    elif _has(tensors, "transformer_blocks.0.attn.add_q_proj"):
        architecture = "sd3"
    elif _has(tensors, "add_embedding.linear_1", "label_emb.0."):
        architecture = "sdxl"
    else:
        architecture = _WIDTHS.get(width or 0, "")
    union = _has(tensors, "control_add_embedding.", "task_embedding", "controlnet_mode_embedder")
    return AddOnFacts(
        ModelKind.CONTROLNET,
        "original" if _starts(tensors, "control_model.") else "diffusers",
        architecture,
        width,
        {"controls": tuple(kind.value for kind in ControlKind) if union else controls_named(text)},
    )


def _ip_adapter(name: str, tensors: Mapping[str, Tensor]) -> AddOnFacts:
    width = _width(tensors, r"to_k_ip\.weight$")
    if _has(tensors, "id_encoder", "face_embed") or _has(tensors, "to_q_lora", "to_k_lora"):
        raise BadModel(f"{name} is a FaceID adapter, which needs a face model; choose a plain or a plus IP-Adapter.")
    proj, plus = tensors.get("image_proj.proj.weight"), tensors.get("image_proj.proj_in.weight")
    reads = proj.shape[1] if proj else plus.shape[1] if plus else None
    return AddOnFacts(
        ModelKind.IP_ADAPTER,
        "plus" if plus or "image_proj.latents" in tensors else "plain",
        _WIDTHS.get(width or 0, "sdxl" if width else "flux"),
        width,
        {"image_width": reads},
    )


def _lora(name: str, header: Header) -> AddOnFacts:
    facts = lora_facts(header.tensors, header.metadata)
    if not facts.architecture:
        raise BadModel(
            f"{name} is a LoRA, but its tensors fit no kind of checkpoint that is known here; choose another.",
            details=", ".join(list(header.tensors)[:8]),
        )
    return AddOnFacts(
        ModelKind.LORA,
        facts.format,
        facts.architecture,
        facts.context_width,
        {"ranks": facts.ranks, "parts": facts.parts, "adapted": facts.adapted},
    )


def _upscaler(tensors: Mapping[str, Tensor]) -> AddOnFacts | None:
    """The ESRGAN family, and what else turns a picture into a larger one (read by spandrel later)."""
    if _has(tensors, ".rdb1.conv1.weight", ".RDB1.conv1."):
        ups = len({name.split(".")[0] for name in tensors if re.match(r"(conv_up|upconv)\d", name)})
        old = sorted({int(name.split(".")[1]) for name in tensors if re.match(r"model\.\d+\.", name)})
        count = ups or max(0, len(old) - 4)
        first = tensors.get("conv_first.weight")
        shuffle = 2 if first and first.shape[1] == 12 else 4 if first and first.shape[1] == 48 else 1
        return AddOnFacts(ModelKind.UPSCALER, "esrgan", extra={"scale": max(1, 2**count // shuffle)})
    if tensors and all(re.fullmatch(r"body\.\d+\.(weight|bias)", name) for name in tensors):
        last = max((int(name.split(".")[1]), name) for name in tensors if name.endswith(".weight"))[1]
        channels = tensors[last].shape[0]
        scale = next((s for s in (1, 2, 3, 4, 8) if channels in (3 * s * s, 4 * s * s)), None)
        return AddOnFacts(ModelKind.UPSCALER, "compact", extra={"scale": scale})
    if "conv_first.weight" in tensors and _has(tensors, "residual_group", "layers.0.", "upsample.0."):
        return AddOnFacts(ModelKind.UPSCALER, "transformer", extra={"scale": None})
    return None


def _embedding(tensors: Mapping[str, Tensor]) -> AddOnFacts | None:
    if not tensors or len(tensors) > 3 or any(len(tensor.shape) not in (1, 2) for tensor in tensors.values()):
        return None
    if set(tensors) <= {"clip_l", "clip_g"} and "clip_g" in tensors:
        return AddOnFacts(ModelKind.EMBEDDING, "textual-inversion", "sdxl")
    if len(tensors) == 1:
        [tensor] = tensors.values()
        if architecture := {768: "sd1", 1024: "sd2"}.get(tensor.shape[-1]):
            return AddOnFacts(ModelKind.EMBEDDING, "textual-inversion", architecture)
    return None


def _width(tensors: Mapping[str, Tensor], pattern: str) -> int | None:
    found = [tensor.shape[-1] for name, tensor in tensors.items() if re.search(pattern, name) and tensor.shape]
    return max(set(found), key=found.count) if found else None
