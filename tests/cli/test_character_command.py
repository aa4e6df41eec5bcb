"""`character …` and `lora train` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli import exits
from engine.cli.commands.character import sheet_recipes
from engine.cli.main import main
from engine.library.characters import Character, Characters, training_of
from engine.library.library import Library
from engine.protocol.mascot import Pose
from engine.protocol.recipes import ModelRef
from tests.app.samples import mascots, png_of


@pytest.fixture
def pictures(tmp_path: Path) -> list[str]:
    files = [tmp_path / f"{number}.png" for number in range(2)]
    for file, mascot in zip(files, mascots(2), strict=True):
        file.write_bytes(png_of(mascot, 64))
    return [str(file) for file in files]


def run(folder: Path, *arguments: str) -> int:
    return main(["--library", str(folder / "library"), "--json", *arguments])


def test_a_character_is_made_listed_and_removed(
    tmp_path: Path, pictures: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "character", "new", "Captain Pip", *pictures, "--description", "a purple fox") == exits.OK
    made = json.loads(capsys.readouterr().out)["character"]
    assert (made["name"], made["pictures"], made["trigger"]) == ("Captain Pip", 2, "captainpip")
    assert run(tmp_path, "character", "list") == exits.OK
    assert [row["name"] for row in json.loads(capsys.readouterr().out)["rows"]] == ["Captain Pip"]
    assert run(tmp_path, "character", "remove", "captain pip") == exits.OK
    capsys.readouterr()
    run(tmp_path, "character", "list")
    assert json.loads(capsys.readouterr().out)["rows"] == []


def test_what_cannot_be_is_said_in_one_sentence(
    tmp_path: Path, pictures: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    for arguments, said in (
        (("character", "new", "Pip", str(broken)), "broken.png"),
        (("character", "new", "!!!", *pictures), "needs a name"),
        (("character", "train", "Zoe"), "no character “Zoe”"),
        (("lora", "train", *pictures, "--name", "???"), "give a word with --trigger"),
        (("lora", "train", *pictures, "--name", "Pip", "--rank", "900"), "Rank must be 128 or less"),
        (("lora", "train", *pictures, "--name", "Pip", "--model", "nowhere"), "“nowhere” is not installed"),
        (("lora", "train", *pictures * 16, "--name", "Pip"), "At most 30 pictures"),
    ):
        assert run(tmp_path, *arguments) != exits.OK
        assert said in json.loads(capsys.readouterr().out)["error"]["sentence"]


def test_a_character_that_waits_for_another_training_is_not_trained_twice(
    tmp_path: Path, pictures: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, "character", "new", "Pip", *pictures)
    with Library.open(tmp_path / "library") as library:
        project = library.projects.list()[0]
        characters = Characters(library.projects.document(project.id))
        pip = characters.find("pip")
        job = library.queue.add(project.id, training_of(pip, ModelRef(), steps=7))
        characters.training_began(pip.id, job.id)
    capsys.readouterr()
    assert run(tmp_path, "character", "train", "Pip", "--steps", "9") != exits.OK
    assert f"`jobs cancel {job.id}`" in json.loads(capsys.readouterr().out)["error"]["sentence"]
    with Library.open(tmp_path / "library") as library:
        assert len(library.queue.list()) == 1


def test_the_sheet_asks_for_every_pose_in_three_moods() -> None:
    one = Character("id", "Pip", "a purple fox", "pip", model="starter", lora="Pip", lora_hash="a" * 64)
    recipes = sheet_recipes(one, "starter", seed=5)
    assert len(recipes) == 3 * len(Pose)
    assert len({recipe.prompt for recipe in recipes}) == len(recipes)
    assert all(recipe.prompt.startswith("pip, a purple fox, ") for recipe in recipes)
    assert all(recipe.loras[0].name == "Pip" for recipe in recipes)
    assert recipes[0].seed == 5
