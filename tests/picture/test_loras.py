"""LoRAs: every format means the same picture, none leaves a trace, what has no effect is named."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.models.addon import InstalledLora
from engine.models.installed import InstalledModel
from engine.picture.pipeline import SHELF, loaded_pipeline
from engine.protocol.errors import BadInput, BadModel, Cancelled
from engine.protocol.picture_options import LoraUse
from tests.picture.making import LAYERS, ORIGINAL, RANK, factors, layer_of, make, save

ALPHA = 2.0


def diffusers_format(model: InstalledModel, path: Path, seed: int = 0) -> InstalledLora:
    tensors: dict[str, Any] = {}
    for (part, layer), (down, up) in factors(loaded_pipeline(model), seed).items():
        prefix = "text_model." if part != "unet" else ""
        tensors[f"{part}.{prefix}{layer}.lora_A.weight"] = down
        tensors[f"{part}.{prefix}{layer}.lora_B.weight"] = up * (ALPHA / RANK)
    return save(path, tensors)


def kohya_format(model: InstalledModel, path: Path, *, original: bool) -> InstalledLora:
    import torch

    tensors: dict[str, Any] = {}
    for (part, layer), (down, up) in factors(loaded_pipeline(model)).items():
        if part == "unet" and original:
            start = next(ours for ours in ORIGINAL if layer.startswith(ours))
            layer = ORIGINAL[start] + layer.removeprefix(start)
        start = {"unet": "lora_unet_", "text_encoder": "lora_te1_text_model_", "text_encoder_2": "lora_te2_text_model_"}
        stem = start[part] + layer.replace(".", "_")
        tensors |= {
            f"{stem}.lora_down.weight": down,
            f"{stem}.lora_up.weight": up,
            f"{stem}.alpha": torch.tensor(ALPHA),
        }
    return save(path, tensors)


@pytest.fixture(scope="module")
def lora(rgba_model: InstalledModel, tmp_path_factory: pytest.TempPathFactory) -> InstalledLora:
    return diffusers_format(rgba_model, tmp_path_factory.mktemp("loras") / "bold.safetensors")


@pytest.fixture(scope="module")
def other(rgba_model: InstalledModel, tmp_path_factory: pytest.TempPathFactory) -> InstalledLora:
    return diffusers_format(rgba_model, tmp_path_factory.mktemp("loras") / "soft.safetensors", seed=7)


def test_a_lora_changes_the_picture_as_diffusers_itself_would(rgba_model: InstalledModel, lora: InstalledLora) -> None:
    from diffusers import StableDiffusionXLPipeline

    ours = make(rgba_model, loras=[lora])
    plain = make(rgba_model)
    assert np.abs(ours.rgba.astype(int) - plain.rgba).mean() > 2
    told = ours.effective["loras"]
    layers = sum(len(names) for names in LAYERS.values())
    assert told == [
        {"name": "bold", "hash": lora.hash, "weight": 1.0, "ranks": [RANK], "layers": layers, "unmatched": 0}
    ]
    pipe: Any = StableDiffusionXLPipeline.from_pretrained(str(rgba_model.path), local_files_only=True)
    pipe.load_lora_weights(str(lora.path.parent), weight_name=lora.path.name, adapter_name="bold")
    pipe.fuse_lora()
    worn = SHELF.take(rgba_model)
    make(rgba_model, loras=[lora], steps=1)
    for part, layers_of_part in LAYERS.items():
        for layer in layers_of_part:
            theirs = layer_of(pipe, part, layer)
            theirs = getattr(theirs, "base_layer", theirs).weight
            assert np.allclose(
                layer_of(worn.pipe, part, layer).weight.detach().numpy(), theirs.detach().float().numpy(), atol=2e-3
            ), (part, layer)


@pytest.mark.parametrize("original", [False, True])
def test_kohyas_format_gives_the_same_picture_under_both_of_its_names(
    rgba_model: InstalledModel, lora: InstalledLora, tmp_path: Path, original: bool
) -> None:
    theirs = make(rgba_model, loras=[kohya_format(rgba_model, tmp_path / "k.safetensors", original=original)])
    assert theirs.warnings == []
    assert np.abs(theirs.rgba.astype(int) - make(rgba_model, loras=[lora]).rgba).max() <= 1


def test_lycoris_and_whole_differences_mean_their_products(rgba_model: InstalledModel, tmp_path: Path) -> None:
    import torch

    layer = LAYERS["unet"][0]
    stem = "lora_unet_" + layer.replace(".", "_")
    out, inner = layer_of(loaded_pipeline(rgba_model), "unet", layer).weight.shape
    draw = torch.Generator().manual_seed(3)
    w1a, w1b, w2a, w2b = (torch.randn(shape, generator=draw) for shape in ((out, 4), (4, inner)) * 2)
    small, large = torch.randn(4, 4, generator=draw), torch.randn(out // 4, inner // 4, generator=draw)
    pairs = {
        "loha": (
            {f"{stem}.hada_w1_a": w1a, f"{stem}.hada_w1_b": w1b, f"{stem}.hada_w2_a": w2a, f"{stem}.hada_w2_b": w2b,
             f"{stem}.alpha": torch.tensor(1.0)},
            (w1a @ w1b) * (w2a @ w2b) / 4,
        ),
        "lokr": ({f"{stem}.lokr_w1": small, f"{stem}.lokr_w2": large}, torch.kron(small, large)),
    }  # fmt: skip
    plain = make(rgba_model).rgba
    for name, (tensors, product) in pairs.items():
        factored = make(rgba_model, loras=[save(tmp_path / f"{name}.safetensors", tensors)]).rgba
        whole = make(rgba_model, loras=[save(tmp_path / f"{name}-diff.safetensors", {f"{stem}.diff": product})]).rgba
        assert np.abs(factored.astype(int) - whole).max() <= 1
        assert not np.array_equal(factored, plain)


def test_dora_keeps_each_rows_learnt_length(rgba_model: InstalledModel, tmp_path: Path) -> None:
    import torch

    layer = LAYERS["unet"][0]
    weight = layer_of(loaded_pipeline(rgba_model), "unet", layer).weight.detach().clone()
    lengths = torch.linspace(0.5, 2, weight.shape[0])
    down, up = factors(loaded_pipeline(rgba_model))["unet", layer]
    stem = f"unet.{layer}"
    tensors = {f"{stem}.lora_A.weight": down, f"{stem}.lora_B.weight": up, f"{stem}.lora_magnitude_vector": lengths}
    make(rgba_model, loras=[save(tmp_path / "dora.safetensors", tensors)], steps=1)
    changed = layer_of(SHELF.take(rgba_model).pipe, "unet", layer).weight
    assert torch.allclose(changed.norm(dim=1), lengths, atol=1e-4)
    direction = (weight + up @ down) / (weight + up @ down).norm(dim=1, keepdim=True)
    assert torch.allclose(changed / lengths[:, None], direction, atol=1e-4)


def test_after_taking_loras_off_the_model_is_the_plain_one_to_the_bit(
    rgba_model: InstalledModel, lora: InstalledLora, other: InstalledLora
) -> None:
    plain = make(rgba_model).rgba
    alone = make(rgba_model, loras=[other]).rgba
    make(rgba_model, loras=[lora])
    both = make(rgba_model, loras=[lora, other]).rgba
    assert np.array_equal(make(rgba_model, loras=[other]).rgba, alone), "another one left a trace"
    assert not np.array_equal(both, alone)
    assert np.array_equal(make(rgba_model).rgba, plain)
    assert np.array_equal(make(rgba_model, loras=[lora], uses=(LoraUse(name="bold", weight=0.0),)).rgba, plain)


def test_switching_changes_weights_in_place_and_loads_nothing_again(
    rgba_model: InstalledModel, lora: InstalledLora, other: InstalledLora
) -> None:
    make(rgba_model, loras=[lora])
    held = SHELF.take(rgba_model)
    places = {name: value.data_ptr() for name, value in held.pipe.unet.named_parameters()}
    modules = [id(module) for module in held.pipe.unet.modules()]
    make(rgba_model, loras=[other])
    assert SHELF.take(rgba_model) is held
    assert {name: value.data_ptr() for name, value in held.pipe.unet.named_parameters()} == places
    assert [id(module) for module in held.pipe.unet.modules()] == modules


def test_blocks_are_weighed_apart(rgba_model: InstalledModel, lora: InstalledLora) -> None:
    def with_blocks(**blocks: float) -> np.ndarray[Any, Any]:
        names = {name.replace("_", "."): weight for name, weight in blocks.items()}
        return make(rgba_model, loras=[lora], uses=(LoraUse(name="bold", blocks=names),)).rgba

    full, plain = make(rgba_model, loras=[lora]).rgba, make(rgba_model).rgba
    assert np.array_equal(with_blocks(down=1, mid=1, up=1, text=1), full)
    assert np.array_equal(with_blocks(down=0, mid=0, up=0, text=0), plain)
    only_up = with_blocks(down=0, mid=0, text=0)
    assert not np.array_equal(only_up, plain) and not np.array_equal(only_up, full)
    assert np.array_equal(with_blocks(down=0, down_1=1, down_2=1), full), "the narrower name counts"
    with pytest.raises(BadInput, match=r"changes no block “down.7”; .* down.1, down.2, mid, text, up, up.0, up.1"):
        with_blocks(down_7=0)


def test_parts_without_a_place_are_named_and_a_lora_without_any_is_refused(
    rgba_model: InstalledModel, lora: InstalledLora, tmp_path: Path
) -> None:
    import torch
    from safetensors.torch import load_file

    strange = {f"unet.down_blocks.9.attn.{n}.lora_A.weight": torch.zeros(4, 8) for n in range(6)}
    narrow = {f"unet.{LAYERS['unet'][1]}.lora_{way}.weight": torch.zeros(4, 4) for way in "AB"}
    mixed = make(
        rgba_model, loras=[save(tmp_path / "mixed.safetensors", {**load_file(lora.path), **strange, **narrow})]
    )
    [note] = mixed.warnings
    assert note.code == "lora_unmatched"
    assert "7 parts that “tiny-rgba” doesn't have" in note.sentence and "down_blocks.9.attn.0" in note.sentence
    keys = note.parameters["keys"]
    assert isinstance(keys, list) and f"unet.{LAYERS['unet'][1]}" in keys
    plain = make(rgba_model).rgba
    with pytest.raises(BadModel, match="doesn't fit “tiny-rgba”: none of its 6 parts"):
        make(rgba_model, loras=[save(tmp_path / "strange.safetensors", strange)])
    garbage = tmp_path / "garbage.safetensors"
    garbage.write_bytes(b"\x00" * 100)
    broken = dataclasses.replace(lora, path=garbage, hash="0" * 64)
    with pytest.raises(BadModel, match="can't be read"):
        make(rgba_model, loras=[broken])
    assert np.array_equal(make(rgba_model).rgba, plain)


def test_a_lora_without_numbers_is_refused(rgba_model: InstalledModel, lora: InstalledLora, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    sound = load_file(lora.path)
    first = next(iter(sound))
    for harm, reason in ((torch.full_like(sound[first], float("nan")), "no numbers"), (sound[first][:0], "is empty")):
        broken = save(tmp_path / f"{reason.replace(' ', '-')}.safetensors", {**sound, first: harm})
        with pytest.raises(BadModel, match=f"is damaged: {first}.*{reason}; install another copy"):
            make(rgba_model, loras=[broken])


def test_values_that_overflow_are_told_instead_of_an_empty_picture(
    rgba_model: InstalledModel, lora: InstalledLora, tmp_path: Path
) -> None:
    from safetensors.torch import load_file

    far = {name: tensor * 1e25 for name, tensor in load_file(lora.path).items()}
    with pytest.raises(BadModel, match="computed values that are no numbers"):
        make(rgba_model, loras=[save(tmp_path / "far.safetensors", far)])
    assert make(rgba_model, loras=[lora]).rgba[..., 3].any()


def test_a_cancel_while_it_is_put_on_leaves_the_plain_model(rgba_model: InstalledModel, lora: InstalledLora) -> None:
    plain = make(rgba_model).rgba
    left = 3

    def check() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Cancelled("The picture was cancelled.")

    from engine.picture.loras.wardrobe import Worn

    wardrobe = SHELF.take(rgba_model).wardrobe
    with pytest.raises(Cancelled):
        wardrobe.wear([Worn(LoraUse(name="bold"), lora.path, lora.hash)], check)
    assert wardrobe.worn == ()
    assert np.array_equal(make(rgba_model).rgba, plain)
