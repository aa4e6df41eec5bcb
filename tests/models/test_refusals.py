"""What is no usable checkpoint is refused in one sentence that says why and what to do."""

from __future__ import annotations

import json
import pickle
import shutil
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.models.identify import identify
from engine.models.safetensors_header import read_header
from engine.protocol.errors import BadModel


def refusal(path: Path) -> str:
    with pytest.raises(BadModel) as caught:
        identify(path)
    sentence = caught.value.sentence
    assert "\n" not in sentence and sentence.endswith("."), sentence
    return sentence


def safetensors(path: Path, *names: str, shape: tuple[int, ...] = (2, 2)) -> Path:
    size = 4
    for n in shape:
        size *= n
    header = {
        name: {"dtype": "F32", "shape": shape, "data_offsets": [place * size, (place + 1) * size]}
        for place, name in enumerate(names)
    }
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(size * len(names)))
    return path


@pytest.mark.parametrize("missing", [1, 1000, 2_000_000])
def test_truncated_file_names_the_missing_bytes(tiny_file: Path, tmp_path: Path, missing: int) -> None:
    part = tmp_path / "part.safetensors"
    part.write_bytes(tiny_file.read_bytes()[:-missing])
    noun = "byte is" if missing == 1 else "bytes are"
    assert refusal(part) == f"part.safetensors is truncated: {missing:,} {noun} missing at its end; download it again."


def test_file_cut_within_its_header_is_truncated_too(tiny_file: Path, tmp_path: Path) -> None:
    part = tmp_path / "part.safetensors"
    part.write_bytes(tiny_file.read_bytes()[:5000])
    assert "truncated: at least" in refusal(part)


def test_pickles_are_refused_under_any_name_and_told_how_to_convert(tmp_path: Path) -> None:
    import torch

    for name in ("model.ckpt", "model.safetensors", "pytorch_model.bin"):
        torch.save({"state_dict": {"x": torch.zeros(4)}}, tmp_path / name)
        sentence = refusal(tmp_path / name)
        assert "pickle" in sentence and "convert" in sentence and ".safetensors" in sentence
    legacy = tmp_path / "old.pt"
    legacy.write_bytes(pickle.dumps({"weights": [1, 2, 3]}, protocol=2))
    assert "pickle" in refusal(legacy)
    cut = tmp_path / "cut.ckpt"
    cut.write_bytes((tmp_path / "model.ckpt").read_bytes()[:600])
    assert "pickle" in refusal(cut)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"hello", "not a model"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
        (b"<!DOCTYPE html><html>Sign in</html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "Git LFS"),
        (b"GGUF" + bytes(40), "GGUF"),
        (bytes(1000), "not a model"),
        (struct.pack("<Q", 20) + b"{" + b"x" * 19, "damaged"),
        (struct.pack("<Q", 10**12) + b"{}", "not a model"),
        (struct.pack("<Q", 2) + b"{}", "not those of a model"),
        (struct.pack("<Q", 200) + (b'{"a":' * 40).ljust(200), "damaged"),
    ],
)
def test_other_files_are_named_for_what_they_are(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "thing.safetensors"
    path.write_bytes(content)
    assert said in refusal(path)


def test_zip_without_a_pickle_is_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "models.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "zip archive" in refusal(path)


@pytest.mark.parametrize(
    ("tensor", "said"),
    [
        ("lora_unet_down_blocks_0.lora_up.weight", "a LoRA"),
        ("unet.down_blocks.0.attn.to_q.lora_A.weight", "a LoRA"),
        ("control_model.input_blocks.0.0.weight", "a ControlNet"),
        ("conditioner.embedders.0.model.text_projection", "refiner"),
        ("first_stage_model.decoder.conv_in.weight", "a VAE alone"),
        ("decoder.conv_in.weight", "a VAE alone"),
        ("conv_in.weight", "not those of a model"),
        ("text_model.final_layer_norm.weight", "a text encoder"),
        ("emb_params", "textual-inversion"),
    ],
)
def test_other_families_are_named(tmp_path: Path, tensor: str, said: str) -> None:
    sentence = refusal(safetensors(tmp_path / "x.safetensors", tensor))
    assert said in sentence and "SDXL" in sentence


def test_part_of_a_folder_points_to_the_folder(tiny_folder: Path) -> None:
    assert "model_index.json" in refusal(tiny_folder / "unet/diffusion_pytorch_model.safetensors")


@pytest.mark.parametrize(
    ("dropped", "said"),
    [
        ("first_stage_model.", "the VAE's encoder and the VAE's decoder"),
        ("conditioner.embedders.1.", "the second text encoder"),
        ("first_stage_model.post_quant_conv", "the VAE"),
    ],
)
def test_incomplete_single_file_names_what_it_lacks(tiny_file: Path, tmp_path: Path, dropped: str, said: str) -> None:
    from safetensors.torch import load_file, save_file

    tensors = {key: value for key, value in load_file(tiny_file).items() if not key.startswith(dropped)}
    save_file(tensors, tmp_path / "less.safetensors")
    sentence = refusal(tmp_path / "less.safetensors")
    assert "incomplete SDXL" in sentence and said in sentence


def test_pruned_unet_is_refused(tiny_file: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    tensors = {key: value for key, value in load_file(tiny_file).items() if ".middle_block.1." not in key}
    save_file(tensors, tmp_path / "pruned.safetensors")
    assert "pruned" in refusal(tmp_path / "pruned.safetensors")


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("model_index.json", "model_index.json"),
        ("vae/diffusion_pytorch_model.safetensors", "the weights of the VAE"),
        ("text_encoder_2/config.json", "the second text encoder"),
        ("scheduler/scheduler_config.json", "the scheduler"),
    ],
)
def test_incomplete_folder_names_what_it_lacks(tiny_folder: Path, tmp_path: Path, gone: str, said: str) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(tiny_folder, folder)
    (folder / gone).unlink()
    assert said in refusal(folder)


def test_folder_with_pickled_weights_or_another_pipeline_is_refused(tiny_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(tiny_folder, folder)
    weights = folder / "unet/diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    assert "pickle" in refusal(folder)
    (folder / "model_index.json").write_text('{"_class_name": "AuraFlowPipeline"}')
    assert "AuraFlowPipeline" in refusal(folder)
    (folder / "model_index.json").write_text("{")
    assert "no valid JSON" in refusal(folder)


def test_variant_weights_are_found(tiny_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(tiny_folder, folder)
    for weights in folder.rglob("*.safetensors"):
        weights.rename(weights.with_suffix(".fp16.safetensors"))
    assert identify(folder).variant == "fp16"


def test_missing_path_is_said(tmp_path: Path) -> None:
    assert "There is no file or folder" in refusal(tmp_path / "gone.safetensors")


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_mutated_headers_are_read_or_refused_but_never_break(tmp_path: Path, data: st.DataObject) -> None:
    path = safetensors(tmp_path / "m.safetensors", "a", "b")
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        header = read_header(path)
    except BadModel:
        return
    assert header.tensors.keys() <= set(header.tensors)
