"""Few-step models and LoRAs are known by what they are, and get the settings that suit them."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.models.addon import InstalledLora
from engine.models.few_steps import defaults_for
from engine.models.installed import InstalledModel
from engine.picture.pipeline import SHELF
from engine.protocol.picture_options import Scheduler
from engine.protocol.recipes import PictureRecipe
from tests.picture.making import LAYERS, make, save


def lora(folder: Path, name: str, **metadata: str) -> InstalledLora:
    stem = f"unet.{LAYERS['unet'][0]}"
    tensors = {f"{stem}.lora_A.weight": torch.zeros(4, 32), f"{stem}.lora_B.weight": torch.zeros(32, 4)}
    return save(folder / f"{name}.safetensors", tensors, **metadata)


def test_a_usual_model_keeps_its_own_scheduler(rgba_model: InstalledModel) -> None:
    found = defaults_for(dataclasses.replace(rgba_model, vocabulary=True))
    fields = PictureRecipe.model_fields
    assert (found.steps, found.guidance) == (fields["steps"].default, fields["guidance"].default)
    assert found.scheduler is None and not found.few_steps


@pytest.mark.parametrize(
    ("name", "metadata", "wanted"),
    [
        ("sdxl_lightning_4step_lora", {}, (4, 1.0, Scheduler.EULER, True)),
        ("sdxl_lightning_8step_lora", {}, (8, 1.0, Scheduler.EULER, True)),
        ("Hyper-SDXL-8steps-lora", {}, (8, 1.0, Scheduler.DDIM, True)),
        ("Hyper-SDXL-1step-lora", {}, (1, 1.0, Scheduler.TCD, False)),
        ("lcm-lora-sdxl", {}, (6, 1.5, Scheduler.LCM, False)),
        ("mine", {"modelspec.title": "Latent Consistency SDXL, 4 steps"}, (4, 1.5, Scheduler.LCM, False)),
        ("lightning", {"ss_training_comment": "TCD distillation"}, (4, 1.0, Scheduler.TCD, False)),
        ("dmd2_sdxl_4step_lora", {}, (4, 1.0, Scheduler.LCM, False)),
    ],
)
def test_few_step_loras(
    rgba_model: InstalledModel, tmp_path: Path, name: str, metadata: dict[str, str], wanted: tuple[Any, ...]
) -> None:
    found = defaults_for(rgba_model, [lora(tmp_path, "usual"), lora(tmp_path, name, **metadata)])
    assert (found.steps, found.guidance, found.scheduler, found.trailing) == wanted
    assert found.why.endswith(".") and name in found.why


@pytest.mark.parametrize("name", ["turbine", "hyperspace-foxes", "calcmodel", "enlightening"])
def test_words_that_only_contain_such_a_name_say_nothing(rgba_model: InstalledModel, tmp_path: Path, name: str) -> None:
    assert not defaults_for(rgba_model, [lora(tmp_path, name)]).few_steps


def test_a_model_is_known_by_its_network_and_its_scheduler(rgba_model: InstalledModel, tmp_path: Path) -> None:
    folder = tmp_path / "plain-name"
    for place in ("unet", "scheduler"):
        shutil.copytree(rgba_model.path / place, folder / place, ignore=shutil.ignore_patterns("*.safetensors"))
    model = dataclasses.replace(rgba_model, path=folder, name="plain-name")
    scheduler, unet = folder / "scheduler/scheduler_config.json", folder / "unet/config.json"
    original = json.loads(scheduler.read_text())

    def said(**changes: Any) -> tuple[int, float, Scheduler | None]:
        scheduler.write_text(json.dumps({**original, **changes}))
        found = defaults_for(model)
        return found.steps, found.guidance, found.scheduler

    assert said()[2] is None
    assert said(_class_name="LCMScheduler") == (6, 1.5, Scheduler.LCM)
    assert said(_class_name="TCDScheduler") == (4, 1.0, Scheduler.TCD)
    turbo = {"_class_name": "EulerAncestralDiscreteScheduler", "timestep_spacing": "trailing"}
    assert said(**turbo) == (4, 1.0, Scheduler.EULER_A)
    unet.write_text(json.dumps({**json.loads(unet.read_text()), "time_cond_proj_dim": 256}))
    assert said() == (6, 8.0, Scheduler.LCM)


def test_auto_means_the_few_step_loras_scheduler_and_another_choice_stays(
    rgba_model: InstalledModel, tmp_path: Path
) -> None:
    fast = lora(tmp_path, "sdxl_lightning_4step")
    made = make(rgba_model, loras=[fast], steps=4)
    assert made.effective["scheduler"] == "EulerDiscreteScheduler"
    assert "Lightning" in str(made.effective["few_steps"])
    assert SHELF.take(rgba_model).pipe.scheduler.config.timestep_spacing == "trailing"
    lcm = make(rgba_model, loras=[lora(tmp_path, "lcm-lora")], steps=4)
    assert lcm.effective["scheduler"] == "LCMScheduler"
    chosen = make(rgba_model, loras=[lora(tmp_path, "lcm-lora")], steps=4, scheduler=Scheduler.UNIPC)
    assert chosen.effective["scheduler"] == "UniPCMultistepScheduler"
    own = make(rgba_model)
    assert "few_steps" not in own.effective
    assert not np.array_equal(own.rgba, lcm.rgba)
