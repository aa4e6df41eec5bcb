"""Make it again: a recipe that was kept as JSON gives the same pixels in a process that has everything to load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.models.addon import InstalledLora
from engine.models.installed import InstalledModel
from engine.picture.generate import generate
from engine.picture.pipeline import PipelineShelf, loaded_pipeline
from engine.protocol.mascot import Pose
from engine.protocol.picture_options import LoraUse, Scheduler, Variation
from engine.protocol.recipes import PictureRecipe
from tests.picture.making import factors, make, save

OPTIONS: dict[str, dict[str, Any]] = {
    "nothing special": {},
    "negative": {"negative": "a (sad:1.3) cat"},
    "weights": {"prompt": "a ((blue)) fox with a (red:0.6) scarf"},
    "long": {"prompt": "a fox, " + "very fluffy, " * 60},
    "stochastic": {"scheduler": Scheduler.EULER_A},
    "sde": {"scheduler": Scheduler.DPMPP_SDE_KARRAS},
    "lcm": {"scheduler": Scheduler.LCM},
    "tcd": {"scheduler": Scheduler.TCD},
    "variation": {"variation": Variation(seed=8, strength=0.4)},
    "pose": {"pose": Pose.WAVING},
    "wide": {"width": 1024, "height": 512},
    "no guidance": {"guidance": 1.0},
    "lora": {"loras": (LoraUse(name="bold", weight=0.7, blocks={"up": 0.5}),)},
}


@pytest.fixture(scope="module")
def lora(rgba_model: InstalledModel, tmp_path_factory: pytest.TempPathFactory) -> InstalledLora:
    found = factors(loaded_pipeline(rgba_model)).items()
    tensors = {f"{part}.{layer}.lora_A.weight": down for (part, layer), (down, _) in found}
    tensors |= {f"{part}.{layer}.lora_B.weight": up for (part, layer), (_, up) in found}
    return save(Path(tmp_path_factory.mktemp("loras")) / "bold.safetensors", tensors)


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_is_replayed_to_the_pixel(rgba_model: InstalledModel, lora: InstalledLora, option: str) -> None:
    fields = {"prompt": "a fox", "seed": 11, "steps": 3, **OPTIONS[option]}
    recipe = PictureRecipe.model_validate(fields)
    loras = [lora] * len(recipe.loras)

    def made(again: PictureRecipe, shelf: PipelineShelf) -> Any:
        return generate(again, rgba_model, on_step=lambda *s: None, cancelled=lambda: False, loras=loras, shelf=shelf)

    used = PipelineShelf()
    make(rgba_model, prompt="something else before", shelf=used, steps=1, scheduler=Scheduler.UNIPC)
    first = made(recipe, used)
    second = made(PictureRecipe.model_validate_json(recipe.model_dump_json()), PipelineShelf())
    assert np.array_equal(first.rgba, second.rgba)
    settings = [
        {name: value for name, value in each.effective.items() if name != "seconds"} for each in (first, second)
    ]
    assert settings[0] == settings[1]
    if option != "nothing special":
        assert not np.array_equal(first.rgba, make(rgba_model, prompt="a fox", seed=11, shelf=used).rgba)
