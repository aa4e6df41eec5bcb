"""Train the ×4 upscaler: drawings made small in several ways in, the same drawings at full size out."""

from __future__ import annotations

import random
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engine.builder.captions import random_mascot
from engine.builder.draw import Drawing, draw
from engine.builder.raster import render_premultiplied
from engine.picture.upscaler import SCALE, Upscaler
from engine.training.judges.classifier import to_batch
from engine.training.judges.fit import device, fit
from engine.training.judges.save import save_network

SMALL = 256
PATCH = 48
PATCHES_PER_DRAWING = 8
WAYS = 4
"""How a small picture can have come to be; see `make_small`."""


def make_small(drawing: Drawing, large: NDArray[np.uint8], way: int, rng: random.Random) -> NDArray[np.uint8]:
    """The drawing at 256 pixels: averaged, by a bicubic filter, drawn at that size, or a little soft and noisy as if
    painted. Premultiplied RGBA, (256, 256, 4) uint8."""
    if way == 2:
        return render_premultiplied(drawing, SMALL)
    planes = to_batch(large[None]).float().cpu()
    if way == 0:
        small = functional.interpolate(planes, scale_factor=1 / SCALE, mode="area")
    else:
        small = functional.interpolate(planes, scale_factor=1 / SCALE, mode="bicubic", antialias=True)
    if way == 3:
        small = functional.interpolate(small, scale_factor=rng.uniform(0.6, 0.95), mode="bilinear", antialias=True)
        small = functional.interpolate(small, (SMALL, SMALL), mode="bicubic")
        noise = torch.randn(small.shape, generator=torch.Generator().manual_seed(rng.getrandbits(30)))
        small = small + noise * rng.uniform(0, 0.02) * (small[:, 3:] > 0)
    return (small.clamp(0, 1) * 255).round().byte()[0].permute(1, 2, 0).numpy()


def render_pairs(work: Path, count: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Patches (n, 48, 48, 4) of small pictures and (n, 192, 192, 4) of the drawings they stand for."""
    work.mkdir(parents=True, exist_ok=True)
    file = work / f"upscaling-{count}.npz"
    if file.is_file():
        loaded = np.load(file)
        return loaded["small"], loaded["large"]
    small_patches: list[NDArray[np.uint8]] = []
    large_patches: list[NDArray[np.uint8]] = []
    began = time.monotonic()
    for index in range(count):
        rng = random.Random(7_000_000 + index)
        drawing = draw(random_mascot(rng))
        large = render_premultiplied(drawing, SMALL * SCALE)
        small = make_small(drawing, large, index % WAYS, rng)
        for y, x in _patch_corners(small, rng):
            small_patches.append(small[y : y + PATCH, x : x + PATCH])
            large_patches.append(large[y * SCALE : (y + PATCH) * SCALE, x * SCALE : (x + PATCH) * SCALE])
        if (index + 1) % 50 == 0:
            print(f"pairs {index + 1}/{count} {time.monotonic() - began:.0f} s", flush=True)
    pairs = np.stack(small_patches), np.stack(large_patches)
    np.savez(file, small=pairs[0], large=pairs[1])
    return pairs


def _patch_corners(picture: NDArray[np.uint8], rng: random.Random) -> list[tuple[int, int]]:
    """Corners of patches that show something."""
    corners: list[tuple[int, int]] = []
    while len(corners) < PATCHES_PER_DRAWING:
        y, x = rng.randrange(SMALL - PATCH), rng.randrange(SMALL - PATCH)
        if picture[y : y + PATCH, x : x + PATCH, 3].mean() > 40:
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
        turn = torch.rand(2, generator=generator)
        if turn[0] < 0.5:
            inside, wanted = inside.flip(3), wanted.flip(3)
        if turn[1] < 0.5:
            inside, wanted = inside.transpose(2, 3), wanted.transpose(2, 3)
        return functional.l1_loss(net(inside).float(), wanted)

    fit("upscaler", net, loss_of_step, steps=steps, lr=1e-3, checkpoint=work / f"upscaler-{width}-{depth}.pt")
    return net


def save_upscaler(net: Upscaler, folder: Path, report: dict[str, float]) -> None:
    save_network(
        net, folder, {"scale": SCALE, "width": net.enter.out_channels, "depth": len(net.blocks), "comparison": report}
    )
