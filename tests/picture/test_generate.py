"""A recipe and a checkpoint make a picture, by the real pipeline with tiny random weights."""

from __future__ import annotations

import dataclasses
import io
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.models.installed import InstalledModel
from engine.models.memory import MemoryPolicy
from engine.picture import pipeline
from engine.picture.generate import GeneratedPicture, generate
from engine.picture.pipeline import SHELF, PipelineShelf, loaded_pipeline
from engine.protocol.errors import BadModel, Cancelled, OutOfMemory
from engine.protocol.mascot import Pose
from engine.protocol.recipes import PictureRecipe

PROMPT = "a happy blue fox with a red scarf"


def make(
    model: InstalledModel,
    *,
    on_step: Callable[..., None] = lambda *step: None,
    cancelled: Callable[[], bool] = lambda: False,
    shelf: PipelineShelf = SHELF,
    **choices: Any,
) -> GeneratedPicture:
    recipe = PictureRecipe(prompt=choices.pop("prompt", PROMPT), steps=choices.pop("steps", 3), **choices)
    return generate(recipe, model, on_step=on_step, cancelled=cancelled, shelf=shelf)


def test_picture_has_native_size_alpha_and_says_how_it_was_made(rgba_model: InstalledModel) -> None:
    picture = make(rgba_model, seed=1)
    assert picture.rgba.shape == (64, 64, 4)
    assert picture.rgba.dtype == np.uint8
    assert picture.warnings == []
    effective = picture.effective
    assert effective["prompt_sent"] == PROMPT
    assert (effective["native_width"], effective["device"], effective["dtype"]) == (64, "cpu", "float32")
    assert effective["model_hash"] == rgba_model.hash
    seconds = effective["seconds"]
    assert isinstance(seconds, dict) and {"load", "text", "unet", "decode", "rest"} == set(seconds)


