"""A micro starter goes through every stage, survives kills, and is a pipeline like any other SDXL checkpoint."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.training.starter.dataset import Drawings, render_drawings, training_mascot
from engine.training.starter.latents import encode_drawings, fold_statistics, statistics
from engine.training.starter.pack import build_pipeline, pack
from engine.training.starter.stages import Plan, make_starter, text_stage
from engine.training.starter.state import Budget
from engine.training.starter.text import TextSize
from engine.training.starter.unet import UNetSize
from engine.training.starter.vae import VaeSize, build_vae, to_model, train_vae

SMALL_VAE = VaeSize(blocks=(8, 8, 8, 8), crop=64, crop_batch=2, full_batch=1)


def micro(folder: Path) -> Plan:
    return Plan(
        work=folder / "work",
        out=folder / "starter",
        drawings=6,
        captions=30,
        text=Budget(1, steps=3),
        vae=Budget(1, steps=3),
        decoder=Budget(1, steps=3),
        unet=Budget(1, steps=3),
        text_size=TextSize(widths=(16, 8), pooled=16, layers=2, batch=4),
        vae_size=SMALL_VAE,
        unet_size=UNetSize(blocks=(16, 16, 16), batch=2, time_ids=8),
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    plan = micro(tmp_path_factory.mktemp("micro"))
    make_starter(plan)
    return plan


def test_the_packed_folder_is_an_sdxl_pipeline_that_makes_rgba_pictures(made: Plan) -> None:
    from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline

    pipe: Any = StableDiffusionXLPipeline.from_pretrained(made.out, torch_dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    picture = pipe("a happy blue fox", num_inference_steps=2, guidance_scale=4.0, output_type="pil").images[0]
    assert picture.size == (256, 256)
    assert picture.mode == "RGBA"


def test_a_finished_stage_is_not_run_again(made: Plan) -> None:
    before = (made.work / "vae" / "diffusion_pytorch_model.safetensors").stat().st_mtime_ns
    first = text_stage(made)
    make_starter(replace(made, unet=Budget(1, steps=4)))
    assert (made.work / "vae" / "diffusion_pytorch_model.safetensors").stat().st_mtime_ns == before
    again = text_stage(made)
    assert torch.equal(first.conditioning(["a fox"])[1], again.conditioning(["a fox"])[1])


def test_too_large_a_starter_is_refused_and_the_old_one_stays(made: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline

    from engine.training.starter import pack as packing

    pipe: Any = StableDiffusionXLPipeline.from_pretrained(made.out)
    monkeypatch.setattr(packing, "MAX_FILE_BYTES", 10)
    with pytest.raises(ValueError, match="too large"):
        pack(pipe, made.out)
    assert (made.out / "model_index.json").is_file()


def _drawings(folder: Path) -> Drawings:
    return render_drawings(folder, 2, seed=3, processes=1)


def test_drawings_are_premultiplied_and_rendered_once(tmp_path: Path) -> None:
    pictures = _drawings(tmp_path).pictures
    assert pictures.shape == (2, 256, 256, 4)
    assert (pictures[..., :3] <= pictures[..., 3:]).all()
    stamp = next(tmp_path.glob("*.u8")).stat().st_mtime_ns
    again = _drawings(tmp_path)
    assert next(tmp_path.glob("*.u8")).stat().st_mtime_ns == stamp
    assert again.mascots == [training_mascot(i, 3) for i in range(2)]


def _train_until_killed(work: Path, pictures: np.ndarray) -> None:
    train_vae(pictures, work, Budget(10), SMALL_VAE, save_every_s=0.2)


def test_training_killed_in_the_middle_goes_on_where_it_was_saved(tmp_path: Path) -> None:
    pictures = np.random.default_rng(0).integers(0, 255, (2, 256, 256, 4), np.uint8)
    process = multiprocessing.get_context("fork").Process(target=_train_until_killed, args=(tmp_path, pictures))
    torch.set_num_threads(1)
    process.start()
    saved = tmp_path / "vae.state"
    deadline = time.monotonic() + 30
    while not saved.is_file() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    at_kill = torch.load(saved, weights_only=True)["step"]
    assert at_kill > 0
    train_vae(pictures, tmp_path, Budget(10, steps=at_kill + 2), SMALL_VAE)
    assert torch.load(saved, weights_only=True)["step"] == at_kill + 2


def test_folded_statistics_standardise_latents_and_change_no_reconstruction(tmp_path: Path) -> None:
    torch.manual_seed(0)
    vae: Any = build_vae(SMALL_VAE).eval()
    pictures = np.random.default_rng(0).integers(0, 255, (3, 64, 64, 4), np.uint8)
    batch = to_model(torch.from_numpy(pictures))
    with torch.no_grad():
        before = vae.decode(vae.encode(batch).latent_dist.mode()).sample
        raw = vae.encode(batch).latent_dist.mode()
        fold_statistics(vae, *statistics(raw))
        latents = vae.encode(batch).latent_dist.mode()
        after = vae.decode(latents).sample
    mean, deviation = statistics(latents)
    assert mean.abs().max() < 1e-3
    assert (deviation - 1).abs().max() < 1e-3
    assert (before - after).abs().max() < 1e-4
    cached = encode_drawings(vae, pictures, tmp_path / "latents.npy")
    assert torch.equal(cached, encode_drawings(vae, pictures[:0], tmp_path / "latents.npy"))


def test_empty_prompts_are_zeros_in_the_pipeline(made: Plan) -> None:
    from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline

    pipe: Any = StableDiffusionXLPipeline.from_pretrained(made.out, torch_dtype=torch.float32)
    _, negative, pooled, negative_pooled = pipe.encode_prompt("a fox", do_classifier_free_guidance=True)
    assert not negative.any() and not negative_pooled.any()
    expected = build_pipeline(pipe.unet, pipe.vae, text_stage(made)).encode_prompt("a fox")[2]
    assert torch.allclose(pooled, expected, atol=5e-2)
