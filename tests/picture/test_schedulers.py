"""Every scheduler gives a whole picture and keeps the checkpoint's settings; those that solve one equation agree."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.models.catalogue import ModelCatalogue
from engine.models.installed import InstalledModel
from engine.picture.pipeline import SHELF, PipelineShelf
from engine.picture.schedulers import scheduler_for
from engine.protocol.errors import BadInput
from engine.protocol.picture_options import Scheduler
from tests.picture.making import make

USUAL = [kind for kind in Scheduler if kind not in (Scheduler.AUTO, Scheduler.FLOW_MATCH)]
SOLVERS = [Scheduler.DPMPP_2M, Scheduler.DPMPP_2M_KARRAS, Scheduler.UNIPC, Scheduler.DDIM]


@pytest.fixture(scope="module")
def zero_snr_model(catalogue: ModelCatalogue, rgba_model: InstalledModel, tmp_path_factory: Any) -> InstalledModel:
    """As the starter: v-prediction with zero terminal SNR."""
    folder = tmp_path_factory.mktemp("made") / "tiny-zero"
    shutil.copytree(rgba_model.path, folder)
    config = folder / "scheduler/scheduler_config.json"
    changed = {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
    config.write_text(json.dumps({**json.loads(config.read_text()), **changed}))
    return catalogue.install(folder)


@pytest.mark.parametrize("kind", USUAL)
def test_every_scheduler_paints_the_same_thing_twice(
    rgba_model: InstalledModel, zero_snr_model: InstalledModel, kind: Scheduler
) -> None:
    shelf = PipelineShelf()
    for model in (rgba_model, zero_snr_model):
        first = make(model, scheduler=kind, steps=4, shelf=shelf)
        assert np.array_equal(first.rgba, make(model, scheduler=kind, steps=4, shelf=shelf).rgba)
        assert first.rgba[..., 3].any(), "an empty picture"
        built = shelf.take(model).pipe.scheduler
        assert built.config.prediction_type == ("v_prediction" if model is zero_snr_model else "epsilon")
        if "rescale_betas_zero_snr" in built.config:
            assert built.config.rescale_betas_zero_snr == (model is zero_snr_model)


def _latents(model: InstalledModel, kind: Scheduler, steps: int) -> np.ndarray[Any, Any]:
    """The finished latents, by the same call that `generate` makes, from one noise level for any number of steps."""
    import torch

    loaded = SHELF.take(model)
    pipe = loaded.pipe
    base = type(loaded.scheduler).from_config(loaded.scheduler.config, timestep_spacing="trailing")
    pipe.scheduler = scheduler_for(kind, steps, base, model)
    words = loaded.condition("a fox", "", 1.0)
    noise = torch.randn((1, 4, 8, 8), generator=torch.Generator().manual_seed(0))
    out = pipe(
        **words.arguments, width=64, height=64, num_inference_steps=steps, guidance_scale=1.0, latents=noise,
        output_type="latent", return_dict=False,
    )[0]  # fmt: skip
    return out.numpy()


@pytest.fixture(scope="module")
def eulers_picture(rgba_model: InstalledModel) -> np.ndarray[Any, Any]:
    return _latents(rgba_model, Scheduler.EULER, 100)


@pytest.mark.parametrize("kind", SOLVERS)
def test_solvers_of_one_equation_converge_on_eulers_picture(
    rgba_model: InstalledModel, eulers_picture: np.ndarray[Any, Any], kind: Scheduler
) -> None:
    far, near = (
        np.abs(_latents(rgba_model, kind, steps) - eulers_picture).mean() / np.abs(eulers_picture).mean()
        for steps in (5, 40)
    )
    assert near < 0.015
    assert near < far / 3, "more steps must come nearer"


def test_the_next_picture_with_auto_has_the_models_own_scheduler_again(rgba_model: InstalledModel) -> None:
    own = make(rgba_model)
    assert own.effective["scheduler"] == "EulerDiscreteScheduler"
    other = make(rgba_model, scheduler=Scheduler.UNIPC)
    assert other.effective["scheduler"] == "UniPCMultistepScheduler"
    assert np.array_equal(make(rgba_model).rgba, own.rgba)


def test_a_scheduler_of_the_other_kind_is_refused_in_one_sentence(rgba_model: InstalledModel) -> None:
    with pytest.raises(BadInput, match="predicts noise and can't use the scheduler flow-match"):
        make(rgba_model, scheduler=Scheduler.FLOW_MATCH)
    from diffusers import FlowMatchEulerDiscreteScheduler

    flowing: Any = FlowMatchEulerDiscreteScheduler(shift=3.0)
    assert scheduler_for(Scheduler.AUTO, 4, flowing, rgba_model) is flowing
    with pytest.raises(BadInput, match="matches flow"):
        scheduler_for(Scheduler.DDIM, 4, flowing, rgba_model)


def test_lcm_takes_any_number_of_steps(rgba_model: InstalledModel, tmp_path: Path) -> None:
    assert make(rgba_model, scheduler=Scheduler.LCM, steps=60).rgba.shape == (64, 64, 4)
