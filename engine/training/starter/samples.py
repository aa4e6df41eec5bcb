"""Contact sheets of fixed prompts, to see how far the UNet has come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

PROMPTS: tuple[str, ...] = (
    "a happy blue fox with a red scarf",
    "a sad grey cat sitting, wearing a yellow crown",
    "an angry red robot, hands on hips",
    "a surprised pink bunny with green glasses, jumping",
    "a sleepy brown bear with a blue cap",
    "a happy green monster waving, with a purple bow tie",
    "a teal dog with orange headphones, standing, flat style",
    "a cheerful kid in purple wearing a red cape, waving hello",
    "grumpy yellow kitten, black top hat, sitting",
    "a smiling orange fox, jumping, flat design",
    "grey robot with blue headphones, sleepy",
    "a crying purple teddy bear with a pink scarf",
    "a shocked teal rabbit with a brown top hat",
    "happy pink puppy, green cap, hands on hips, bold outlines",
    "a tired red monster with a grey crown, sitting down",
    "an angry person in green with yellow spectacles, standing",
)


def contact_sheet(pipe: Any, file: Path, *, steps: int = 24, guidance: float = 4.0, count: int = 16) -> None:
    """Make `count` of PROMPTS (rows of eight on a light ground) with the pipeline as it is and write a PNG."""
    import torch
    from PIL import Image

    prompts = list(PROMPTS[:count])
    seeds = [torch.Generator().manual_seed(1 + i) for i in range(len(prompts))]
    made = pipe(prompts, num_inference_steps=steps, guidance_scale=guidance, generator=seeds, output_type="np").images
    blank = np.zeros((-len(prompts) % 8, *made.shape[1:]), made.dtype)
    tiles = np.concatenate([made, blank]).clip(0, 1)
    size = tiles.shape[1]
    grid = tiles.reshape(-1, 8, size, size, 4).swapaxes(1, 2).reshape(-1, 8 * size, 4)
    seen = grid[..., :3] + (1 - grid[..., 3:]) * np.array([0.95, 0.95, 0.93])
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray((seen.clip(0, 1) * 255).round().astype(np.uint8)).save(file)
