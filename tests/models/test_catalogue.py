"""Installing, listing, finding, removing and restoring checkpoints."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from engine.blobs.store import hash_file
from engine.models import copying
from engine.models.catalogue import ModelCatalogue
from engine.protocol.errors import BadInput, BadModel, DiskFull, NotFound, UnknownModel
from engine.protocol.recipes import ModelRef


def test_single_file_is_copied_hashed_and_described_by_its_tensors(catalogue: ModelCatalogue, tiny_file: Path) -> None:
    fractions: list[float] = []
    model = catalogue.install(tiny_file, progress=fractions.append)
    assert (model.name, model.layout, model.architecture) == ("foxes-v1", "single-file", "sdxl")
    assert (model.native_size, model.alpha, model.licence, model.builtin) == (64, True, "MIT", False)
    assert model.hash == hash_file(tiny_file) == hash_file(model.path)
    assert model.size_bytes == tiny_file.stat().st_size
    assert model.parameters > 1_000_000
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    assert (model.config_folder / "model_index.json").is_file()
    assert tiny_file.is_file(), "the original stays where it was"


def test_folder_is_copied_without_what_the_pipeline_does_not_read(
    catalogue: ModelCatalogue, tiny_folder: Path, tmp_path: Path
) -> None:
    source = tmp_path / "my model"
    shutil.copytree(tiny_folder, source)
    (source / "unet" / "evil.py").write_text("print('hello')")
    (source / "preview.png").write_bytes(b"\x89PNG")
    (source / "README.md").write_text("---\nlicense: openrail++\n---\n")
    model = catalogue.install(source)
    assert (model.name, model.layout, model.licence) == ("my model", "diffusers", "openrail++")
    assert not list(model.path.rglob("*.py"))
    assert not list(model.path.rglob("*.png"))
    assert catalogue.resolve(ModelRef(name="my model")) == model


def test_catalogue_is_read_from_disk_and_may_be_moved(
    catalogue: ModelCatalogue, tiny_file: Path, tmp_path: Path
) -> None:
    model = catalogue.install(tiny_file, "Foxes")
    moved = tmp_path / "elsewhere"
    catalogue.folder.rename(moved)
    [again] = ModelCatalogue(moved, starter=tmp_path / "no-starter").list()
    assert again.hash == model.hash
    assert again.path == moved / "Foxes" / "model.safetensors"


def test_same_content_again_gives_the_model_that_is_there(catalogue: ModelCatalogue, tiny_file: Path) -> None:
    first = catalogue.install(tiny_file)
    assert catalogue.install(tiny_file) == first
    assert len(catalogue.list()) == 1
    assert catalogue.install(tiny_file, "second name").name == "second name"


def test_taken_reserved_and_impossible_names_are_refused(
    catalogue: ModelCatalogue, tiny_file: Path, tiny_folder: Path
) -> None:
    catalogue.install(tiny_file, "foxes")
    with pytest.raises(BadInput, match=r"Another model is installed as “Foxes”; choose another name with --name\."):
        catalogue.install(tiny_folder, "Foxes")
    for name in ("starter", "///", "CON", ".."):
        with pytest.raises(BadInput, match=r"--name"):
            catalogue.install(tiny_file, name)
    assert catalogue.install(tiny_file, "../../etc/x").path.is_relative_to(catalogue.folder)
    assert not [path for path in catalogue.folder.iterdir() if path.name.startswith(".incoming")]


def test_unknown_name_gets_near_names(catalogue: ModelCatalogue, tiny_file: Path) -> None:
    with pytest.raises(UnknownModel, match=r"“foxes” is not installed; none is installed"):
        catalogue.get("foxes")
    catalogue.install(tiny_file)
    with pytest.raises(UnknownModel, match=r"The model “Foxs-v1” is not installed; did you mean “foxes-v1”\?"):
        catalogue.get("Foxs-v1")
    with pytest.raises(UnknownModel, match=r"installed: foxes-v1\."):
        catalogue.get("juggernaut")


def test_recipe_finds_its_model_by_hash_under_another_name_but_not_another_version(
    catalogue: ModelCatalogue, tiny_file: Path
) -> None:
    model = catalogue.install(tiny_file, "renamed")
    assert catalogue.resolve(ModelRef(name="original", hash=model.hash)) == model
    with pytest.raises(UnknownModel, match="another version of the model “renamed”"):
        catalogue.resolve(ModelRef(name="renamed", hash="0" * 64))


def test_removed_model_is_in_the_trash_and_comes_back(catalogue: ModelCatalogue, tiny_file: Path) -> None:
    model = catalogue.install(tiny_file)
    catalogue.remove("Foxes-V1")
    assert catalogue.list() == []
    assert catalogue.trashed() == ("foxes-v1",)
    assert catalogue.restore("foxes-v1") == model
    assert hash_file(model.path) == model.hash
    with pytest.raises(NotFound, match=r"No model “foxes-v1” is in the trash; it is empty\."):
        catalogue.restore("foxes-v1")
    with pytest.raises(UnknownModel):
        catalogue.remove("nothing")


def test_restoring_onto_a_taken_name_is_refused_and_loses_nothing(
    catalogue: ModelCatalogue, tiny_file: Path, tiny_folder: Path
) -> None:
    catalogue.install(tiny_file, "a")
    catalogue.remove("a")
    other = catalogue.install(tiny_folder, "a")
    with pytest.raises(BadInput, match="remove that one first"):
        catalogue.restore("a")
    assert catalogue.get("a") == other
    assert catalogue.trashed() == ("a",)


def test_starter_is_first_named_starter_and_stays(tiny_folder: Path, tiny_file: Path, tmp_path: Path) -> None:
    catalogue = ModelCatalogue(tmp_path / "models", starter=tiny_folder)
    catalogue.install(tiny_file, "aaa")
    starter, other = catalogue.list()
    assert (starter.name, starter.builtin, starter.vocabulary) == ("starter", True, True)
    assert other.name == "aaa"
    assert catalogue.resolve(ModelRef()) == starter
    with pytest.raises(BadInput, match="built in"):
        catalogue.remove("starter")


def test_missing_starter_is_said(catalogue: ModelCatalogue) -> None:
    assert catalogue.list() == []
    with pytest.raises(BadModel, match="built-in starter model is missing or incomplete"):
        catalogue.resolve(ModelRef())


def test_weights_that_changed_after_the_install_are_noticed(catalogue: ModelCatalogue, tiny_file: Path) -> None:
    model = catalogue.install(tiny_file)
    model.path.write_bytes(model.path.read_bytes()[:-100])
    with pytest.raises(BadModel, match="changed or lost after it was installed"):
        catalogue.resolve(ModelRef(name=model.name))


def test_full_disk_is_said_before_anything_is_written(
    catalogue: ModelCatalogue, tiny_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(copying.shutil, "disk_usage", lambda path: usage(10**9, 10**9, 1000))
    with pytest.raises(DiskFull, match=r"^The model takes 0\.0 GB and the disk .* free some space"):
        catalogue.install(tiny_file)
    assert list(catalogue.folder.iterdir()) == []


def test_interrupted_copy_leaves_nothing(catalogue: ModelCatalogue, tiny_file: Path) -> None:
    def stop(fraction: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        catalogue.install(tiny_file, progress=stop)
    assert list(catalogue.folder.iterdir()) == []
    assert catalogue.list() == []
