"""Characters in a project: what is kept of them, how copies merge, and what they add to a recipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.builder.words import parse
from engine.library.characters import Characters, cast, training_of, trigger_of
from engine.library.library import Library
from engine.library.project_document import ProjectDocument
from engine.protocol.errors import BadInput, NotFound
from engine.protocol.picture_options import ModelRef
from engine.protocol.recipes import PictureRecipe
from tests.library.making import add_picture, png


@pytest.fixture
def characters(library: Library) -> Characters:
    return Characters(library.projects.document(library.projects.default().id))


def blobs(library: Library, count: int) -> list[str]:
    return [library.blobs.add_bytes(png((index, 0, 0, 255))) for index in range(count)]


def test_a_character_is_kept_with_its_pictures_and_captions(library: Library, characters: Characters) -> None:
    made = characters.create("Captain Pip", "a purple fox", blobs(library, 3))
    first = made.pictures[0]
    characters.set_caption(made.id, first.id, "sitting")
    characters.remove_picture(made.id, made.pictures[1].id)
    kept = Characters(ProjectDocument("again", library.layout.projects / library.projects.default().id)).find(
        "captain pip"
    )
    assert kept.trigger == "captainpip"
    assert [(p.blob, p.caption) for p in kept.pictures] == [
        (first.blob, "sitting"),
        (made.pictures[2].blob, ""),
    ]


def test_edits_on_two_machines_are_both_kept(library: Library, characters: Characters) -> None:
    made = characters.create("Pip", blobs=blobs(library, 1))
    folder = library.layout.projects / library.projects.default().id
    elsewhere = Characters(ProjectDocument("other", folder))
    elsewhere.change(made.id, description="a purple fox")
    characters.add_pictures(made.id, blobs(library, 2)[1:])
    kept = characters.get(made.id)
    assert (kept.description, len(kept.pictures)) == ("a purple fox", 2)


def test_a_change_can_be_undone(library: Library, characters: Characters) -> None:
    made = characters.create("Pip")
    characters.remove(made.id)
    assert characters.list() == []
    library.projects.document(library.projects.default().id).undo()
    assert [one.name for one in characters.list()] == ["Pip"]


def test_a_picture_is_added_once_and_thirty_are_the_most(library: Library, characters: Characters) -> None:
    many = blobs(library, 31)
    made = characters.create("Pip", blobs=many[:29])
    assert len(characters.add_pictures(made.id, [many[0], many[29]]).pictures) == 30
    with pytest.raises(BadInput, match="at most 30 pictures; these would be 31"):
        characters.add_pictures(made.id, [many[30]])


@pytest.mark.parametrize("name", ["", "  ", "!!!"])
def test_a_name_that_says_nothing_is_refused(characters: Characters, name: str) -> None:
    with pytest.raises(BadInput, match="needs a name"):
        characters.create(name)


def test_a_taken_name_and_an_unknown_one_are_told(characters: Characters) -> None:
    characters.create("Pip")
    with pytest.raises(BadInput, match="“pip” in this project already"):
        characters.create("pip")
    with pytest.raises(NotFound, match="no character “Zoe” in this project; it has Pip"):
        characters.find("Zoe")


def test_casting_adds_trigger_description_and_lora(library: Library, characters: Characters) -> None:
    made = characters.create("Pip", "a purple fox", blobs(library, 1))
    plain = PictureRecipe(prompt="jumping")
    untrained = cast(made, plain)
    assert (untrained.prompt, untrained.loras) == ("a purple fox, jumping", ())
    characters.trained(made.id, "a job", "starter", "Pip", "a" * 64)
    trained = cast(characters.get(made.id), plain)
    assert trained.prompt == "pip, a purple fox, jumping"
    assert [(use.name, use.hash) for use in trained.loras] == [("Pip", "a" * 64)]
    assert (trained.character, trained.written) == (made.id, "jumping")
    assert cast(characters.get(made.id), trained) == trained


def test_a_lora_is_not_used_with_a_model_that_it_was_not_trained_on(library: Library, characters: Characters) -> None:
    made = characters.create("Pip", "a purple fox", blobs(library, 1))
    characters.trained(made.id, "a job", "starter", "Pip", "a" * 64)
    other = cast(characters.get(made.id), PictureRecipe(prompt="jumping", model=ModelRef(name="big")))
    assert (other.prompt, other.loras) == ("a purple fox, jumping", ())


def test_two_who_see_a_training_end_at_once_keep_which_one_it_was(characters: Characters) -> None:
    made = characters.create("Pip")
    characters.training_began(made.id, "first")
    for _ in range(2):
        characters.trained(made.id, "first", "starter", "Pip", "a" * 64)
    assert (characters.get(made.id).learnt_in, characters.get(made.id).job) == ("first", "")
    characters.training_began(made.id, "second")
    after = characters.trained(made.id, "first", "starter", "Pip", "a" * 64)
    assert (after.learnt_in, after.job) == ("first", "second"), "a training that began since goes on"


def test_a_training_takes_pictures_captions_and_description(library: Library, characters: Characters) -> None:
    made = characters.create("Pip", "a purple fox", blobs(library, 2))
    made = characters.set_caption(made.id, made.pictures[1].id, "sitting")
    recipe = training_of(made, ModelRef(), steps=7)
    assert (recipe.trigger, recipe.description, recipe.steps) == ("pip", "a purple fox", 7)
    assert [picture.caption for picture in recipe.pictures] == ["", "sitting"]
    with pytest.raises(BadInput, match="no pictures to learn from"):
        training_of(characters.create("Empty"), ModelRef())


def test_a_character_keeps_the_pictures_that_are_erased_from_the_gallery(
    library: Library, characters: Characters
) -> None:
    project = library.projects.default().id
    entry, other = add_picture(library, project), add_picture(library, project, data=png((1, 2, 3, 255)))
    characters.create("Pip", blobs=[entry.artifact.blob])
    library.gallery.erase([entry.id, other.id])
    assert entry.artifact.blob in library.blobs
    assert other.artifact.blob not in library.blobs


def test_an_erased_project_takes_its_characters_pictures_along(library: Library) -> None:
    project = library.projects.create("Short-lived")
    blob = library.blobs.add_bytes(png((9, 9, 9, 255)))
    Characters(library.projects.document(project.id)).create("Pip", blobs=[blob])
    library.projects.erase(project.id)
    assert blob not in library.blobs


def test_the_trigger_is_one_plain_word() -> None:
    assert trigger_of("Captain Pip 2!") == "captainpip2"
    assert trigger_of("Ünal") == "ünal"
    assert parse("captainpip2, a purple fox").unknown == ["captainpip2"]


def test_no_picture_is_lost_when_the_folder_is_copied(tmp_path: Path) -> None:
    import shutil

    with Library.open(tmp_path / "one") as first:
        made = Characters(first.projects.document(first.projects.default().id)).create("Pip", blobs=blobs(first, 1))
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    with Library.open(tmp_path / "two") as copy:
        kept = Characters(copy.projects.document(copy.projects.default().id)).find("Pip")
        assert kept == made
        assert kept.pictures[0].blob in copy.blobs
