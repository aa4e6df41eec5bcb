"""What people change about installed add-ons, and emptying the trash."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.blobs.store import hash_file
from engine.models.addon import AddOn
from engine.models.annotate import Annotation, words_of
from engine.models.catalogue import ModelCatalogue
from engine.models.install import install
from engine.models.kinds import ModelKind
from engine.protocol.errors import BadInput, BadPicture
from tests.library.making import png
from tests.models.addon_files import diffusers_lora, write_tensors


@pytest.fixture
def models(tmp_path: Path) -> ModelCatalogue:
    return ModelCatalogue(tmp_path / "models")


@pytest.fixture
def fox(models: ModelCatalogue, tmp_path: Path) -> AddOn:
    made = install(models, write_tensors(tmp_path / "Fox.safetensors", diffusers_lora()))
    assert isinstance(made, AddOn)
    return made


def test_words_description_and_preview_are_kept(models: ModelCatalogue, fox: AddOn, tmp_path: Path) -> None:
    before = hash_file(fox.path)
    picture = tmp_path / "mine.png"
    picture.write_bytes(png())
    models.add_ons.annotate(ModelKind.LORA, "fox", Annotation(("red fox", "scarf"), " Small and red. ", picture))
    after = ModelCatalogue(models.folder).add_ons.get(ModelKind.LORA, "Fox")
    assert (after.trigger_words, after.description) == (("red fox", "scarf"), "Small and red.")
    assert after.preview is not None and after.preview.read_bytes() == png()
    assert after.hash == fox.hash == before == hash_file(after.path)
    models.add_ons.annotate(ModelKind.LORA, "Fox", Annotation(description="Other words"))
    again = models.add_ons.get(ModelKind.LORA, "Fox")
    assert (again.trigger_words, again.description, again.preview) == ((), "Other words", after.preview)


def test_what_can_not_be_kept_is_told_and_changes_nothing(models: ModelCatalogue, fox: AddOn, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    for note, kind, words in (
        (Annotation(("x" * 200,)), BadInput, "trigger words"),
        (Annotation((), "x" * 5000), BadInput, "description has at most"),
        (Annotation((), "new", tmp_path / "text.png"), BadPicture, "is not a picture"),
    ):
        with pytest.raises(kind, match=words):
            models.add_ons.annotate(ModelKind.LORA, "Fox", note)
    assert models.add_ons.get(ModelKind.LORA, "Fox") == fox


def test_words_are_split_at_commas_and_lines() -> None:
    assert words_of(" red  fox, scarf\nred fox,, hat ") == ("red fox", "scarf", "hat")


def test_an_emptied_trash_frees_its_bytes_and_nothing_else(models: ModelCatalogue, fox: AddOn, tmp_path: Path) -> None:
    kept = install(models, write_tensors(tmp_path / "Other.safetensors", diffusers_lora(rank=6)))
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious.txt").write_text("stay")
    (fox.path.parent / "link").symlink_to(outside)
    models.add_ons.remove(ModelKind.LORA, "Fox")
    (models.folder / ".trash" / "not a model").mkdir()
    freed = models.empty_trash()
    assert freed >= fox.size_bytes
    assert models.add_ons.trashed() == () and models.trashed() == ()
    assert (outside / "precious.txt").exists() and (models.folder / ".trash" / "not a model").is_dir()
    assert models.add_ons.get(ModelKind.LORA, "Other") == kept
    assert models.empty_trash() == 0
