"""A folder of another tool is used in place: read, never written, and missed politely while it is away."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.models.addon import InstalledLora
from engine.models.catalogue import ModelCatalogue
from engine.models.kinds import ModelKind
from engine.models.shared_folders import SharedFolders
from engine.protocol.errors import BadInput, BadModel
from engine.protocol.picture_options import LoraUse, ModelRef
from tests.models.addon_files import controlnet, kohya, write_tensors


@pytest.fixture
def comfy(tmp_path: Path, tiny_file: Path) -> Path:
    """ComfyUI's layout with a checkpoint, two LoRAs, a ControlNet, a pickle and half a file."""
    models = tmp_path / "ComfyUI" / "models"
    (models / "checkpoints").mkdir(parents=True)
    os.link(tiny_file, models / "checkpoints" / "foxes.safetensors")
    write_tensors(models / "loras" / "styles" / "ink.safetensors", kohya())
    write_tensors(models / "loras" / "old" / "ink.safetensors", kohya(), fill=1)
    write_tensors(models / "controlnet" / "openpose.safetensors", controlnet())
    (models / "checkpoints" / "ancient.ckpt").write_bytes(b"pickle")
    whole = write_tensors(tmp_path / "half.safetensors", kohya()).read_bytes()
    (models / "loras" / "broken.safetensors").write_bytes(whole[:-200])
    return models


@pytest.fixture
def shared(catalogue: ModelCatalogue, comfy: Path) -> SharedFolders:
    folders = SharedFolders(catalogue)
    folders.add(comfy)
    return folders


def listing(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_a_scan_finds_all_kinds_and_changes_nothing(
    catalogue: ModelCatalogue, shared: SharedFolders, comfy: Path
) -> None:
    before = listing(comfy)
    report = shared.scan()
    assert sorted(report.added) == ["foxes", "ink", "ink 2", "openpose"]
    assert report.pickles == 1
    [(path, reason)] = report.refused
    assert path.name == "broken.safetensors" and "truncated: 200 bytes are missing" in reason
    assert listing(comfy) == before
    model = catalogue.get("foxes")
    assert model.in_place and model.path == comfy / "checkpoints" / "foxes.safetensors"
    assert (model.config_folder / "unet" / "config.json").is_file()
    assert catalogue.resolve(ModelRef(name="x", hash=model.hash)).name == "foxes"
    assert isinstance(catalogue.add_ons.resolve_lora(LoraUse(name="ink 2")), InstalledLora)
    assert not list(catalogue.folder.rglob("*.safetensors")), "nothing was copied"


def test_a_second_scan_reads_only_what_changed(catalogue: ModelCatalogue, shared: SharedFolders, comfy: Path) -> None:
    shared.scan()
    first = catalogue.add_ons.resolve_lora(LoraUse(name="ink"))
    write_tensors(first.path, kohya(), fill=9)
    os.utime(first.path, ns=(1, 1))
    with pytest.raises(BadModel, match="is another one now; scan the folder again"):
        catalogue.add_ons.resolve_lora(LoraUse(name="ink"))
    (comfy / "controlnet" / "openpose.safetensors").unlink()
    report = shared.scan()
    assert (report.changed, report.gone, report.added, report.unchanged) == (["ink"], ["openpose"], [], 2)
    assert catalogue.add_ons.resolve_lora(LoraUse(name="ink")).hash != first.hash


def test_an_unplugged_folder_is_told_and_comes_back(
    catalogue: ModelCatalogue, shared: SharedFolders, comfy: Path
) -> None:
    shared.scan()
    comfy.rename(comfy.with_name("unplugged"))
    report = shared.scan()
    assert report.away == [comfy] and report.gone == [] and f"{comfy} is away" in report.sentence()
    with pytest.raises(BadModel, match="plug that disk in again"):
        catalogue.get("foxes")
    with pytest.raises(BadModel, match="plug that disk in again"):
        catalogue.add_ons.resolve_lora(LoraUse(name="ink"))
    comfy.with_name("unplugged").rename(comfy)
    assert catalogue.get("foxes").in_place and shared.scan().unchanged == 4


def test_removing_one_in_place_leaves_its_file_and_stays_removed(
    catalogue: ModelCatalogue, shared: SharedFolders, comfy: Path
) -> None:
    shared.scan()
    catalogue.add_ons.remove(ModelKind.LORA, "ink")
    catalogue.remove("foxes")
    assert (comfy / "checkpoints" / "foxes.safetensors").is_file()
    assert shared.scan().added == []
    assert catalogue.add_ons.restore(ModelKind.LORA, "ink").path.is_file()
    assert catalogue.restore("foxes").in_place


def test_forgetting_a_folder_forgets_its_models_only(
    catalogue: ModelCatalogue, shared: SharedFolders, comfy: Path, tmp_path: Path
) -> None:
    shared.scan()
    before = listing(comfy)
    shared.forget(comfy)
    assert not any(model.in_place for model in (*catalogue.list(), *catalogue.add_ons.list())) and shared.list() == []
    assert listing(comfy) == before


def test_our_own_models_cannot_be_shared(catalogue: ModelCatalogue, tmp_path: Path) -> None:
    catalogue.folder.mkdir(parents=True)
    for folder in (catalogue.folder, catalogue.folder.parent):
        with pytest.raises(BadInput, match="own models"):
            SharedFolders(catalogue).add(folder)
    with pytest.raises(BadInput, match="There is no folder"):
        SharedFolders(catalogue).add(tmp_path / "nothing")
