"""Cards count who used a model and show the first picture made with it."""

from __future__ import annotations

import time
from pathlib import Path

from engine.dispatch.model_cards import ModelCard, model_cards
from engine.dispatch.model_desk import ModelDesk
from engine.library.library import Library
from engine.models.addon import InstalledLora
from engine.models.kinds import ModelKind
from engine.protocol.artifacts import Artifact, AssetType
from engine.protocol.picture_options import LoraUse
from engine.protocol.recipes import PictureRecipe
from tests.library.making import png
from tests.models.addon_files import diffusers_lora, write_tensors


def card_of(library: Library, name: str) -> ModelCard:
    return next(card for card in model_cards(library) if card.name == name)


def add_picture_with(library: Library, content: str, shade: int) -> str:
    blob = library.blobs.add_bytes(png((shade, 0, 0, 255)))
    artifact = Artifact(type=AssetType.IMAGE, role="picture", blob=blob, media_type="image/png", file_name="fox.png",
                        size_bytes=10, width=8, height=8)  # fmt: skip
    recipe = PictureRecipe(prompt="a fox", loras=(LoraUse(name="Fox", hash=content),))
    library.gallery.add(library.projects.default().id, None, artifact, recipe)
    return blob


def test_results_are_counted_and_the_first_one_is_the_preview(library: Library, tmp_path: Path) -> None:
    ModelDesk(library).install(str(write_tensors(tmp_path / "Fox.safetensors", diffusers_lora())))
    before = card_of(library, "Fox")
    assert (before.used_by, before.preview) == (0, None)
    first = add_picture_with(library, before.hash, 10)
    assert card_of(library, "Fox").used_by == 1
    add_picture_with(library, before.hash, 20)
    add_picture_with(library, "f" * 64, 30)
    after = card_of(library, "Fox")
    assert (after.used_by, after.preview) == (2, library.blobs.path(first))


def test_a_recipe_that_names_the_starter_without_its_content_counts(library: Library) -> None:
    starter = card_of(library, "starter")
    blob = library.blobs.add_bytes(png())
    artifact = Artifact(type=AssetType.IMAGE, role="picture", blob=blob, media_type="image/png", file_name="fox.png",
                        size_bytes=10, effective={"model_hash": starter.hash})  # fmt: skip
    library.gallery.add(library.projects.default().id, None, artifact, PictureRecipe(prompt="a fox"))
    assert card_of(library, "starter").used_by == 1


def test_characters_that_own_a_lora_count_too(library: Library, tmp_path: Path) -> None:
    from engine.library.characters import Characters

    ModelDesk(library).install(str(write_tensors(tmp_path / "Fox.safetensors", diffusers_lora())))
    card = card_of(library, "Fox")
    project = library.projects.default()
    document = library.projects.document(project.id)
    characters = Characters(document)
    made = characters.create("Zorbo")
    characters.trained(made.id, "a job", "starter", "Fox", card.hash)
    assert card_of(library, "Fox").used_by == 1


def test_a_file_beside_it_is_the_preview(library: Library, tmp_path: Path) -> None:
    (tmp_path / "Fox.preview.png").write_bytes(png())
    ModelDesk(library).install(str(write_tensors(tmp_path / "Fox.safetensors", diffusers_lora())))
    preview = card_of(library, "Fox").preview
    assert preview is not None and preview.name == "preview.png" and preview.read_bytes() == png()


def test_a_thousand_loras_are_listed_quickly_once_known(library: Library) -> None:
    folder = library.folder / "models" / "loras"
    for number in range(1000):
        name = f"LoRA {number}"
        path = write_tensors(folder / name / f"{name}.safetensors", diffusers_lora())
        record = InstalledLora(
            name=name, kind=ModelKind.LORA, path=path, layout="single-file", architecture="sdxl",
            hash=f"{number:064x}", size_bytes=path.stat().st_size, parameters=1, format="diffusers",
        )  # fmt: skip
        (folder / name / "model.json").write_bytes(record.to_json())
    assert len(model_cards(library)) > 1000
    begin = time.process_time()
    model_cards(library)
    assert time.process_time() - begin < 1.0
