"""Avatars: full body or bust, from the front."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.builder.draw import draw
from engine.builder.raster import render
from engine.models.installed import InstalledModel
from engine.picture.guided.call import asks_for_guidance, guided_recipe
from engine.picture.guided.framing import bust
from engine.protocol.mascot import Mascot, Pose, Species
from engine.protocol.picture_options import Framing
from tests.picture.guided.conftest import Maker


def test_framing_becomes_words_for_a_model_of_free_prompts(rgb_model: InstalledModel, maker: Maker) -> None:
    framed = guided_recipe(maker.recipe(framing=Framing.FULL_BODY, negative="blurry"), rgb_model)
    assert framed.prompt.startswith("a happy blue fox with a red scarf, full body from head to feet, A-pose")
    assert "front view" in framed.prompt and framed.prompt.endswith("plain white background")
    assert framed.negative.startswith("blurry, ") and "crossed arms" in framed.negative


def test_model_of_a_fixed_vocabulary_stands_and_a_bust_is_cut_out(rgba_model: InstalledModel, maker: Maker) -> None:
    fixed = replace(rgba_model, vocabulary=True)
    recipe = maker.recipe(prompt="a waving fox", framing=Framing.BUST)
    assert guided_recipe(recipe, fixed).pose is Pose.STANDING
    assert asks_for_guidance(recipe, fixed) and not asks_for_guidance(recipe, rgba_model)
    square = maker.make(fixed, prompt="a waving fox", framing=Framing.BUST).rgba
    assert square.shape[0] == square.shape[1]


def test_recipe_without_framing_is_left_alone(rgba_model: InstalledModel, maker: Maker) -> None:
    recipe = maker.recipe()
    assert guided_recipe(recipe, rgba_model) is recipe and not asks_for_guidance(recipe, rgba_model)


def test_bust_shows_the_whole_head_large_and_ends_at_the_chest() -> None:
    for species in (Species.FOX, Species.RABBIT, Species.ROBOT):
        drawing = draw(Mascot(species=species))
        rgba = render(drawing, 256)
        made = bust(rgba, drawing.joints)
        assert made.shape[0] == made.shape[1]
        alpha = made[..., 3]
        assert not alpha[0].any() and not alpha[:, 0].any() and not alpha[:, -1].any(), "nothing of the head is cut"
        assert (alpha[-1] > 200).mean() > 0.15, "the body goes on beyond the lower edge"
        whole = (rgba[..., 3] > 128).mean()
        assert (alpha > 128).mean() > whole


def test_bust_of_a_figure_without_a_visible_head_is_left_alone() -> None:
    clear = np.zeros((64, 64, 4), np.uint8)
    assert bust(clear, draw(Mascot()).joints) is clear
