"""`generate`'s options become a recipe; what can't be is one sentence before anything is made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from engine.cli import exits
from engine.cli.arguments import build_parser
from engine.cli.recipes import picture_recipe
from engine.protocol.errors import BadInput
from engine.protocol.picture_options import LoraUse, Scheduler, Variation
from engine.protocol.recipes import PictureRecipe
from tests.e2e.test_main_job import mascotforge


def recipe(*arguments: str) -> PictureRecipe:
    return picture_recipe(build_parser().parse_args(["generate", "a fox", *arguments]))


def test_loras_with_weights_and_blocks() -> None:
    found = recipe("--lora", "Soft", "--lora", "Bold:0.8", "--lora", "Wild:-1:up=0.5,down.1=0").loras
    assert found == (
        LoraUse(name="Soft"),
        LoraUse(name="Bold", weight=0.8),
        LoraUse(name="Wild", weight=-1.0, blocks={"up": 0.5, "down.1": 0.0}),
    )


def test_scheduler_and_variation() -> None:
    found = recipe("--scheduler", "unipc", "--variation", "7:0.3")
    assert (found.scheduler, found.variation) == (Scheduler.UNIPC, Variation(seed=7, strength=0.3))
    assert recipe("--variation", "7").variation == Variation(seed=7)


def test_nothing_given_is_the_plain_recipe() -> None:
    assert recipe("--seed", "1") == PictureRecipe(prompt="a fox", seed=1)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--lora", "a:much"], "must be a number"),
        (["--lora", "a:3"], "Weight must be 2 or less"),
        (["--lora", "a:1:up=x"], "must be a number"),
        (["--scheduler", "fast"], "Scheduler “fast” is unknown"),
        (["--variation", "x"], "Seed must be a whole number"),
        (["--variation", "1:2"], "Strength must be 1 or less"),
    ],
)
def test_bad_values(arguments: list[str], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        recipe(*arguments)


def test_a_grid_leaves_a_picture_for_each_pair_and_a_labelled_sheet(tmp_path: Path) -> None:
    (tmp_path / "library/wildcards").mkdir(parents=True)
    (tmp_path / "library/wildcards/moods.txt").write_text("happy\nsad\n", encoding="utf-8")
    done = mascotforge(
        tmp_path / "library", "generate", "a __moods__ (blue:1.2) fox", "--seed", "4", "--grid", "steps=1,2",
        "words=fox,cat", "--json", "--out", tmp_path / "out", "--width", "128", "--height", "128",
    )  # fmt: skip
    assert done.returncode == exits.OK, done.stderr
    told = json.loads(done.stdout)
    recipes = [PictureRecipe.model_validate(job["recipe"]) for job in told["jobs"]]
    assert [(r.steps, r.prompt.split()[-1]) for r in recipes] == [(1, "fox"), (2, "fox"), (1, "cat"), (2, "cat")]
    assert {r.prompt.split()[1] for r in recipes} <= {"happy", "sad"}
    assert {r.written for r in recipes} == {"a __moods__ (blue:1.2) fox", "a __moods__ (blue:1.2) cat"}
    *pictures, sheet = (Path(file) for file in told["files"])
    assert len(pictures) == 4 and sheet.name.endswith("-grid.png")
    with Image.open(sheet) as opened:
        assert min(opened.size) > 2 * 128
