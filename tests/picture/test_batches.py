"""Several seeds in one pass: the pictures that they would be alone, split where memory does not hold all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from engine.models.batches import most_together
from engine.models.installed import InstalledModel
from engine.models.memory import MemoryPolicy
from engine.picture import generate as generating
from engine.picture.generate import generate, generate_together
from engine.picture.painting import paint_together
from engine.picture.pipeline import SHELF
from engine.protocol.picture_options import Scheduler, Variation
from engine.protocol.recipes import PictureRecipe
from tests.picture.making import PROMPT

GIB = 2**30
GPU = MemoryPolicy("cuda:0", "float16", "none", False, "a test")


def recipes(count: int, **choices: Any) -> list[PictureRecipe]:
    return [PictureRecipe(prompt=PROMPT, steps=3, seed=seed, **choices) for seed in range(5, 5 + count)]


def alone(recipe: PictureRecipe, model: InstalledModel) -> np.ndarray[Any, Any]:
    return generate(recipe, model, on_step=lambda *step: None, cancelled=lambda: False).rgba


def together(asked: Sequence[PictureRecipe], model: InstalledModel, steps: list[tuple[int, int]] | None = None) -> Any:
    """In one pass, whatever the policy says of this processor."""
    heard = steps if steps is not None else []
    return paint_together(
        asked, SHELF.take(model), None, (), lambda done, of, preview: heard.append((done, of)), lambda: False
    )


@pytest.mark.parametrize("scheduler", [Scheduler.AUTO, Scheduler.EULER_A, Scheduler.DPMPP_SDE_KARRAS])
def test_each_picture_is_the_one_it_would_be_alone(rgba_model: InstalledModel, scheduler: Scheduler) -> None:
    """But for the device's rounding: other shapes are added up in another order."""
    asked = recipes(3, scheduler=scheduler)
    steps: list[tuple[int, int]] = []
    made = together(asked, rgba_model, steps)
    assert [picture.effective["batch"] for picture in made] == [3, 3, 3]
    for recipe, picture in zip(asked, made, strict=True):
        difference = np.abs(picture.rgba.astype(int) - alone(recipe, rgba_model).astype(int))
        assert difference.max() <= 2 and (difference > 0).mean() < 0.01
    assert not np.array_equal(made[0].rgba, made[1].rgba)
    assert steps[-1] == (3, 3), "progress counts steps, however many pictures take each"


def test_variations_and_the_pictures_order_are_kept(rgba_model: InstalledModel) -> None:
    asked = recipes(2, variation=Variation(seed=99, strength=0.4))
    for recipe, picture in zip(asked, together(asked, rgba_model), strict=True):
        assert np.abs(picture.rgba.astype(int) - alone(recipe, rgba_model).astype(int)).max() <= 2


def test_a_processor_makes_them_one_by_one_to_the_last_bit(rgba_model: InstalledModel) -> None:
    asked = recipes(3)
    made = generate_together(asked, rgba_model, on_step=lambda *step: None, cancelled=lambda: False)
    assert len(made) == 1
    assert np.array_equal(made[0].rgba, alone(asked[0], rgba_model))


def test_what_fits_is_a_question_of_memory() -> None:
    assert most_together(8, GPU, 1024, 80 * GIB) == 8
    assert 1 < most_together(8, GPU, 1024, 6 * GIB) < 8
    assert most_together(8, GPU, 1024, 1 * GIB) == 1
    assert most_together(8, MemoryPolicy("cpu", "float32", "none", False, "a test"), 256, 80 * GIB) == 1


def test_out_of_memory_with_many_is_tried_with_half_of_them(
    rgba_model: InstalledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def short(asked: Sequence[PictureRecipe], *rest: Any) -> Any:
        tried.append(len(asked))
        if len(asked) > 2:
            raise RuntimeError("CUDA out of memory")
        return paint_together(asked, *rest)

    monkeypatch.setattr(generating, "paint_together", short)
    monkeypatch.setattr(generating, "most_together", lambda wanted, *rest: wanted)
    made = generate_together(recipes(8), rgba_model, on_step=lambda *step: None, cancelled=lambda: False)
    assert (tried, len(made)) == ([8, 4, 2], 2)
    assert not any(note.code == "memory_lowered" for picture in made for note in picture.warnings)
