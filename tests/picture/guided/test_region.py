"""Inpainting and outpainting: only the marked region changes, and nobody sees where it ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.models.installed import InstalledModel
from engine.picture.alpha import Bytes, premultiplied_from_straight
from engine.picture.guided.margins import asks_for_a_scene, margins_to_paint
from engine.picture.guided.masks import cells, feathered, read_mask
from engine.picture.guided.patch import levelled, patched
from engine.picture.guided.scene import Scene, scene_of
from engine.picture.guided.window import Window
from engine.picture.pipeline import SHELF
from engine.protocol.errors import BadInput
from engine.protocol.picture_options import Margins, StartPicture
from tests.picture.guided.conftest import Maker, ball, mask_of
from tests.picture.guided.test_start_picture import called, prepared
from tests.tiny_sdxl import save_folder

PATCH = (slice(30, 60), slice(34, 62))


@pytest.mark.parametrize("kind", ["rgba_model", "rgb_model"])
@pytest.mark.parametrize("feather", [0, 8])
def test_outside_of_mask_and_feather_every_bit_stays(
    kind: str, feather: int, maker: Maker, figure: Bytes, request: pytest.FixtureRequest
) -> None:
    model: InstalledModel = request.getfixturevalue(kind)
    mask = mask_of(figure, *PATCH)
    start = StartPicture(blob=maker.put(figure), mask=maker.put(mask), strength=1, feather=feather)
    painted = maker.make(model, start=start).rgba
    reach = np.zeros(figure.shape[:2], np.bool_)
    reach[30 - feather : 60 + feather, 34 - feather : 62 + feather] = True
    assert np.array_equal(painted[~reach], figure[~reach])
    assert (painted[PATCH] != figure[PATCH]).any(axis=-1).mean() > 0.9


@pytest.mark.parametrize("scheduler", ["EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler", "DDIMScheduler",
                                       "DPMSolverMultistepScheduler", "UniPCMultistepScheduler", "LCMScheduler",
                                       "HeunDiscreteScheduler"])  # fmt: skip
def test_every_scheduler_gives_the_surroundings_back(
    scheduler: str, rgba_model: InstalledModel, maker: Maker, figure: Bytes
) -> None:
    import diffusers
    import torch

    loaded = SHELF.take(rgba_model)
    before = loaded.pipe.scheduler
    loaded.pipe.scheduler = getattr(diffusers, scheduler).from_config(before.config)
    try:
        mask = maker.put(mask_of(figure, slice(0, 96), slice(0, 40)))
        recipe = maker.recipe(start=StartPicture(blob=maker.put(figure), mask=mask, strength=0.8, feather=0))
        call = prepared(rgba_model, maker, recipe)
        latents = called(call, recipe)
    finally:
        loaded.pipe.scheduler = before
    kept = call.pipe.plan.free == 0
    assert 0.2 < float(kept.float().mean()) < 0.8
    assert torch.allclose(torch.where(kept, latents, 0), torch.where(kept, call.pipe.plan.clean, 0), atol=1e-4)
    assert not torch.allclose(torch.where(kept, 0, latents), torch.where(kept, 0, call.pipe.plan.clean), atol=0.1)


def test_small_region_is_painted_at_the_models_own_size(rgba_model: InstalledModel, maker: Maker) -> None:
    large = ball(512, 512)
    scene = _scene(maker, rgba_model, large, mask=mask_of(large, slice(200, 230), slice(200, 230)), feather=0)
    assert scene.size == (64, 64)
    assert 30 < scene.window.width < 100, "a thirty-pixel face gets most of the model's 64 pixels"


def test_region_in_a_corner_is_seen_with_its_surroundings_and_not_beyond_the_edge(
    rgba_model: InstalledModel, maker: Maker
) -> None:
    large = ball(512, 512)
    box = _scene(maker, rgba_model, large, mask=mask_of(large, slice(0, 20), slice(490, 512))).window.box
    assert box[1] == 0 and box[2] == 512


def test_model_of_a_fixed_vocabulary_sees_the_whole_figure(rgba_model: InstalledModel, maker: Maker) -> None:
    canvas = np.pad(ball(128, 128), ((0, 0), (0, 256), (0, 0)))
    fixed = replace(rgba_model, vocabulary=True)
    box = _scene(maker, fixed, canvas, mask=mask_of(canvas, slice(60, 70), slice(60, 70))).window.box
    assert box[0] <= 16 and box[2] >= 112 and box[2] - box[0] == box[3] - box[1] < 200


def _scene(maker: Maker, model: InstalledModel, picture: Bytes, mask: Bytes, **choices: Any) -> Scene:
    start = StartPicture(blob=maker.put(picture), mask=maker.put(mask), **choices)
    scene = scene_of(maker.recipe(start=start), start, model, maker.inputs)
    assert isinstance(scene, Scene)
    return scene


def test_mask_of_one_pixel_changes_that_pixel(rgba_model: InstalledModel, maker: Maker, figure: Bytes) -> None:
    mask = mask_of(figure, slice(48, 49), slice(48, 49))
    start = StartPicture(blob=maker.put(figure), mask=maker.put(mask), strength=1, feather=0)
    changed = (maker.make(rgba_model, start=start).rgba != figure).any(axis=2)
    assert changed.sum() == 1 and changed[48, 48]


def test_soft_mask_lets_as_much_of_the_new_show_as_it_is_light() -> None:
    old, new = np.full((8, 8, 4), 255, np.uint8), np.zeros((8, 8, 4), np.float32)
    new[..., 3] = 1
    window = Window((0, 0, 8, 8), (8, 8))
    weight = np.tile(np.linspace(0.125, 1, 8, dtype=np.float32), (8, 1))
    mixed = patched(old, new, weight, window)
    assert np.allclose(mixed[0, :, 0], 255 * (1 - weight[0]), atol=1)


def test_mask_of_another_size_and_an_empty_one_are_one_sentence_each(
    rgba_model: InstalledModel, maker: Maker, figure: Bytes
) -> None:
    blob = maker.put(figure)
    other = maker.put(mask_of(ball(50, 40), slice(0, 9), slice(0, 9)))
    with pytest.raises(BadInput, match=r"^The mask is 50 × 40 pixels and the picture 96 × 96 pixels; .*\.$"):
        maker.make(rgba_model, start=StartPicture(blob=blob, mask=other))
    empty = maker.put(mask_of(figure, slice(0, 0), slice(0, 0)))
    with pytest.raises(BadInput, match=r"^The mask marks nothing; .*\.$"):
        maker.make(rgba_model, start=StartPicture(blob=blob, mask=empty))


def test_transparent_white_marks_nothing_and_grey_marks_partly(figure: Bytes) -> None:
    mask = mask_of(figure, slice(0, 10), slice(0, 10), light=128)
    mask[20:30, 20:30] = (255, 255, 255, 0)
    marked = read_mask(mask, figure)
    assert marked[25, 25] == 0 and marked[5, 5] == pytest.approx(128 / 255, abs=0.01)


def test_feather_fades_from_the_mask_outwards_and_ends() -> None:
    mask = np.zeros((64, 64), np.float32)
    mask[20:40, 20:40] = 1
    weight = feathered(mask, 10)
    row = weight[30, 39:]
    assert row[0] == 1 and (np.diff(row[:11]) < 0).all() and not row[11:].any()
    assert np.array_equal(feathered(mask, 0), mask)


def test_narrow_mask_does_not_average_away_in_the_latents() -> None:
    mask = np.zeros((64, 64), np.float32)
    mask[:, 20] = 1
    free = cells(mask, 8)
    assert free.shape == (8, 8) and (free[:, 2] > 0.5).all() and not free[:, 3:].any()


def test_level_of_the_new_meets_the_old() -> None:
    rgba = ball(96, 96)
    rgba[rgba[..., 3] > 0, :3] = (40, 90, 220)
    old = premultiplied_from_straight(rgba)
    weight = feathered(np.pad(np.ones((20, 20), np.float32), 38), 6)
    darker = old.copy()
    darker[..., :3] *= 0.9
    before, after = (np.abs((picture - old)[weight > 0]).mean() for picture in (darker, levelled(darker, old, weight)))
    assert after < 0.35 * before


def test_alpha_is_mixed_premultiplied(rgba_model: InstalledModel) -> None:
    """A clear old pixel has no colour: none of it may show in the mixture."""
    old = np.zeros((8, 8, 4), np.uint8)
    new = np.zeros((8, 8, 4), np.float32)
    new[..., 0] = new[..., 3] = 1
    mixed = patched(old, new, np.full((8, 8), 0.5, np.float32), Window((0, 0, 8, 8), (8, 8)))
    assert (mixed[..., 3] == 128).all() and (mixed[..., 0] == 255).all()


@pytest.fixture(scope="module")
def hole_model(rgb_model: InstalledModel, tmp_path_factory: pytest.TempPathFactory) -> InstalledModel:
    """A checkpoint that sees mask and surroundings, as SDXL's inpainting ones do."""
    import json

    import torch
    from safetensors.torch import load_file, save_file

    folder = save_folder(tmp_path_factory.mktemp("made") / "tiny-holes", alpha=False)
    weights, config = folder / "unet/diffusion_pytorch_model.safetensors", folder / "unet/config.json"
    tensors = load_file(weights)
    more = torch.randn(32, 5, 3, 3, generator=torch.Generator().manual_seed(3)).half()
    tensors["conv_in.weight"] = torch.cat([tensors["conv_in.weight"], more], 1).contiguous()
    save_file(tensors, weights)
    config.write_text(json.dumps(json.loads(config.read_text()) | {"in_channels": 9}))
    return replace(rgb_model, name="holes", path=folder, hash="9" * 64, inpaints=True)