def test_equal_recipes_give_equal_pixels_and_another_seed_gives_others(rgba_model: InstalledModel) -> None:
    first, again, other = (make(rgba_model, seed=seed).rgba for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_single_file_gives_the_same_pixels_as_the_folder_it_was_made_of(
    clip_model: InstalledModel, single_file_model: InstalledModel
) -> None:
    assert single_file_model.layout == "single-file"
    assert np.array_equal(make(clip_model, seed=2).rgba, make(single_file_model, seed=2).rgba)


def test_wide_recipe_is_painted_wide_and_a_fixed_vocabulary_paints_its_square(rgba_model: InstalledModel) -> None:
    assert make(rgba_model, width=1024, height=512, steps=1).rgba.shape == (32, 64, 4)
    square = dataclasses.replace(rgba_model, vocabulary=True)
    assert make(square, width=1024, height=512, steps=1).rgba.shape == (64, 64, 4)


def test_each_step_offers_a_preview_that_is_a_small_transparent_png(rgba_model: InstalledModel) -> None:
    seen: list[tuple[int, int, bytes | None]] = []

    def on_step(step: int, steps: int, preview: Callable[[], bytes] | None) -> None:
        seen.append((step, steps, preview() if preview else None))

    make(rgba_model, steps=6, on_step=on_step)
    assert [(step, steps) for step, steps, _ in seen] == [(n, 6) for n in range(1, 7)]
    previews = [Image.open(io.BytesIO(png)) for _, _, png in seen if png]
    assert len(previews) >= 2
    assert all(image.mode == "RGBA" and max(image.size) in (128, 256) for image in previews)


def test_looking_at_previews_does_not_change_the_picture(rgba_model: InstalledModel) -> None:
    looked = make(rgba_model, seed=9, on_step=lambda step, steps, preview: preview and preview())
    assert np.array_equal(looked.rgba, make(rgba_model, seed=9).rgba)


@pytest.mark.parametrize("asks", [0, 1, 5, 25])
def test_cancel_stops_at_once_and_the_next_picture_is_whole(rgba_model: InstalledModel, asks: int) -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > asks

    with pytest.raises(Cancelled):
        make(rgba_model, seed=4, cancelled=cancelled)
    assert asked <= asks + 2, "work went on after the cancel"
    assert np.array_equal(make(rgba_model, seed=4).rgba, make(rgba_model, seed=4).rgba)


def test_cancel_is_heard_during_the_decoding(rgba_model: InstalledModel) -> None:
    steps_done = 0

    def on_step(step: int, *rest: Any) -> None:
        nonlocal steps_done
        steps_done = step

    calls_after_last_step = 0

    def cancelled() -> bool:
        nonlocal calls_after_last_step
        calls_after_last_step += steps_done == 3
        return calls_after_last_step > 2

    with pytest.raises(Cancelled):
        make(rgba_model, on_step=on_step, cancelled=cancelled)
    assert steps_done == 3


def test_model_without_alpha_gets_its_background_judged(rgb_model: InstalledModel) -> None:
    picture = make(rgb_model)
    assert picture.rgba.shape == (64, 64, 4)
    assert [note.code for note in picture.warnings] == ["background_unsure"]


def test_pose_of_the_recipe_is_put_into_the_prompt(rgba_model: InstalledModel) -> None:
    picture = make(rgba_model, prompt="a fox waving with a cap", pose=Pose.STANDING, steps=1)
    assert picture.effective["prompt_sent"] == "a fox with a cap, standing"


def test_words_unknown_to_a_fixed_vocabulary_are_named(rgba_model: InstalledModel) -> None:
    fixed = dataclasses.replace(rgba_model, vocabulary=True)
    [note] = make(fixed, prompt="a blue dragon", steps=1).warnings
    assert note.code == "unknown_words"
    assert "“dragon”" in note.sentence and "fox" in note.sentence and "full model" in note.sentence


def _fails(times: int, error: BaseException, method: Callable[..., Any]) -> Callable[..., Any]:
    left = times

    def failing(*args: Any, **kwargs: Any) -> Any:
        nonlocal left
        if left:
            left -= 1
            raise error
        return method(*args, **kwargs)

    return failing


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] . DefaultCPUAllocator: not enough memory: you tried …"),
        MemoryError(),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    ],
)
def test_out_of_memory_once_is_survived_one_rung_lower_with_a_note(
    rgba_model: InstalledModel, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    from diffusers import UNet2DConditionModel

    monkeypatch.setattr(UNet2DConditionModel, "forward", _fails(1, error, UNet2DConditionModel.forward))
    picture = make(rgba_model, seed=1)
    assert [note.code for note in picture.warnings] == ["memory_lowered"]
    assert picture.effective["vae_tiling"] is True
    SHELF.release()


def test_out_of_memory_twice_is_one_sentence(rgba_model: InstalledModel, monkeypatch: pytest.MonkeyPatch) -> None:
    from diffusers import UNet2DConditionModel

    error = RuntimeError("not enough memory")
    monkeypatch.setattr(UNet2DConditionModel, "forward", _fails(9, error, UNet2DConditionModel.forward))
    with pytest.raises(OutOfMemory, match=r"^Memory ran out while making a picture with “tiny-rgba”; .*\.$"):
        make(rgba_model)


def test_other_errors_are_not_taken_for_missing_memory(
    rgba_model: InstalledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from diffusers import UNet2DConditionModel

    monkeypatch.setattr(UNet2DConditionModel, "forward", _fails(1, RuntimeError("a bug"), UNet2DConditionModel.forward))
    with pytest.raises(RuntimeError, match="a bug"):
        make(rgba_model)


def test_pipeline_stays_loaded_between_pictures_and_its_memory_is_given_back(rgba_model: InstalledModel) -> None:
    shelf = PipelineShelf()
    make(rgba_model, steps=1, shelf=shelf)
    held = shelf.take(rgba_model)
    make(rgba_model, steps=1, shelf=shelf)
    assert shelf.take(rgba_model) is held
    shelf.release()
    assert shelf.take(rgba_model) is not held


def test_time_outside_the_networks_is_small(rgba_model: InstalledModel) -> None:
    make(rgba_model, steps=1)
    began = time.perf_counter()
    picture = make(rgba_model, steps=6)
    whole = time.perf_counter() - began
    seconds = picture.effective["seconds"]
    assert isinstance(seconds, dict)
    inside = sum(value for part, value in seconds.items() if part != "load" and isinstance(value, float))
    assert inside == pytest.approx(whole, rel=0.1)


def test_checkpoint_with_exchanged_weights_is_refused(rgba_model: InstalledModel, tmp_path: Path) -> None:
    import shutil

    broken = tmp_path / "broken"
    shutil.copytree(rgba_model.path, broken)
    shutil.copy(
        rgba_model.path / "vae/diffusion_pytorch_model.safetensors", broken / "unet/diffusion_pytorch_model.safetensors"
    )
    with pytest.raises(BadModel, match=r"could not be loaded|incomplete"):
        loaded_pipeline(dataclasses.replace(rgba_model, path=broken))


def test_a_model_is_gone_before_the_next_one_is_loaded(
    rgba_model: InstalledModel, clip_model: InstalledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = PipelineShelf()
    make(rgba_model, steps=1, shelf=shelf)
    weight = weakref.ref(next(iter(shelf.take(rgba_model).pipe.unet.parameters())))
    alive_at_load: list[bool] = []
    really_load = pipeline.load

    def load(model: InstalledModel, policy: MemoryPolicy) -> pipeline.LoadedPipeline:
        alive_at_load.append(weight() is not None)
        return really_load(model, policy)

    monkeypatch.setattr(pipeline, "load", load)
    make(clip_model, steps=1, shelf=shelf)
    assert alive_at_load == [False]
