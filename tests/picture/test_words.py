"""Weights and long prompts reach the picture; what an ordinary prompt means has not changed."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from engine.models.installed import InstalledModel
from engine.picture.architecture import Conditioning
from engine.picture.pipeline import SHELF
from engine.protocol.picture_options import Variation
from tests.picture.making import make

LONG = "a fox with " + ", ".join(f"thing {number}" for number in range(60))


def embedded(model: InstalledModel, prompt: str, negative: str = "") -> dict[str, Any]:
    return SHELF.take(model).condition(prompt, negative, 4.0).arguments


def test_a_plain_prompt_is_encoded_as_diffusers_does(rgba_model: InstalledModel) -> None:
    import torch

    pipe = SHELF.take(rgba_model).pipe
    for negative in ("", "a cat"):
        theirs = pipe.encode_prompt("a fox", do_classifier_free_guidance=True, negative_prompt=negative or None)
        ours = embedded(rgba_model, "a fox", negative)
        names = ("prompt_embeds", "negative_prompt_embeds", "pooled_prompt_embeds", "negative_pooled_prompt_embeds")
        assert all(torch.equal(ours[name], their) for name, their in zip(names, theirs, strict=True))


def test_weights_move_the_weighted_word_and_one_is_no_weight(rgba_model: InstalledModel) -> None:
    import torch

    plain, one, more, less, none = (
        embedded(rgba_model, f"a red {fox}")["prompt_embeds"]
        for fox in ("fox", "(fox:1.0)", "(fox:1.5)", "(fox:0.5)", "(fox:0)")
    )
    assert torch.equal(plain, one)
    moved = ((more - plain).abs().amax(dim=(0, 2)) > 1e-4).nonzero().flatten().tolist()
    assert moved and max(moved) - min(moved) + 1 == len(moved) <= 4, "only the word's own places move"
    assert torch.allclose(more - plain, plain - less, atol=1e-5)
    assert not torch.equal(none, less)
    assert not np.array_equal(make(rgba_model, prompt="(fox:1.5)").rgba, make(rgba_model, prompt="fox").rgba)


def test_a_long_prompt_is_read_to_its_end_and_the_negative_one_is_as_long(rgba_model: InstalledModel) -> None:
    words = embedded(rgba_model, LONG, "a cat")
    assert words["prompt_embeds"].shape == words["negative_prompt_embeds"].shape
    assert words["prompt_embeds"].shape[1] % 77 == 0 and words["prompt_embeds"].shape[1] > 77
    short = embedded(rgba_model, "a cat", LONG)
    assert short["prompt_embeds"].shape == words["prompt_embeds"].shape
    first, second = (make(rgba_model, prompt=LONG + end) for end in (" and a crown", " and a cap"))
    assert first.warnings == []
    assert not np.array_equal(first.rgba, second.rgba), "the prompt's end must count"


def test_no_negative_prompt_is_zeros_where_the_model_asks_for_it(rgba_model: InstalledModel) -> None:
    loaded = SHELF.take(rgba_model)
    assert not embedded(rgba_model, LONG)["negative_prompt_embeds"].any()
    loaded.words.clear()
    loaded.pipe.register_to_config(force_zeros_for_empty_prompt=False)
    try:
        assert embedded(rgba_model, LONG)["negative_prompt_embeds"].any()
    finally:
        loaded.pipe.register_to_config(force_zeros_for_empty_prompt=True)
        loaded.words.clear()


def test_an_encoded_prompt_is_remembered_and_not_for_another_one(rgba_model: InstalledModel) -> None:
    first: Conditioning = SHELF.take(rgba_model).condition("a dog", "", 4.0)
    assert SHELF.take(rgba_model).condition("a dog", "", 4.0) is first
    assert SHELF.take(rgba_model).condition("a dog", "a cat", 4.0) is not first
    again = make(rgba_model, prompt="a dog").effective["seconds"]
    assert isinstance(again, dict) and again["text"] == 0


def test_weights_are_no_unknown_words(rgba_model: InstalledModel) -> None:
    fixed = dataclasses.replace(rgba_model, vocabulary=True)
    assert make(fixed, prompt="a ((blue)) (fox:1.3) with a [red] scarf", steps=1).warnings == []
    [note] = make(fixed, prompt="a (blue dragon:1.3)", steps=1).warnings
    assert note.parameters["words"] == ["dragon"]


@pytest.mark.parametrize("prompt", ["()", "(:1.2)", "((((((", "\\", "(fox:99)", "🦊" * 50, ", " * 300])
def test_odd_prompts_are_painted_all_the_same(rgba_model: InstalledModel, prompt: str) -> None:
    assert make(rgba_model, prompt=prompt, negative=prompt, steps=1).rgba.shape == (64, 64, 4)


def test_variations_lie_between_two_seeds(rgba_model: InstalledModel) -> None:
    def at(strength: float) -> np.ndarray[Any, Any]:
        return make(rgba_model, seed=1, variation=Variation(seed=2, strength=strength)).rgba.astype(int)

    first, second = (make(rgba_model, seed=seed).rgba.astype(int) for seed in (1, 2))
    assert np.array_equal(at(0.0), first)
    assert np.abs(at(1.0) - second).max() <= 1
    distances = [np.abs(at(share) - first).mean() for share in (0.05, 0.2, 0.6)]
    assert distances == sorted(distances) and distances[0] > 0


def test_noise_between_two_seeds_is_as_strong_as_either() -> None:
    from engine.picture.noise import seeded_noise
    from engine.protocol.recipes import PictureRecipe

    recipe = PictureRecipe(prompt="a fox", variation=Variation(seed=9, strength=0.5))
    noise, _ = seeded_noise(recipe, (1, 4, 64, 64))
    assert float(noise.std()) == pytest.approx(1.0, abs=0.03)
