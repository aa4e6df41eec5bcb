"""An add-on is known by its tensors: its kind, its trainer's format, and the checkpoints it fits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.models.addon_candidate import Candidate, candidate
from engine.models.kinds import ModelKind
from engine.protocol.errors import BadModel
from tests.models.addon_files import Shapes, controlnet, diffusers_lora, esrgan, ip_adapter, kohya, write_tensors


def found(tmp_path: Path, shapes: Shapes, name: str = "thing.safetensors", **metadata: str) -> Candidate:
    read = candidate(write_tensors(tmp_path / name, shapes, metadata))
    assert read is not None
    return read


@pytest.mark.parametrize(
    ("shapes", "format_", "architecture"),
    [
        (kohya(2048), "kohya", "sdxl"),
        (kohya(768), "kohya", "sd1"),
        (kohya(1024), "kohya", "sd2"),
        (diffusers_lora(2048), "diffusers", "sdxl"),
        (diffusers_lora(224), "diffusers", "sdxl"),
        ({"base_model.model.down_blocks.1.a.attn2.to_k.lora_A.weight": (4, 768)}, "peft", "sd1"),
        ({"unet.up_blocks.0.attn2.to_k.lora.down.weight": (4, 2048)}, "diffusers", "sdxl"),
        ({"lora_unet_down_blocks_0_attn2_to_k.hada_w1_b": (8, 768),
          "lora_unet_down_blocks_0_attn2_to_k.hada_w1_a": (9, 8)}, "lycoris-loha", "sd1"),
        ({"lora_unet_mid_block_attn2_to_k.lokr_w1": (4, 4),
          "lora_unet_mid_block_attn2_to_k.lokr_w2": (9, 9),
          "lora_te2_text_model_encoder_layers_0_mlp_fc1.lokr_w1": (4, 4)}, "lycoris-lokr", "sdxl"),
        ({"lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight": (16, 3072)}, "kohya", "flux"),
        ({"transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight": (16, 3072)}, "diffusers", "flux"),
        ({"transformer_blocks.0.img_mlp.net.0.proj.lora_A.weight": (16, 3072)}, "diffusers", "qwen-image"),
        ({"transformer.transformer_blocks.0.attn.to_q.lora_A.weight": (16, 1536)}, "diffusers", "sd3"),
        ({"diffusion_model.noise_refiner.0.attention.to_q.lora_A.weight": (16, 3840)}, "diffusers", "z-image"),
    ],
)  # fmt: skip
def test_lora_format_and_architecture(tmp_path: Path, shapes: Shapes, format_: str, architecture: str) -> None:
    facts = found(tmp_path, shapes).facts
    assert (facts.kind, facts.format, facts.architecture) == (ModelKind.LORA, format_, architecture)


def test_the_name_of_a_file_says_nothing(tmp_path: Path) -> None:
    assert found(tmp_path, kohya(768), "sdxl controlnet canny.safetensors").facts.architecture == "sd1"
    assert found(tmp_path, esrgan(), "my lora.safetensors").facts.kind is ModelKind.UPSCALER


def test_ranks_parts_and_layers_are_counted(tmp_path: Path) -> None:
    te = "lora_te1_text_model_encoder_layers_0_mlp_fc1"
    facts = found(
        tmp_path, kohya(rank=8) | {f"{te}.lora_down.weight": (32, 64), f"{te}.lora_up.weight": (64, 32)}
    ).facts
    assert facts.extra == {"ranks": (8, 32), "parts": ("text_encoder", "unet"), "adapted": 5}


def test_trigger_words_from_what_trainers_write(tmp_path: Path) -> None:
    assert found(tmp_path, kohya(), **{"modelspec.trigger_phrase": "ohwx fox, red scarf"}).notes.trigger_words == (
        "ohwx fox", "red scarf",
    )  # fmt: skip
    tags = json.dumps({"10_img": {"zorbo": 20, "standing": 6, "smile": 3}})
    dirs = json.dumps({"10_img": {"n_repeats": 10, "img_count": 20}})
    assert found(tmp_path, kohya(), ss_tag_frequency=tags, ss_dataset_dirs=dirs).notes.trigger_words == ("zorbo",)


def test_notes_of_other_tools_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "fox.json").write_text(json.dumps({"activation text": "foxy", "description": "<p>A fox.</p>"}))
    (tmp_path / "fox.preview.png").write_bytes(b"picture")
    notes = found(tmp_path, kohya(), "fox.safetensors").notes
    assert notes.trigger_words == ("foxy",)
    assert (notes.description, notes.preview) == ("A fox.", tmp_path / "fox.preview.png")


def test_controlnets_ip_adapters_upscalers_and_the_rest(tmp_path: Path) -> None:
    net = found(tmp_path, controlnet(), "control-lora-openpose.safetensors").facts
    assert (net.kind, net.architecture, net.extra["controls"]) == (ModelKind.CONTROLNET, "sdxl", ("pose",))
    union = found(tmp_path, controlnet() | {"control_add_embedding.linear_1.weight": (4, 4)}).facts
    assert union.extra["controls"] == ("pose", "line-art", "canny", "depth")
    adapter = found(tmp_path, ip_adapter(768, 1024)).facts
    assert (adapter.kind, adapter.architecture, adapter.extra["image_width"]) == (ModelKind.IP_ADAPTER, "sd1", 1024)
    assert found(tmp_path, esrgan()).facts.extra["scale"] == 4
    vae: Shapes = {"encoder.conv_in.weight": (8, 3, 3, 3), "decoder.conv_in.weight": (8, 4, 3, 3)}
    assert found(tmp_path, vae).facts.kind is ModelKind.VAE
    embedding = found(tmp_path, {"clip_l": (4, 768), "clip_g": (4, 1280)}).facts
    assert (embedding.kind, embedding.architecture) == (ModelKind.EMBEDDING, "sdxl")


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ({"lora_controlnet": (1,), "input_hint_block.0.weight": (4, 4)}, "a Control-LoRA"),
        (ip_adapter() | {"id_encoder.0.weight": (4, 4)}, "a FaceID adapter"),
        ({"strange_layer.lora_A.weight": (4, 40), "strange_layer.lora_B.weight": (40, 4)}, "fit no kind of checkpoint"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(tmp_path: Path, shapes: Shapes, said: str) -> None:
    with pytest.raises(BadModel, match=said) as caught:
        found(tmp_path, shapes)
    assert caught.value.sentence.endswith(".") and "\n" not in caught.value.sentence
