"""Which family a checkpoint belongs to is read off its tensors; whatever is no checkpoint is named for what it is."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from engine.models.architectures import ARCHITECTURES
from engine.models.architectures_config import derive
from engine.models.architectures_signatures import signature
from engine.models.identify import identify
from engine.models.safetensors_header import Header, Tensor, read_header
from engine.protocol.errors import BadModel
from tests.dummies import diffusion, flow, originals

Shapes = dict[str, tuple[int, ...]]
UNET = "model.diffusion_model."


def tensors(shapes: Shapes) -> dict[str, Tensor]:
    return {name: Tensor("F16", shape, 0, 0) for name, shape in shapes.items()}


FLUX: Shapes = {"double_blocks.0.img_attn.qkv.weight": (9216, 3072), "img_in.weight": (3072, 64)}
SD3: Shapes = {"joint_blocks.0.x_block.attn.qkv.weight": (4608, 1536)}
QWEN: Shapes = {"transformer_blocks.0.img_mod.1.weight": (18432, 3072), "txt_norm.weight": (3584,)}
Z: Shapes = {
    "layers.0.adaLN_modulation.0.weight": (15360, 256),
    "cap_pad_token": (1, 3840),
    "cap_embedder.0.weight": (2560,),
}


@pytest.mark.parametrize("prefix", ["", UNET])
@pytest.mark.parametrize(
    ("shapes", "family"),
    [(FLUX, "flux"), (SD3, "sd3"), (QWEN, "qwen-image"), (Z, "z-image")],
    ids=lambda v: str(v)[:10],
)
def test_transformers_are_known_with_and_without_the_usual_prefix(shapes: Shapes, family: str, prefix: str) -> None:
    found = signature("x", tensors({prefix + name: shape for name, shape in shapes.items()}))
    assert (found.architecture.id, found.prefix, found.alone) == (family, prefix, True)


@pytest.mark.parametrize(
    ("name", "shape", "said"),
    [
        ("model.diffusion_model.head.modulation", (1, 2, 8), "a Wan video model"),
        ("txt_in.individual_token_refiner.blocks.0.norm1.weight", (8,), "a Hunyuan video model"),
        ("patchify_proj.weight", (8, 8), "an LTX video model"),
        ("model.diffusion_model.input_blocks.1.1.time_stack.0.norm1.weight", (8,), "Stable Video Diffusion"),
        ("distilled_guidance_layer.in_proj.bias", (8,), "a Chroma"),
        ("single_stream_modulation.lin.weight", (8, 8), "a Flux 2"),
        ("txt_in.text_norm.weight", (8,), "Qwen-Image 2.1"),
        ("cap_embedder.0.weight", (8,), "a Lumina 2"),
        ("clip_txt_mapper.weight", (8, 8), "Stable Cascade"),
        ("down_blocks.0.motion_modules.0.norm.weight", (8,), "a motion module"),
        ("image_proj.proj.weight", (8, 8), "an IP-Adapter"),
        ("body.0.rdb1.conv1.weight", (8, 8, 3, 3), "an enlarging model"),
        ("model.layers.0.self_attn.q_proj.weight", (8, 8), "a text encoder alone"),
        ("encoder.block.0.layer.0.SelfAttention.q.weight", (8, 8), "a text encoder alone"),
        ("decoder.up_blocks.0.resnets.0.conv1.weight", (8, 8, 3, 3), "a VAE alone"),
        (UNET + "input_blocks.0.0.weight", (320, 5, 3, 3), "a depth-to-image"),
        (UNET + "input_blocks.0.0.weight", (320, 7, 3, 3), "an upscaling"),
        (UNET + "input_blocks.0.0.weight", (320, 8, 3, 3), "an editing"),
    ],
)
def test_what_is_no_picture_model_is_named(name: str, shape: tuple[int, ...], said: str) -> None:
    with pytest.raises(BadModel) as caught:
        signature("x.safetensors", tensors({name: shape}))
    assert said in caught.value.sentence and caught.value.sentence.endswith(".")


def test_flux_tool_that_needs_a_picture_is_told_from_flux() -> None:
    with pytest.raises(BadModel, match="a Flux tool for filling"):
        signature("fill", tensors(FLUX | {"img_in.weight": (3072, 384)}))


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ({"cond_stage_model.transformer.text_model.final_layer_norm.weight": (768,)}, "Stable Diffusion 1.5.*the UNet"),
        ({"cond_stage_model.model.ln_final.weight": (1024,)}, "Stable Diffusion 2.*the UNet"),
        ({UNET + "input_blocks.0.0.weight": (320, 4, 3, 3)}, "Stable Diffusion 1.5.*the text encoder"),
        ({UNET + "label_emb.0.0.weight": (1280, 2816)}, "SDXL.*the first text encoder and the second text encoder"),
    ],
)
def test_incomplete_checkpoint_is_named_with_what_it_lacks(shapes: Shapes, said: str) -> None:
    with pytest.raises(BadModel, match="incomplete " + said):
        signature("x", tensors(shapes))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made")
    diffusion.save_folder(root / "one", clip_vocabulary=True)
    diffusion.save_folder(root / "two", second=True, clip_vocabulary=True)
    flow.stable_diffusion_3(root / "three", t5=False, clip_vocabulary=True)
    return root


@pytest.mark.parametrize(("name", "family"), [("one", "sd1"), ("two", "sd2"), ("three", "sd3")])
def test_folder_is_of_the_family_that_its_tensors_say(made: Path, name: str, family: str) -> None:
    found = identify(made / name)
    assert (found.architecture, found.native_size, found.inpaints) == (family, 64, False)


def test_folder_whose_index_claims_another_family_is_refused(made: Path, tmp_path: Path) -> None:
    import shutil

    wrong = tmp_path / "wrong"
    shutil.copytree(made / "one", wrong)
    index = json.loads((wrong / "model_index.json").read_text())
    (wrong / "model_index.json").write_text(json.dumps(index | {"_class_name": "StableDiffusionXLPipeline"}))
    with pytest.raises(BadModel, match=r"incomplete SDXL|says that it is SDXL"):
        identify(wrong)


@pytest.mark.parametrize(("name", "family"), [("one", "sd1"), ("two", "sd2"), ("three", "sd3")])
def test_single_file_gets_the_configuration_of_the_folder_it_was_made_of(
    made: Path, tmp_path: Path, name: str, family: str
) -> None:
    file = tmp_path / "anything.safetensors"
    if family == "sd3":
        originals.stable_diffusion_3_file(made / name, file)
    else:
        diffusion.save_single_file(made / name, file, second=family == "sd2")
    found = identify(file)
    assert (found.architecture, found.native_size) == (family, 64)
    kind = ARCHITECTURES[family]
    config = derive(kind, file, read_header(file))
    for part in (kind.denoiser, "vae", "text_encoder"):
        real = json.loads((made / name / part / "config.json").read_text())
        wrong = {key for key, value in config[part].items() if key in real and real[key] != value}
        # These say the same in other words, or nothing that a picture depends on.
        assert wrong <= {
            "bos_token_id",
            "architectures",
            "model_type",
            "transformer_layers_per_block",
            "projection_dim",
        }


def test_inpainting_checkpoint_is_known_by_its_nine_channels(tmp_path: Path) -> None:
    assert identify(diffusion.save_folder(tmp_path / "inpaint", latents_in=9)).inpaints


@pytest.mark.parametrize(("spread", "prediction"), [(0.02, "epsilon"), (0.2, "v_prediction")])
def test_velocity_of_stable_diffusion_2_shows_in_the_spread_of_one_bias(
    made: Path, tmp_path: Path, spread: float, prediction: str
) -> None:
    file = diffusion.save_single_file(made / "two", tmp_path / "two.safetensors", second=True)
    header = read_header(file)
    key = UNET + "output_blocks.11.1.transformer_blocks.0.norm1.bias"
    values = np.random.default_rng(0).normal(0, spread, 320).astype("<f2").tobytes()
    text = b"{}".ljust(8)
    lone = tmp_path / "bias.safetensors"
    lone.write_bytes(struct.pack("<Q", len(text)) + text + values)
    more = {**header.tensors, key: Tensor("F16", (320,), 0, len(values))}
    config = derive(ARCHITECTURES["sd2"], lone, Header(more, {}))
    assert config["scheduler"]["prediction_type"] == prediction
    assert config["vae"]["sample_size"] == (768 if prediction == "v_prediction" else 512)
