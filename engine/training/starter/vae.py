"""The RGBA autoencoder: 256 px premultiplied drawings to 32x32 latents of 8 channels and back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.training.starter.hardware import device, mixed_precision
from engine.training.starter.parallel import Workers
from engine.training.starter.progress import Progress
from engine.training.starter.state import Budget, TrainingState, learning_rate

if TYPE_CHECKING:
    import torch

LATENT_CHANNELS = 8
FACTOR = 8

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class VaeSize:
    blocks: tuple[int, ...] = (32, 48, 64, 96)
    crop: int = 128
    crop_batch: int = 16
    full_batch: int = 4
    peak_rate: float = 1.2e-3


def build_vae(size: VaeSize) -> Any:
    """A fresh AutoencoderKL. One normalisation group: more would wash out the flat colours of drawings."""
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL

    levels: dict[str, Any] = {
        "down_block_types": ("DownEncoderBlock2D",) * len(size.blocks),
        "up_block_types": ("UpDecoderBlock2D",) * len(size.blocks),
        "block_out_channels": size.blocks,
    }
    return AutoencoderKL(
        in_channels=4,
        out_channels=4,
        **levels,
        layers_per_block=1,
        latent_channels=LATENT_CHANNELS,
        norm_num_groups=1,
        sample_size=256,
        scaling_factor=1.0,
        force_upcast=False,
    )


def to_model(pixels: torch.Tensor) -> torch.Tensor:
    """(n, h, w, 4) uint8 to (n, 4, h, w) float32 in -1..1."""
    return pixels.permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def reconstruction_loss(made: torch.Tensor, wanted: torch.Tensor, detail: float) -> torch.Tensor:
    """How far `made` is from `wanted`, both (n, 4, h, w) in -1..1.

    Absolute error, more where the drawing has edges (`detail`: eyes, mouths, small accessories), pooled squared error
    (colours of areas) and error of the differences between neighbours (crispness).
    """
    import torch
    from torch.nn import functional

    def across(x: torch.Tensor) -> torch.Tensor:
        return x[..., :, 1:] - x[..., :, :-1]

    def down(x: torch.Tensor) -> torch.Tensor:
        return x[..., 1:, :] - x[..., :-1, :]

    wanted_across, wanted_down = across(wanted), down(wanted)
    with torch.no_grad():
        edges = functional.pad(wanted_across.abs().sum(1, keepdim=True), (0, 1, 0, 0))
        edges = edges + functional.pad(wanted_down.abs().sum(1, keepdim=True), (0, 0, 0, 1))
        weight = 1 + detail * functional.avg_pool2d(edges.clamp_(max=1), 5, 1, 2)
        weight = weight / weight.mean()
    error = made - wanted
    loss = (error.abs() * weight).mean()
    pooled = error
    for _ in range(3):
        pooled = functional.avg_pool2d(pooled, 4 if pooled is error else 2)
        loss = loss + 4 * pooled.square().mean()
    steps = (across(made) - wanted_across).abs().mean() + (down(made) - wanted_down).abs().mean()
    return loss + steps


class Crops:
    """Random training pictures: crops around places that are not empty, or whole drawings."""

    def __init__(self, pictures: Pixels, seed_generator: torch.Generator) -> None:
        self._pictures = pictures
        self._generator = seed_generator

    def _integers(self, high: int, count: int) -> list[int]:
        import torch

        return torch.randint(0, high, (count,), generator=self._generator).tolist()

    def batch(self, count: int, size: int) -> torch.Tensor:
        """(count, 4, size, size) float32 in -1..1."""
        import torch

        full = self._pictures.shape[1]
        out = np.empty((count, size, size, 4), np.uint8)
        for i, index in enumerate(self._integers(len(self._pictures), count)):
            top = left = 0
            if size < full:
                top, left = self._corner(self._pictures[index, ..., 3], size)
            out[i] = self._pictures[index, top : top + size, left : left + size]
        return to_model(torch.from_numpy(out))

    def _corner(self, alpha: Pixels, size: int) -> tuple[int, int]:
        full = alpha.shape[0]
        rows, columns = np.nonzero(alpha[::8, ::8])
        at, jitter_y, jitter_x = self._integers(2**31, 3)
        if not len(rows):
            return 0, 0
        row, column = int(rows[at % len(rows)]) * 8, int(columns[at % len(rows)]) * 8
        top = row - size // 2 + jitter_y % (size // 2) - size // 4
        left = column - size // 2 + jitter_x % (size // 2) - size // 4
        return min(max(0, top), full - size), min(max(0, left), full - size)


def train_vae(
    pictures: Pixels,
    work: Path,
    budget: Budget,
    size: VaeSize | None = None,
    *,
    full_from: float = 0.75,
    save_every_s: float = 120.0,
) -> Any:
    """Train on crops, from `full_from` of the budget on whole drawings; returns the trained AutoencoderKL.

    The newest weights also stand in `work/vae-draft`.
    """
    import torch

    size = size or VaeSize()
    generator = torch.Generator().manual_seed(11)
    torch.manual_seed(11)
    vae = build_vae(size)
    vae = vae.to(device(), memory_format=torch.channels_last)  # type: ignore[arg-type]
    probe = torch.nn.Conv2d(LATENT_CHANNELS, 4, 1).to(device())
    parameters = [*vae.parameters(), *probe.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=size.peak_rate, betas=(0.9, 0.98), weight_decay=1e-4, fused=True)
    parts = {"vae": vae, "probe": probe, "optimiser": optimiser}
    state = TrainingState(work / "vae.state", parts, generator, save_every_s)
    state.resume()
    crops = Crops(pictures, generator)
    workers = Workers()
    progress = Progress("vae", budget.minutes, unit=" min")
    average: dict[str, float] = {}
    while (spent := budget.spent(state.step, state.seconds)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(size.peak_rate, state.step, spent)
        whole = spent >= full_from
        batch = crops.batch(size.full_batch, pictures.shape[1]) if whole else crops.batch(size.crop_batch, size.crop)
        batch = batch.to(device(), memory_format=torch.channels_last)
        losses = [partial(_loss, vae, probe, part, 1.0 + spent) for part in batch.chunk(workers.count)]
        figures = workers.step(parameters, losses)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        for name, value in figures.items():
            average[name] = 0.98 * average.get(name, value) + 0.02 * value
        if state.step_done():
            save_vae(vae, work / "vae-draft")
        note = " ".join(f"{name} {value:.4f}" for name, value in average.items())
        progress.at(state.seconds / 60, f"step {state.step} {'whole' if whole else 'crops'} {note}")
    workers.close()
    state.save()
    return vae.eval()


def _loss(vae: Any, probe: Any, batch: torch.Tensor, detail: float) -> tuple[torch.Tensor, dict[str, float]]:
    from torch.nn import functional

    with mixed_precision():
        posterior = vae.encode(batch).latent_dist
        made = vae.decode(posterior.sample()).sample.float()
    spread = posterior.logvar.float()
    divergence = 0.5 * (posterior.mean.float().square() + spread.exp() - 1 - spread).mean()
    recon = reconstruction_loss(made, batch, detail)
    # A linear view of the latents must show each area's mean colour: without this, hues come late.
    colour = (probe(posterior.mean.float()) - functional.avg_pool2d(batch, FACTOR)).square().mean()
    error = (made.detach() - batch).abs().mean()
    figures = {"loss": recon.item(), "colour": colour.item(), "L1": error.item(), "KL": divergence.item()}
    return recon + 2 * colour + 1e-4 * divergence, figures


def save_vae(vae: Any, folder: Path) -> None:
    """Write a diffusers folder; each of its files appears whole or not at all."""
    import tempfile

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as aside:
        vae.save_pretrained(aside)
        for file in Path(aside).iterdir():
            file.replace(folder / file.name)
