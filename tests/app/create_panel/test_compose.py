"""From what stands in the panel to recipes, and back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.create_panel.compose import Surroundings, compose, state_of
from app.create_panel.state import CreateState, state_from_json
from app.painting.guidance import Guide
from engine.library.characters import Character
from engine.presets import load
from engine.protocol.errors import BadInput
from engine.protocol.picture_options import Framing, LoraUse, Scheduler, StartPicture
from engine.protocol.recipes import PictureRecipe

STYLES = {style.id: style for style in load(None)}
PIP = Character(
    id="c1", name="Pip", description="a small blue fox", trigger="pip", lora="Pip", lora_hash="b" * 64, model="starter"
)


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    (tmp_path / "colours.txt").write_text("red\nblue\ngreen\n")
    return Surroundings(STYLES, {"c1": PIP}, {"starter": "a" * 64}, {"hats": "c" * 64}, tmp_path)


def test_every_choice_reaches_the_recipe_and_models_are_pinned(around: Surroundings) -> None:
    state = CreateState(
        prompt="a fox", negative="hat", seed="7", width="832", height="1216", steps=9, guidance=3.5,
        scheduler="dpmpp-2m-karras", loras=(LoraUse(name="hats", weight=0.5, blocks={"up": 0.2}),), variation=True,
        variation_seed="12", variation_strength=0.3, framing="bust", faster=True, count=2,
    )  # fmt: skip
    start = StartPicture(blob="d" * 64, strength=0.4)
    first, second = compose(state, Guide(start=start), around)
    assert (first.seed, second.seed) == (7, 8)
    assert first.scheduler is Scheduler.DPMPP_2M_KARRAS and first.framing is Framing.BUST and first.faster
    assert first.variation is not None and (first.variation.seed, first.variation.strength) == (12, 0.3)
    assert first.model.hash == "a" * 64 and first.loras[0].hash == "c" * 64 and first.loras[0].blocks == {"up": 0.2}
    assert first.start == start and first.negative == "hat"


def test_wildcards_are_chosen_by_each_seed_and_what_was_written_is_kept(around: Surroundings) -> None:
    made = compose(CreateState(prompt="a __colours__ {fox|bear}", seed="1", count=8), Guide(), around)
    assert len({recipe.prompt for recipe in made}) > 1
    assert all(recipe.written == "a __colours__ {fox|bear}" for recipe in made)
    assert made == compose(CreateState(prompt="a __colours__ {fox|bear}", seed="1", count=8), Guide(), around)
    with pytest.raises(BadInput, match="__nothing__"):
        compose(CreateState(prompt="a __nothing__"), Guide(), around)


@pytest.mark.parametrize("style", ["", *sorted(STYLES)])
@pytest.mark.parametrize("model", ["starter", "big"])
def test_a_recipe_fills_the_panel_so_that_it_is_made_again(style: str, model: str, around: Surroundings) -> None:
    for character in ("", "c1"):
        for prompt in ("a fox", "a {red|blue} fox"):
            state = CreateState(prompt=prompt, negative="hat", seed="3", seed_locked=True, model=model, style=style,
                                character=character, loras=(LoraUse(name="hats"),))  # fmt: skip
            recipe = compose(state, Guide(), around)[0]
            back = state_of(recipe, CreateState(), around)
            assert compose(back, Guide(), around) == [recipe]
            assert (back.prompt, back.style, back.character) == (prompt, style, character)


def test_a_recipe_of_a_style_that_is_gone_keeps_its_words(around: Surroundings) -> None:
    recipe = PictureRecipe(prompt="a fox, thick lines", written="a fox", style="gone", seed=2)
    back = state_of(recipe, CreateState(), replace(around, styles={}))
    assert compose(back, Guide(), around)[0].prompt == "a fox, thick lines"


def test_the_panel_is_remembered_and_nonsense_is_passed_over() -> None:
    state = CreateState(prompt="a fox", loras=(LoraUse(name="hats", weight=0.3),), guidance=2.5, style="ink")
    assert state_from_json(state.to_json(), CreateState()) == state
    assert state_from_json(None, state) == state
    odd = {"prompt": 5, "steps": "many", "loras": [{"weight": 1}], "later": True, "negative": "hat"}
    assert state_from_json(odd, CreateState()) == CreateState(negative="hat")
