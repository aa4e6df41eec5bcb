"""A picture that was made by an older version is found again; every choice that changes pixels changes the key."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import engine.runner.steps.picture as steps
from engine.models.installed import InstalledModel
from engine.protocol.mascot import Pose
from engine.protocol.picture_options import ModelRef, Scheduler, StartPicture, Variation
from engine.protocol.recipes import PictureRecipe
from engine.protocol.wire import Workplace

MODEL = InstalledModel(
    name="m", path=Path("/m"), architecture="sdxl", layout="diffusers", hash="5" * 64, size_bytes=1, native_size=1024,
    alpha=False, builtin=False, licence="", parameters=1,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _one_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key depends on the model's hash, which differs from machine to machine for a model made here."""
    catalogue = SimpleNamespace(resolve=lambda ref: MODEL)
    monkeypatch.setattr(steps, "ModelCatalogue", lambda folder: catalogue)


def key(**choices: Any) -> str:
    recipe = PictureRecipe(prompt="a fox", model=ModelRef(name="m"), **choices)
    return steps.generate_step(recipe, Workplace(blobs="b", cache="c", models="m")).key


def test_stored_keys_still_hold() -> None:
    assert key() == "b62774fdc302e7c7f4b1c77e1e6b8a0c521b705e9e819668506b808656a6e642"
    chosen = key(negative="cat", seed=5, width=768, height=1344, steps=9, guidance=2.5, pose=Pose.WAVING)
    assert chosen == "d54d6ec5dfd4519010e3762654b9beafd7d768aed1ca2da37363cd703e8e3571"


def test_a_format_that_is_painted_at_another_size_than_before_has_another_key() -> None:
    chosen = key(negative="cat", seed=5, width=512, height=768, steps=9, guidance=2.5, pose=Pose.WAVING)
    assert chosen != "5b0fa29d778e2bff3aa6653945133642491740c379d5bdd98384cc9a687622b1"


def test_what_a_recipe_only_remembers_is_no_part_of_its_key() -> None:
    assert key(written="a {fox|cat}", style="clay", character="x") == key()


def test_what_changes_the_pixels_changes_the_key() -> None:
    keys = [
        key(),
        key(scheduler=Scheduler.UNIPC),
        key(variation=Variation(seed=1)),
        key(variation=Variation(seed=1, strength=0.5)),
        key(start=StartPicture(blob="0" * 64)),
        key(start=StartPicture(blob="0" * 64, strength=0.2)),
        key(faster=True),
    ]
    assert len(set(keys)) == len(keys)
