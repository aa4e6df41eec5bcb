"""Weights and long prompts in the other families: Stable Diffusion weighs, sentence readers say that they don't."""

from __future__ import annotations

import numpy as np
import pytest

from engine.picture.pipeline import SHELF
from tests.picture.architectures.conftest import Dummies
from tests.picture.making import make


def test_stable_diffusion_encodes_a_plain_prompt_as_diffusers_does_and_weighs_words(dummies: Dummies) -> None:
    import torch

    model = dummies.model("sd1")
    loaded = SHELF.take(model)
    theirs = loaded.pipe.encode_prompt("a fox", loaded.policy.device, 1, True, negative_prompt="a cat")
    ours = loaded.condition("a fox", "a cat", 4.0).arguments
    assert torch.allclose(ours["prompt_embeds"], theirs[0], atol=1e-5)
    assert torch.allclose(ours["negative_prompt_embeds"], theirs[1], atol=1e-5)
    plain, weighted = make(model, prompt="a red fox"), make(model, prompt="a (red:1.6) fox")
    assert not np.array_equal(plain.rgba, weighted.rgba)
    long = make(model, prompt="a fox, " + "very fluffy, " * 60 + "with a crown")
    assert "prompt_cut" not in [note.code for note in long.warnings]
    SHELF.release()


@pytest.mark.parametrize("name", ["sd3-clips", "flux-schnell", "qwen-image"])
def test_readers_of_sentences_get_the_words_without_brackets_and_a_note(dummies: Dummies, name: str) -> None:
    model = dummies.model(name)
    weighted = make(model, prompt="a (red:1.6) fox", steps=1)
    assert "weights_unused" in [note.code for note in weighted.warnings]
    plain = make(model, prompt="a red fox", steps=1)
    assert "weights_unused" not in [note.code for note in plain.warnings]
    assert np.array_equal(weighted.rgba, plain.rgba)
    SHELF.release()
