"""Train the ×4 upscaler: pictures as the starter paints them in, the clean 1024-pixel drawings they stand for out."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engine.builder.captions import caption, random_mascot
from engine.builder.draw import draw
from engine.builder.raster import render_premultiplied
from engine.picture.upscaler import SCALE, Upscaler
from engine.training.judges.classifier import to_batch
from engine.training.judges.fit import device, fit
from engine.training.judges.save import save_network

SMALL = 256
PATCH = 96
PATCHES_PER_DRAWING = 6
STEPS = 12
REPAINTED = (None, 0, 2, 3, 4, 5)
"""How far a drawing is forgotten before the starter paints it anew: not even decoded, decoded only, or the last 2-5 of
12 denoising steps. More would move eyes and mouths, and then the clean drawing is no longer the answer."""


@torch.inference_mode()
def as_painted(
    pipe: Any, pictures: NDArray[np.uint8], prompts: list[str], steps: int, generator: torch.Generator
) -> NDArray[np.uint8]:
    """(n, h, w, 4) uint8 premultiplied pictures as the starter would paint them: encoded, noised, and the last `steps`
    of 12 denoising steps run, with guidance (SDEdit, Meng et al., 2022)."""
    inside = to_batch(pictures) * 2 - 1
    with torch.autocast(device().type, torch.bfloat16):
        latents = pipe.vae.encode(inside).latent_dist.mean.float()
        if steps:
            latents = _denoised(pipe, latents, prompts, steps, generator)
        decoded = pipe.vae.decode(latents).sample
    rgba = ((decoded.float() / 2 + 0.5).clamp(0, 1) * 255).round().byte()
    return rgba.permute(0, 2, 3, 1).cpu().numpy()


def _denoised(pipe: Any, clean: Tensor, prompts: list[str], steps: int, generator: torch.Generator) -> Tensor:
    hidden, nothing, pooled, pooled_nothing = pipe.encode_prompt(prompts, device=clean.device)
    ids = torch.tensor([[SMALL, SMALL, 0, 0, SMALL, SMALL]], device=clean.device).float().expand(2 * len(clean), 6)
    added = {"text_embeds": torch.cat([pooled_nothing, pooled]), "time_ids": ids}
    pipe.scheduler.set_timesteps(STEPS)
    times = pipe.scheduler.timesteps[-steps:]
    pipe.scheduler.set_begin_index(STEPS - steps)
    noise = torch.randn(clean.shape, generator=generator).to(clean.device)
    latents = pipe.scheduler.add_noise(clean, noise, times[:1].expand(len(clean)))
    for time_step in times:
        given = pipe.scheduler.scale_model_input(torch.cat([latents, latents]), time_step)
        both = pipe.unet(given, time_step, torch.cat([nothing, hidden]), added_cond_kwargs=added).sample.float()
        without, wanted = both.chunk(2)
        latents = pipe.scheduler.step(without + 3.0 * (wanted - without), time_step, latents).prev_sample
    return latents


def render_pairs(pipe: Any, work: Path, count: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Patches (n, 96, 96, 4) of painted pictures and (n, 384, 384, 4) of the drawings they stand for."""
    work.mkdir(parents=True, exist_ok=True)
    file = work / f"pairs-{count}.npz"
    if file.is_file():
        loaded = np.load(file)
        return loaded["small"], loaded["large"]
    small_patches: list[NDArray[np.uint8]] = []
    large_patches: list[NDArray[np.uint8]] = []
    began = time.monotonic()
    for start in range(0, count, 8):
        rng = random.Random(7_000_000 + start)
        mascots = [random_mascot(rng) for _ in range(min(8, count - start))]
        drawings = [draw(mascot) for mascot in mascots]
        small = np.stack([render_premultiplied(d, SMALL) for d in drawings])
        repainted = REPAINTED[start // 8 % len(REPAINTED)]
        if repainted is not None:
            texts = [caption(mascot, rng) for mascot in mascots]
            small = as_painted(pipe, small, texts, repainted, torch.Generator().manual_seed(start))
        for index, drawing in enumerate(drawings):
            large = render_premultiplied(drawing, SMALL * SCALE)
            for y, x in _patch_corners(small[index], rng):
                small_patches.append(small[index, y : y + PATCH, x : x + PATCH])
                large_patches.append(large[y * SCALE : (y + PATCH) * SCALE, x * SCALE : (x + PATCH) * SCALE])
        print(f"pairs {start + len(drawings)}/{count} {time.monotonic() - began:.0f} s", flush=True)
    pairs = np.stack(small_patches), np.stack(large_patches)
    np.savez(file, small=pairs[0], large=pairs[1])
    return pairs


def _patch_corners(picture: NDArray[np.uint8], chooser: random.Random) -> list[tuple[int, int]]:
    """Corners of patches that show something, more often of the face than of the feet."""
    corners: list[tuple[int, int]] = []
    while len(corners) < PATCHES_PER_DRAWING:
        y = min(int(abs(chooser.gauss(0.25, 0.25)) * SMALL), SMALL - PATCH)
        x = min(max(int(chooser.gauss(0.31, 0.16) * SMALL), 0), SMALL - PATCH)
        if picture[y : y + PATCH, x : x + PATCH, 3].mean() > 20:
            corners.append((y, x))
    return corners


def train_upscaler(
    small: NDArray[np.uint8],
    large: NDArray[np.uint8],
    work: Path,
    *,
    steps: int,
    width: int,
    depth: int,
    batch: int = 8,
) -> Upscaler:
    torch.manual_seed(0)
    net = Upscaler(width, depth).to(device())

    def loss_of_step(step: int) -> Tensor:
        generator = torch.Generator().manual_seed(step)
        rows = torch.randint(len(small), (batch,), generator=generator).sort().values.numpy()
        inside, wanted = to_batch(small[rows]), to_batch(large[rows])
        if torch.rand(1, generator=generator) < 0.5:
            inside, wanted = inside.flip(3), wanted.flip(3)
        got = net(inside).float()
        across = functional.l1_loss(got.diff(dim=3), wanted.diff(dim=3))
        down = functional.l1_loss(got.diff(dim=2), wanted.diff(dim=2))
        return functional.l1_loss(got, wanted) + 2 * (across + down)

    fit("upscaler", net, loss_of_step, steps=steps, lr=1e-3, checkpoint=work / "upscaler.pt")
    return net


def save_upscaler(net: Upscaler, folder: Path, report: dict[str, float]) -> None:
    save_network(
        net, folder, {"scale": SCALE, "width": net.enter.out_channels, "depth": len(net.quarter), "comparison": report}
    )
