"""LoRAs and their like come in, are found for a recipe, are refused where they don't fit, and go to the trash."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.models.addon import AddOn, InstalledIpAdapter
from engine.models.addon_candidate import candidate
from engine.models.addons import AddOns
from engine.models.installed import InstalledModel
from engine.models.kinds import ModelKind
from engine.protocol.errors import BadInput, BadModel, UnknownModel
from engine.protocol.picture_options import ControlKind, LoraUse, ModelRef
from tests.models.addon_files import Shapes, controlnet, diffusers_lora, ip_adapter, kohya, write_tensors


@pytest.fixture
def add_ons(tmp_path: Path) -> AddOns:
    return AddOns(tmp_path / "models", shipped_folder=tmp_path / "shipped")


def install(add_ons: AddOns, path: Path, shapes: Shapes, name: str | None = None, fill: int = 0) -> AddOn:
    found = candidate(write_tensors(path, shapes, fill=fill))
    assert found is not None
    return add_ons.install(found, name)


def checkpoint(tmp_path: Path, width: int, architecture: str = "sdxl") -> InstalledModel:
    (tmp_path / "base" / "unet").mkdir(parents=True, exist_ok=True)
    (tmp_path / "base" / "unet" / "config.json").write_text(json.dumps({"cross_attention_dim": width}))
    return InstalledModel(
        name="base", path=tmp_path / "base", architecture=architecture, layout="diffusers", hash="0" * 64, size_bytes=1,
        native_size=1024, alpha=False, builtin=False, licence="", parameters=1,
    )  # fmt: skip


def test_an_installed_lora_is_found_by_name_and_by_hash(add_ons: AddOns, tmp_path: Path) -> None:
    made = install(add_ons, tmp_path / "Red Fox.safetensors", kohya())
    assert made.path.is_file() and made.path.parent == tmp_path / "models" / "loras" / "Red Fox"
    lora = add_ons.resolve_lora(LoraUse(name="red fox"))
    assert (lora.hash, lora.ranks, lora.architecture) == (made.hash, (4,), "sdxl")
    assert add_ons.resolve_lora(LoraUse(name="renamed", hash=made.hash)).name == "Red Fox"
    with pytest.raises(UnknownModel, match="did you mean “Red Fox”"):
        add_ons.resolve_lora(LoraUse(name="red foxx"))
    with pytest.raises(UnknownModel, match="another version of the LoRA"):
        add_ons.resolve_lora(LoraUse(name="Red Fox", hash="f" * 64))


def test_a_lora_for_another_architecture_is_refused_with_the_reason(add_ons: AddOns, tmp_path: Path) -> None:
    install(add_ons, tmp_path / "old.safetensors", kohya(768))
    install(add_ons, tmp_path / "big.safetensors", kohya(2048))
    install(add_ons, tmp_path / "small.safetensors", diffusers_lora(224))
    starter = checkpoint(tmp_path, 224)
    with pytest.raises(BadModel, match=r"is made for Stable Diffusion 1\.5 and “base” is SDXL"):
        add_ons.resolve_lora(LoraUse(name="old"), starter)
    with pytest.raises(BadModel, match="of another size than “base”"):
        add_ons.resolve_lora(LoraUse(name="big"), starter)
    assert add_ons.resolve_lora(LoraUse(name="small"), starter).context_width == 224


def test_controlnets_are_chosen_by_map_and_architecture(add_ons: AddOns, tmp_path: Path) -> None:
    install(add_ons, tmp_path / "pose-xl.safetensors", controlnet())
    install(add_ons, tmp_path / "depth-old.safetensors", controlnet(768, sdxl=False))
    base = checkpoint(tmp_path, 2048)
    assert add_ons.resolve_controlnet(ControlKind.POSE, base).name == "pose-xl"
    with pytest.raises(UnknownModel, match=r"No ControlNet for depth is installed that fits “base” \(SDXL\)"):
        add_ons.resolve_controlnet(ControlKind.DEPTH, base)
    with pytest.raises(BadModel, match="reads pose maps, not depth"):
        add_ons.resolve_controlnet(ControlKind.DEPTH, base, ModelRef(name="pose-xl"))


def test_a_diffusers_controlnet_folder_keeps_its_layout(add_ons: AddOns, tmp_path: Path) -> None:
    folder = tmp_path / "canny"
    write_tensors(folder / "diffusion_pytorch_model.safetensors", controlnet())
    (folder / "config.json").write_text(json.dumps({"_class_name": "ControlNetModel"}))
    found = candidate(folder)
    assert found is not None
    net = add_ons.install(found)
    assert (net.layout, net.name) == ("diffusers", "canny")
    assert sorted(path.name for path in net.path.iterdir()) == ["config.json", "diffusion_pytorch_model.safetensors"]


def test_an_ip_adapter_brings_its_image_encoder(add_ons: AddOns, tmp_path: Path) -> None:
    encoder = tmp_path / "sdxl_models" / "image_encoder"
    write_tensors(encoder / "model.safetensors", {"vision_model.embeddings.class_embedding": (8,)})
    (encoder / "config.json").write_text("{}")
    install(add_ons, tmp_path / "sdxl_models" / "ip-adapter.safetensors", ip_adapter())
    adapter = add_ons.resolve_ip_adapter(checkpoint(tmp_path, 2048))
    assert isinstance(adapter, InstalledIpAdapter) and adapter.image_encoder is not None
    assert (adapter.image_encoder / "model.safetensors").is_file() and adapter.image_width == 1280


def test_the_same_content_is_kept_once_and_a_taken_name_is_refused(add_ons: AddOns, tmp_path: Path) -> None:
    first = install(add_ons, tmp_path / "a.safetensors", kohya())
    assert install(add_ons, tmp_path / "b.safetensors", kohya()).name == first.name
    with pytest.raises(BadInput, match="Another LoRA is installed as “a”"):
        install(add_ons, tmp_path / "c.safetensors", kohya(), name="a", fill=1)
    assert [one.name for one in add_ons.list()] == ["a"]


def test_trash_takes_one_and_gives_it_back(add_ons: AddOns, tmp_path: Path) -> None:
    install(add_ons, tmp_path / "a.safetensors", kohya())
    install(add_ons, tmp_path / "b.safetensors", kohya(), fill=1)
    add_ons.remove(ModelKind.LORA, "A")
    assert [one.name for one in add_ons.list()] == ["b"]
    assert add_ons.trashed() == ((ModelKind.LORA, "a"),)
    assert add_ons.restore(ModelKind.LORA, "a").path.is_file()
    assert [one.name for one in add_ons.list()] == ["a", "b"]


def test_shipped_add_ons_are_there_and_stay(tmp_path: Path) -> None:
    write_tensors(tmp_path / "shipped" / "loras" / "sticker.safetensors", diffusers_lora())
    add_ons = AddOns(tmp_path / "models", shipped_folder=tmp_path / "shipped")
    [sticker] = add_ons.list(ModelKind.LORA)
    assert sticker.builtin and sticker.licence == "Apache-2.0"
    with pytest.raises(BadInput, match="ships with MascotForge"):
        add_ons.remove(ModelKind.LORA, "sticker")


def test_a_lora_whose_file_vanished_is_told(add_ons: AddOns, tmp_path: Path) -> None:
    install(add_ons, tmp_path / "a.safetensors", kohya()).path.unlink()
    with pytest.raises(BadModel, match="The file of the LoRA “a” is gone"):
        add_ons.resolve_lora(LoraUse(name="a"))