def test_checkpoint_for_holes_paints_a_region_and_whole_pictures(
    hole_model: InstalledModel, maker: Maker, figure: Bytes
) -> None:
    mask = maker.put(mask_of(figure, *PATCH))
    start = StartPicture(blob=maker.put(figure), mask=mask, strength=1, feather=0)
    painted = maker.make(hole_model, start=start).rgba
    assert (painted[PATCH] != figure[PATCH]).any()
    painted[PATCH] = figure[PATCH]
    assert np.array_equal(painted, figure)
    assert maker.make(hole_model).rgba.shape == (64, 64, 4)


def test_checkpoint_for_holes_sees_what_is_around_the_hole(
    hole_model: InstalledModel, maker: Maker, figure: Bytes
) -> None:
    import torch

    mask = maker.put(mask_of(figure, *PATCH))
    other = np.ascontiguousarray(figure[..., [2, 1, 0, 3]])
    holes = [
        prepared(hole_model, maker, maker.recipe(start=StartPicture(blob=maker.put(picture), mask=mask))).pipe.plan.hole
        for picture in (figure, other)
    ]
    assert torch.equal(holes[0][:, 0], holes[1][:, 0]) and not torch.allclose(holes[0][:, 1:], holes[1][:, 1:])


def test_outpainting_continues_a_figure_that_is_cut_off(rgba_model: InstalledModel, maker: Maker) -> None:
    cut = ball(96, 96)[:60].copy()
    start = StartPicture(blob=maker.put(cut), margins=Margins(bottom=36), feather=4)
    whole = maker.make(rgba_model, start=start).rgba
    assert whole.shape == (96, 96, 4)
    assert np.array_equal(whole[:50], cut[:50])


