"""Train the ×4 upscaler: the starter's decoded 256-pixel pictures in, clean 1024-pixel drawings out."""

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

from engine.builder.captions import random_mascot
from engine.builder.draw import draw
from engine.builder.raster import render_premultiplied
from engine.picture.upscaler import SCALE, Upscaler
from engine.training.judges.classifier import to_batch
from engine.training.judges.fit import device, fit
from engine.training.judges.save import save_network

SMALL = 256
PATCH = 64
PATCHES_PER_DRAWING = 4


@torch.inference_mode()
def through_autoencoder(vae: Any, pictures: NDArray[np.uint8], batch: int = 8) -> NDArray[np.uint8]:
    """(n, h, w, 4) uint8 premultiplied pictures as the starter's VAE gives them back."""
    out: list[NDArray[np.uint8]] = []
    for start in range(0, len(pictures), batch):
        inside = to_batch(pictures[start : start + batch]) * 2 - 1
        with torch.autocast(device().type, torch.bfloat16):
            decoded = vae.decode(vae.encode(inside).latent_dist.mean).sample
        rgba = ((decoded.float() / 2 + 0.5).clamp(0, 1) * 255).round().byte()
        out.append(rgba.permute(0, 2, 3, 1).cpu().numpy())
    return np.concatenate(out)


def render_pairs(vae: Any, work: Path, count: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Patches (n, 64, 64, 4) of decoded pictures and (n, 256, 256, 4) of the drawings they stand for."""
    work.mkdir(parents=True, exist_ok=True)
    file = work / f"pairs-{count}.npz"
    if file.is_file():
        loaded = np.load(file)
        return loaded["small"], loaded["large"]
    small_patches: list[NDArray[np.uint8]] = []
    large_patches: list[NDArray[np.uint8]] = []
    began = time.monotonic()
    for start in range(0, count, 8):
        drawings = [draw(random_mascot(random.Random(7_000_000 + i))) for i in range(start, min(start + 8, count))]
        small = through_autoencoder(vae, np.stack([render_premultiplied(d, SMALL) for d in drawings]))
        for index, drawing in enumerate(drawings):
            large = render_premultiplied(drawing, SMALL * SCALE)
            chooser = random.Random(start + index)
            for y, x in _patch_corners(small[index], chooser):
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
        x = min(max(int(chooser.gauss(0.375, 0.18) * SMALL), 0), SMALL - PATCH)
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
    batch: int = 12,
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
        net, folder, {"scale": SCALE, "width": net.enter.out_channels, "depth": len(net.body), "comparison": report}
    )
