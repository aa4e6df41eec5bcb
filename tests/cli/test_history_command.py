"""`history` on the command line: find, note, make again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.cli import exits
from engine.cli.main import main
from engine.library.library import Library
from engine.protocol.mascot import Colour, Mascot, Species
from engine.protocol.recipes import DrawingRecipe, PictureRecipe
from tests.app.samples import add_drawing, png_of


@pytest.fixture
def zoo(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    folder = tmp_path / "library"
    with Library.open(folder) as library:
        project = library.projects.default()
        fox = add_drawing(library, project.id, Mascot(colour=Colour.BLUE), size=64,
                          recipe=PictureRecipe(prompt="a blue fox", seed=4, style="ink"))  # fmt: skip
        bear = add_drawing(library, project.id, Mascot(species=Species.BEAR, colour=Colour.RED), size=64)
    return folder, {"fox": fox.id, "bear": bear.id}


def history(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert main(["history", *map(str, arguments), "--json", "--library", str(folder)]) == exits.OK
    return json.loads(capsys.readouterr().out)


def ids(document: dict[str, Any]) -> list[str]:
    return [row["id"] for row in document["rows"]]


def test_search_by_words_values_and_picture(
    zoo: tuple[Path, dict[str, str]], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder, known = zoo
    assert ids(history(folder, capsys, "search")) == [known["bear"], known["fox"]]
    assert ids(history(folder, capsys, "search", "fox")) == [known["fox"]]
    assert ids(history(folder, capsys, "search", "--style", "ink", "--seed", 4)) == [known["fox"]]
    assert ids(history(folder, capsys, "search", "style:ink", "bear")) == []
    assert ids(history(folder, capsys, "search", "--since", "today", "--kind", "picture", "red")) == [known["bear"]]
    picture = tmp_path / "like.png"
    picture.write_bytes(png_of(Mascot(colour=Colour.BLUE), 100))
    alike = history(folder, capsys, "search", "--like", picture)
    assert ids(alike)[0] == known["fox"] and alike["rows"][0]["likeness"] > 0.95
    assert ids(history(folder, capsys, "search", "--like", known["fox"])) == [known["bear"]]


def test_colours_are_found_in_pictures_that_nobody_looked_at_yet(
    zoo: tuple[Path, dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, known = zoo
    assert ids(history(folder, capsys, "search", "--colour", "Blue")) == [known["fox"]]
    assert ids(history(folder, capsys, "search", "colour:red")) == [known["bear"]]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--colour", "nonsense"], "There is no colour “nonsense”; it can be red, orange,"),
        (["rating:9"], "“rating:9” makes no sense; after rating: comes a number from 0 to 5."),
        (["seed:x"], "“seed:x” makes no sense; after seed: comes a whole number."),
        (["since:someday"], "“since:someday” makes no sense; after since: comes a date like 2026-01-31"),
    ],
)
def test_a_value_that_can_not_be_is_told(
    zoo: tuple[Path, dict[str, str]], capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(["history", "search", *arguments, "--library", str(zoo[0])]) == exits.BAD_INPUT
    assert sentence in capsys.readouterr().err


def test_rating_tagging_naming_and_trashing(
    zoo: tuple[Path, dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, known = zoo
    history(folder, capsys, "rate", *known.values(), "--stars", 4)
    history(folder, capsys, "tag", *known.values(), "--add", "site", "--add", "final")
    history(folder, capsys, "tag", known["bear"], "--remove", "final")
    history(folder, capsys, "rename", known["bear"], "Bruno")
    history(folder, capsys, "note", known["bear"], "for the shop")
    assert ids(history(folder, capsys, "search", "--rating", 4, "--tag", "final")) == [known["fox"]]
    shown = history(folder, capsys, "show", known["bear"])
    assert (shown["title"], shown["note"], shown["tags"]) == ("Bruno", "for the shop", ["site"])
    assert shown["recipe"]["kind"] == "drawing"
    history(folder, capsys, "trash", known["bear"])
    assert ids(history(folder, capsys, "search")) == [known["fox"]]
    history(folder, capsys, "restore", known["bear"])
    assert ids(history(folder, capsys, "search", "bruno")) == [known["bear"]]


def test_again_gives_the_same_pixels(
    zoo: tuple[Path, dict[str, str]], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder, known = zoo
    first = history(folder, capsys, "again", known["bear"], "--out", tmp_path / "one")
    again = history(folder, capsys, "again", first["id"], "--out", tmp_path / "two")
    assert again["same_pixels"] and again["id"] != first["id"]
    assert Path(again["files"][0]).read_bytes() == Path(first["files"][0]).read_bytes()
    with Library.open(folder) as library:
        assert library.gallery.get(again["id"]).recipe == DrawingRecipe(
            mascot=Mascot(species=Species.BEAR, colour=Colour.RED), size=64
        )


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["show", "0123456789"], exits.NOT_FOUND, "no result"),
        (["search", "--like", "nowhere.png"], exits.BAD_INPUT, "does not exist"),
        (["search", "--since", "lately"], exits.BAD_INPUT, "no date"),
        (["rate", "{fox}", "--stars", "6"], exits.BAD_INPUT, "from 0 to 5"),
        (["tag", "{fox}"], exits.BAD_INPUT, "--add"),
        (["more", "{fox}", "--vary", "2"], exits.BAD_INPUT, "up to 1"),
        (["more", "{bear}"], exits.BAD_INPUT, "from a prompt"),
    ],
)
def test_bad_input_is_one_sentence(
    zoo: tuple[Path, dict[str, str]],
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    folder, known = zoo
    given = [text.format(**known) for text in arguments]
    assert main(["history", *given, "--library", str(folder)]) == code
    assert words in capsys.readouterr().err
