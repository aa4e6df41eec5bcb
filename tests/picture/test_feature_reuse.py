"""“Faster” skips the deep blocks of most steps; without it not a pixel changes."""

from __future__ import annotations

import numpy as np

from engine.models.installed import InstalledModel
from engine.picture.generate import GeneratedPicture, generate
from engine.protocol.recipes import PictureRecipe


def make(model: InstalledModel, *, steps: int, faster: bool) -> GeneratedPicture:
    recipe = PictureRecipe(prompt="a fox", steps=steps, seed=3, faster=faster)
    return generate(recipe, model, on_step=lambda *step: None, cancelled=lambda: False)


def test_half_of_a_small_models_passes_are_skipped_and_the_picture_stays_near(rgba_model: InstalledModel) -> None:
    exact = make(rgba_model, steps=12, faster=False)
    quick = make(rgba_model, steps=12, faster=True)
    assert quick.effective["faster"] == "6 of 12 passes whole"
    assert not np.array_equal(exact.rgba, quick.rgba)
    other = make(rgba_model, steps=11, faster=False)
    near = np.abs(exact.rgba.astype(float) - quick.rgba).mean()
    assert near < 2 * np.abs(exact.rgba.astype(float) - other.rgba).mean() + 4
    assert "faster" not in exact.effective


def test_after_a_faster_picture_the_next_exact_one_is_what_it_was(rgba_model: InstalledModel) -> None:
    before = make(rgba_model, steps=10, faster=False).rgba
    make(rgba_model, steps=10, faster=True)
    assert np.array_equal(before, make(rgba_model, steps=10, faster=False).rgba)


def test_few_steps_are_all_computed_and_that_is_said(rgba_model: InstalledModel) -> None:
    picture = make(rgba_model, steps=4, faster=True)
    assert [note.code for note in picture.warnings] == ["faster_unused"]
    assert np.array_equal(picture.rgba, make(rgba_model, steps=4, faster=False).rgba)
