"""Start pictures, masks and ControlNets with the families beside SDXL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.models.installed import InstalledModel
from engine.picture.alpha import Bytes
from engine.picture.architecture import Architecture
from engine.picture.families import architecture_of
from engine.picture.generate import generate
from engine.picture.guided.call import prepare
from engine.picture.pipeline import SHELF
from engine.protocol.errors import BadInput
from engine.protocol.picture_options import Control, ControlKind, Margins, ReferencePicture, StartPicture
from engine.protocol.recipes import PictureRecipe
from tests.picture.architectures.conftest import Dummies
from tests.picture.guided.conftest import (
    Maker,
    ball,
    controlnet,
    installed_net,
    mask_of,
    save_controlnet,
)

FAMILIES = ("sd1", "sd2", "sd3-clips", "flux-dev")


@pytest.fixture
def maker() -> Maker:
    return Maker()


@pytest.fixture(scope="module")
def figure() -> Bytes:
    return ball(64, 64)


@pytest.fixture(scope="module", autouse=True)
def nothing_loaded_afterwards() -> Iterator[None]:
    yield
    SHELF.release()


def plain(model: InstalledModel, maker: Maker, **choices: Any) -> Bytes:
    return generate(maker.recipe(**choices), model, on_step=lambda *step: None, cancelled=lambda: False).rgba


def distance(model: InstalledModel, maker: Maker, recipe: PictureRecipe) -> float:
    """Between the start's latents and what comes out: a random decoder would tell nothing."""
    import torch

    loaded = SHELF.take(model)
    loaded.pipe.scheduler = loaded.scheduler
    call = prepare(recipe, loaded, maker.inputs, maker.shelf)
    assert call is not None
    family: Architecture = architecture_of(model)
    width, height = call.arguments["width"], call.arguments["height"]
    shape = family.noise_shape(call.pipe, width, height)
    noise = torch.randn(shape, generator=torch.Generator().manual_seed(recipe.seed))
    latents = call.pipe(
        prompt=recipe.prompt, num_inference_steps=recipe.steps, guidance_scale=recipe.guidance,
        latents=family.to_latents(call.pipe, noise), output_type="latent", return_dict=False, **call.arguments,
    )[0]  # fmt: skip
    return float((family.from_latents(call.pipe, latents, width, height) - call.pipe.plan.clean).norm())


@pytest.mark.parametrize("name", FAMILIES)
def test_strength_1_forgets_the_start(dummies: Dummies, name: str, maker: Maker, figure: Bytes) -> None:
    model = dummies.model(name)
    started = maker.make(model, start=StartPicture(blob=maker.put(figure), strength=1))
    assert np.array_equal(started.rgba, plain(model, maker))


@pytest.mark.parametrize("name", FAMILIES)
def test_the_weaker_the_more_of_the_start_remains(dummies: Dummies, name: str, maker: Maker, figure: Bytes) -> None:
    model, blob = dummies.model(name), maker.put(figure)
    weak, middle, strong = (
        distance(model, maker, maker.recipe(steps=10, start=StartPicture(blob=blob, strength=strength)))
        for strength in (0.1, 0.5, 0.95)
    )
    assert weak < middle < strong and strong > 1.5 * weak


@pytest.mark.parametrize("name", [*FAMILIES, "sd1-inpaint"])
def test_outside_a_mask_every_byte_stays(dummies: Dummies, name: str, maker: Maker, figure: Bytes) -> None:
    model = dummies.model(name)
    mask = mask_of(figure, slice(24, 40), slice(24, 40))
    start = StartPicture(blob=maker.put(figure), mask=maker.put(mask), strength=0.9, feather=0)
    made = maker.make(model, start=start)
    inside = mask[..., 0] > 0
    assert made.rgba.shape == figure.shape
    assert np.array_equal(made.rgba[~inside], figure[~inside])
    assert not np.array_equal(made.rgba[inside], figure[inside])
    again = maker.make(model, start=start)
    assert np.array_equal(made.rgba, again.rgba)


@pytest.mark.parametrize("name", ["sd3-clips", "flux-dev"])
def test_a_picture_is_continued_beyond_its_edges(dummies: Dummies, name: str, maker: Maker) -> None:
    picture = np.full((64, 64, 4), 255, np.uint8)
    picture[..., :2] = 90
    start = StartPicture(blob=maker.put(picture), feather=4, margins=Margins(left=32, right=32))
    made = maker.make(dummies.model(name), start=start)
    assert made.rgba.shape == (64, 128, 4)
    assert np.array_equal(made.rgba[:, 44:84], picture[:, 12:52])


@pytest.mark.parametrize("form", ["folder", "file.safetensors", "original.safetensors"])
def test_a_controlnet_steers_stable_diffusion_1(
    dummies: Dummies, form: str, maker: Maker, figure: Bytes, tmp_path: Path
) -> None:
    model = dummies.model("sd1")
    place = save_controlnet(controlnet(model, seed=3), tmp_path / form, form.partition(".")[0])
    maker.shelf.nets = [installed_net(place, ControlKind.CANNY)]
    blob = maker.put(figure)
    steered = maker.make(model, controls=(Control(kind=ControlKind.CANNY, blob=blob),)).rgba
    without = maker.make(model, controls=(Control(kind=ControlKind.CANNY, blob=blob, weight=0),)).rgba
    assert np.array_equal(without, plain(model, maker))
    assert not np.array_equal(steered, without)


@pytest.mark.parametrize(
    ("name", "choices", "words"),
    [
        ("sd1", {"references": (ReferencePicture(blob="0" * 64),)}, "Reference pictures work with checkpoints"),
        ("flux-dev", {"controls": (Control(kind=ControlKind.POSE, blob="0" * 64),)}, "Controls work with checkpoints"),
        ("qwen-image", {"start": StartPicture(blob="0" * 64)}, "Start pictures work with checkpoints of SDXL, "),
    ],
)  # fmt: skip
def test_what_a_family_can_not_do_is_told(
    dummies: Dummies, name: str, choices: dict[str, Any], words: str, maker: Maker, figure: Bytes
) -> None:
    maker.inputs["0" * 64] = figure
    with pytest.raises(BadInput, match=words):
        maker.make(dummies.model(name), **choices)
