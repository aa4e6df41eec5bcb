"""Image to image: how much of a start picture remains, and what size and alpha the result has."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.models.installed import InstalledModel
from engine.picture.alpha import Bytes, premultiplied_from_straight
from engine.picture.generate import generate
from engine.picture.guided.call import GuidedCall, prepare
from engine.picture.guided.ground import ground_for, off_ground, on_ground
from engine.picture.guided.schedule import schedule_for
from engine.picture.pipeline import SHELF
from engine.protocol.errors import BadInput, Cancelled
from engine.protocol.picture_options import Margins, StartPicture
from engine.protocol.recipes import PictureRecipe
from tests.picture.guided.conftest import Maker, ball, mask_of


def test_strength_0_gives_the_start_back_bit_by_bit(rgba_model: InstalledModel, maker: Maker, figure: Bytes) -> None:
    picture = maker.make(rgba_model, start=StartPicture(blob=maker.put(figure), strength=0))
    assert np.array_equal(picture.rgba, figure)


@pytest.mark.parametrize("kind", ["rgba_model", "rgb_model"])
def test_strength_1_forgets_the_start(kind: str, maker: Maker, figure: Bytes, request: pytest.FixtureRequest) -> None:
    model: InstalledModel = request.getfixturevalue(kind)
    plain = generate(maker.recipe(), model, on_step=lambda *s: None, cancelled=lambda: False)
    started = maker.make(model, start=StartPicture(blob=maker.put(figure), strength=1))
    assert np.array_equal(started.rgba, plain.rgba)


def test_the_weaker_the_more_of_the_start_remains(rgba_model: InstalledModel, maker: Maker, figure: Bytes) -> None:
    blob = maker.put(figure)
    distances = [_distance(rgba_model, maker, StartPicture(blob=blob, strength=s)) for s in (0.1, 0.35, 0.6, 0.9)]
    assert distances == sorted(distances)
    assert distances[-1] > 2 * distances[0]


def _distance(model: InstalledModel, maker: Maker, start: StartPicture) -> float:
    """Between the start's latents and what comes out: a random decoder would tell nothing."""
    recipe = maker.recipe(start=start)
    call = prepared(model, maker, recipe)
    latents = called(call, recipe)
    return float((latents - call.pipe.plan.clean).norm())


def prepared(model: InstalledModel, maker: Maker, recipe: PictureRecipe) -> GuidedCall:
    call = prepare(recipe, SHELF.take(model), maker.inputs, maker.shelf)
    assert call
    return call


def called(call: GuidedCall, recipe: PictureRecipe, **more: Any) -> Any:
    import torch

    unit = call.pipe.vae_scale_factor
    shape = (1, 4, call.arguments["height"] // unit, call.arguments["width"] // unit)
    noise = torch.randn(shape, generator=torch.Generator().manual_seed(recipe.seed))
    return call.pipe(
        prompt=recipe.prompt, num_inference_steps=recipe.steps, guidance_scale=recipe.guidance, latents=noise,
        output_type="latent", return_dict=False, **call.arguments, **more,
    )[0]  # fmt: skip


def test_progress_counts_the_steps_that_are_taken(rgba_model: InstalledModel, maker: Maker, figure: Bytes) -> None:
    seen: list[tuple[int, int]] = []
    maker.make(
        rgba_model, steps=10, start=StartPicture(blob=maker.put(figure), strength=0.5),
        on_step=lambda step, steps, preview: seen.append((step, steps)),
    )  # fmt: skip
    assert seen == [(n, 5) for n in range(1, 6)]


@pytest.mark.parametrize("strength", [0.02, 0.1, 0.3, 0.5, 0.77, 0.99])
def test_schedule_starts_at_the_noise_that_the_strength_means(strength: float) -> None:
    class Plain:
        config = type("Config", (), {})()

    taken, whole = schedule_for(24, strength, Plain())
    assert taken >= min(4, round(250 * strength)) and taken / whole == pytest.approx(strength, rel=0.15)


def test_wide_start_stays_wide_in_a_square_recipe(rgba_model: InstalledModel, maker: Maker) -> None:
    start = StartPicture(blob=maker.put(ball(120, 60)), strength=0.5)
    height, width = maker.make(rgba_model, start=start).rgba.shape[:2]
    assert width / height == pytest.approx(2, rel=0.05)


def test_model_of_a_fixed_vocabulary_paints_the_start_in_a_square_and_gives_its_shape_back(
    rgba_model: InstalledModel, maker: Maker
) -> None:
    from dataclasses import replace

    start = StartPicture(blob=maker.put(ball(120, 60)), strength=0.5)
    assert maker.make(replace(rgba_model, vocabulary=True), start=start).rgba.shape[:2] == (32, 64)


@pytest.mark.parametrize("colour", [(250, 250, 250), (20, 20, 20), (128, 128, 128)])
def test_ground_for_models_without_alpha_comes_off_again(colour: tuple[int, int, int]) -> None:
    rgba = ball(128, 128)
    rgba[rgba[..., 3] > 0, :3] = colour
    picture = premultiplied_from_straight(rgba)
    ground = ground_for(picture)
    cut, confidence = off_ground(on_ground(picture, ground), ground)
    assert confidence > 0.7
    assert np.abs(cut[..., 3].astype(int) - rgba[..., 3]).mean() < 2


def test_inside_of_a_figure_is_not_taken_for_ground() -> None:
    flat = np.full((64, 64, 3), 0.3, np.float32)
    cut, _ = off_ground(flat, 0.94)
    assert (cut[..., 3] == 255).all()


def test_parts_are_shared_and_not_copied(rgba_model: InstalledModel, maker: Maker, figure: Bytes) -> None:
    loaded = SHELF.take(rgba_model)
    recipe = maker.recipe(start=StartPicture(blob=maker.put(figure)))
    pipe = prepared(rgba_model, maker, recipe).pipe
    for part in ("unet", "vae", "text_encoder", "text_encoder_2"):
        mine = {name: value.data_ptr() for name, value in getattr(pipe, part).named_parameters()}
        assert mine == {name: value.data_ptr() for name, value in getattr(loaded.pipe, part).named_parameters()}
    assert pipe.scheduler is loaded.pipe.scheduler


@pytest.mark.parametrize("asks", [0, 2, 8, 20])
def test_cancel_stops_at_once_and_leaves_the_pipeline_as_it_was(
    rgba_model: InstalledModel, maker: Maker, figure: Bytes, asks: int
) -> None:
    start = StartPicture(blob=maker.put(figure), mask=maker.put(mask_of(figure, slice(30, 60), slice(30, 60))))
    before = generate(maker.recipe(), rgba_model, on_step=lambda *s: None, cancelled=lambda: False)
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > asks

    with pytest.raises(Cancelled):
        maker.make(rgba_model, start=start, cancelled=cancelled)
    assert asked <= asks + 2, "work went on after the cancel"
    after = generate(maker.recipe(), rgba_model, on_step=lambda *s: None, cancelled=lambda: False)
    assert np.array_equal(before.rgba, after.rgba)


def test_start_that_becomes_too_large_is_one_sentence(rgba_model: InstalledModel, maker: Maker, figure: Bytes) -> None:
    start = StartPicture(blob=maker.put(figure), margins=Margins(left=2048, right=2048))
    with pytest.raises(BadInput, match=r"^The picture would be 4192 × 96 pixels and 4096 a side is the most; .*\.$"):
        maker.make(rgba_model, start=start)
