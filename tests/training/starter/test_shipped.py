"""The starter that ships: small, complete, and a maker of transparent pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.training.starter.pack import MAX_FILE_BYTES, MAX_TOTAL_BYTES

STARTER = Path(__file__).parents[3] / "assets" / "starter"


def test_it_is_small_enough_to_ship() -> None:
    sizes = [file.stat().st_size for file in STARTER.rglob("*") if file.is_file()]
    assert sum(sizes) <= MAX_TOTAL_BYTES
    assert max(sizes) <= MAX_FILE_BYTES


def test_it_draws_in_the_middle_of_a_transparent_picture_and_keeps_colours_premultiplied() -> None:
    from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline

    pipe: Any = StableDiffusionXLPipeline.from_pretrained(STARTER, torch_dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    generator = torch.Generator().manual_seed(1)
    prompt = "a happy blue fox with a red scarf"
    made = pipe(prompt, num_inference_steps=8, guidance_scale=4.0, generator=generator, output_type="np").images[0]
    assert made.shape == (256, 256, 4)
    alpha = made[..., 3]
    assert np.concatenate([alpha[:8], alpha[-8:], alpha[:, :8].T, alpha[:, -8:].T]).mean() < 0.05
    assert 0.1 < (alpha > 0.9).mean() < 0.7
    assert (made[..., :3] <= alpha[..., None] + 0.1).mean() > 0.98
    blue, red = made[..., 2][alpha > 0.9], made[..., 0][alpha > 0.9]
    assert np.median(blue - red) > 0.1