def test_outpainting_leaves_clear_surroundings_clear_unless_a_scene_is_asked_for(
    rgba_model: InstalledModel, maker: Maker, figure: Bytes
) -> None:
    start = StartPicture(blob=maker.put(figure), margins=Margins(left=20, top=10, right=20))
    picture = maker.make(rgba_model, start=start)
    assert picture.rgba.shape == (106, 136, 4)
    assert np.array_equal(picture.rgba[10:, 20:-20], figure)
    assert not picture.rgba[:10].any() and [note.code for note in picture.warnings] == ["margins_clear"]
    assert margins_to_paint(figure, start.margins, "a fox in a forest") == start.margins
    assert margins_to_paint(figure, start.margins, "a fox, plain white background") == Margins()


def test_opaque_pictures_are_continued_on_every_side(rgb_model: InstalledModel, maker: Maker, figure: Bytes) -> None:
    opaque = figure.copy()
    opaque[..., 3] = 255
    start = StartPicture(blob=maker.put(opaque), margins=Margins(left=32), feather=0)
    wider = maker.make(rgb_model, start=start).rgba
    assert wider.shape == (96, 128, 4) and (wider[..., 3] == 255).all()
    assert np.array_equal(wider[:, 40:], opaque[:, 8:])


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("a fox on a beach at sunset", True),
        ("a fox, forest background", True),
        ("a fox without background", False),
        ("a fox, transparent background", False),
        ("a fox with a red scarf", False),
    ],
)
def test_words_that_ask_for_a_scene(prompt: str, scene: bool) -> None:
    assert asks_for_a_scene(prompt) is scene
