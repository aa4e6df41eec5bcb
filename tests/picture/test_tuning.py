"""The faster ways of computing change no picture's meaning, and give way to LoRAs."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from engine.models.installed import InstalledModel
from engine.models.memory import MemoryPolicy
from engine.models.speed import SpeedPolicy, choose_speed
from engine.picture.generate import generate
from engine.picture.keep_warm import keep_warm
from engine.picture.pipeline import PipelineShelf
from engine.picture.tuning import Tuning
from engine.protocol.recipes import PictureRecipe

CPU = MemoryPolicy("cpu", "float32", "none", vae_tiling=False, reason="a test.")


def tuned(model: InstalledModel, **options: bool) -> PipelineShelf:
    shelf = PipelineShelf()
    loaded = shelf.take(model, CPU)
    policy = dataclasses.replace(choose_speed(CPU), **options)
    loaded.tuning = Tuning(loaded.pipe, loaded.architecture.denoiser(loaded.pipe), policy)
    return shelf


def make(model: InstalledModel, shelf: PipelineShelf) -> Any:
    recipe = PictureRecipe(prompt="a fox", steps=2, seed=5)
    return generate(recipe, model, on_step=lambda *step: None, cancelled=lambda: False, shelf=shelf).rgba


@pytest.mark.parametrize("option", ["channels_last", "fused"])
def test_option_changes_the_rounding_and_no_more(rgba_model: InstalledModel, option: str) -> None:
    plain, shelf = make(rgba_model, tuned(rgba_model)), tuned(rgba_model, **{option: True})
    assert np.abs(plain.astype(int) - make(rgba_model, shelf).astype(int)).max() <= 2
    loaded = shelf.held
    assert loaded is not None and loaded.tuning.fused == (option == "fused")


def test_fused_projections_are_undone_before_a_lora_changes_the_weights(rgba_model: InstalledModel) -> None:
    loaded = tuned(rgba_model, fused=True).held
    assert loaded is not None
    loaded.tuning.for_picture(loras=False)
    assert _processors(loaded.pipe) == {"FusedAttnProcessor2_0"}
    loaded.tuning.before_loras()
    assert "FusedAttnProcessor2_0" not in _processors(loaded.pipe)
    loaded.tuning.for_picture(loras=True)
    assert "FusedAttnProcessor2_0" not in _processors(loaded.pipe)


def _processors(pipe: Any) -> set[str]:
    return {type(processor).__name__ for processor in pipe.unet.attn_processors.values()}


def test_blocks_are_compiled_after_a_picture_once_and_a_broken_compiler_is_survived(
    rgba_model: InstalledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = tuned(rgba_model, compiled=True)
    loaded = shelf.held
    assert loaded is not None
    plain = make(rgba_model, shelf)
    compiling = loaded.tuning.compile

    def broken(graph: Any, inputs: Any) -> Any:
        raise RuntimeError("no C compiler")

    monkeypatch.setattr(loaded.tuning, "compile", lambda: compiling(backend=broken))
    assert keep_warm(lambda: False, shelf)
    assert np.array_equal(plain, make(rgba_model, shelf))
    assert not keep_warm(lambda: False, shelf)


def test_nothing_is_compiled_on_a_processor(rgba_model: InstalledModel) -> None:
    assert not keep_warm(lambda: False, tuned(rgba_model))


@pytest.mark.parametrize(
    ("device", "offload", "fused"), [("cpu", "none", False), ("cuda:0", "none", True), ("cuda:0", "model", False)]
)
def test_every_option_says_why_it_is_used_or_not(device: str, offload: Any, fused: bool) -> None:
    speed: SpeedPolicy = choose_speed(dataclasses.replace(CPU, device=device, offload=offload))
    assert speed.fused is fused
    assert all(choice.why for choice in speed.choices)
    assert len({choice.what for choice in speed.choices}) == len(speed.choices) >= 8
