"""The VAE's decoder, trained on after its encoder is frozen: sharper pictures from latents that stay as they are."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.training.starter.hardware import device, mixed_precision
from engine.training.starter.parallel import Workers
from engine.training.starter.progress import Progress
from engine.training.starter.state import Budget, TrainingState, learning_rate
from engine.training.starter.vae import FACTOR, Pixels, VaeSize, reconstruction_loss, to_model

if TYPE_CHECKING:
    import torch

_NOISE = 0.08
"""Deviation of the noise on the standardised latents, at most: the UNet's are not exact either."""
_DETAIL = 2.0


class LatentCrops:
    """Random latents with the pixels they stand for: crops around places that are not empty, or whole drawings."""

    def __init__(self, latents: torch.Tensor, pictures: Pixels, generator: torch.Generator) -> None:
        self._latents = latents
        self._pictures = pictures
        self._generator = generator

    def batch(self, count: int, side: int) -> tuple[torch.Tensor, torch.Tensor]:
        """(count, channels, side, side) latents and (count, 4, 8 side, 8 side) pixels in -1..1."""
        import torch

        spare = self._latents.shape[-1] - side
        latents: list[torch.Tensor] = []
        pixels: list[torch.Tensor] = []
        for row in torch.randint(0, len(self._latents), (count,), generator=self._generator).tolist():
            top, left = self._corner(row, side, spare) if spare else (0, 0)
            latents.append(self._latents[row, :, top : top + side, left : left + side])
            area = self._pictures[row, top * FACTOR : (top + side) * FACTOR, left * FACTOR : (left + side) * FACTOR]
            pixels.append(torch.from_numpy(np.array(area)))
        return torch.stack(latents).float(), to_model(torch.stack(pixels))

    def _corner(self, row: int, side: int, spare: int) -> tuple[int, int]:
        import torch

        filled = np.argwhere(self._pictures[row, FACTOR // 2 :: FACTOR, FACTOR // 2 :: FACTOR, 3] > 0)
        at, *jitter = torch.randint(0, 2**31, (3,), generator=self._generator).tolist()
        middle = filled[at % len(filled)] if len(filled) else (side, side)
        corner = [int(m) - side // 2 + j % (side // 2) - side // 4 for m, j in zip(middle, jitter, strict=True)]
        return min(max(0, corner[0]), spare), min(max(0, corner[1]), spare)


def train_decoder(
    vae: Any,
    latents: torch.Tensor,
    pictures: Pixels,
    work: Path,
    budget: Budget,
    size: VaeSize | None = None,
    *,
    whole_from: float = 0.4,
    save_every_s: float = 120.0,
) -> Any:
    """Train `vae`'s decoder on `latents` (n, channels, h, w) of `pictures`; returns the VAE, its encoder unchanged.

    From `whole_from` of the budget on, whole drawings instead of crops: a decoder that normalises over the whole map
    must see whole maps.
    """
    import torch

    size = size or VaeSize()
    torch.manual_seed(12)
    generator = torch.Generator().manual_seed(12)
    vae = vae.to(device(), memory_format=torch.channels_last).train()
    parameters = [*vae.decoder.parameters(), *vae.post_quant_conv.parameters()]
    for parameter in parameters:
        parameter.requires_grad_(True)
    optimiser = torch.optim.AdamW(parameters, lr=size.peak_rate, betas=(0.9, 0.98), weight_decay=1e-4, fused=True)
    parts = {"decoder": vae.decoder, "into": vae.post_quant_conv, "optimiser": optimiser}
    state = TrainingState(work / "decoder.state", parts, generator, save_every_s)
    state.resume()
    crops = LatentCrops(latents, pictures, generator)
    workers = Workers()
    progress = Progress("decoder", budget.minutes, unit=" min")
    average: dict[str, float] = {}
    whole_side = latents.shape[-1]
    while (spent := budget.spent(state.step, state.seconds)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(size.peak_rate / 2, state.step, spent)
        whole = spent >= whole_from
        clean, wanted = (
            crops.batch(size.full_batch, whole_side) if whole else crops.batch(size.crop_batch, size.crop // FACTOR)
        )
        strength = _NOISE * torch.rand((len(clean), 1, 1, 1), generator=generator)
        noisy = clean + strength * torch.randn(clean.shape, generator=generator)
        noisy = noisy.to(device(), memory_format=torch.channels_last)
        wanted = wanted.to(device(), memory_format=torch.channels_last)
        losses = [
            partial(_loss, vae, *part)
            for part in zip(noisy.chunk(workers.count), wanted.chunk(workers.count), strict=True)
        ]
        figures = workers.step(parameters, losses)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        for name, value in figures.items():
            average[name] = 0.98 * average.get(name, value) + 0.02 * value
        state.step_done()
        note = " ".join(f"{name} {value:.4f}" for name, value in average.items())
        progress.at(state.seconds / 60, f"step {state.step} {'whole' if whole else 'crops'} {note}")
    workers.close()
    state.save()
    return vae.eval().requires_grad_(False)


def _loss(vae: Any, latents: torch.Tensor, wanted: torch.Tensor) -> tuple[torch.Tensor, dict[str, float]]:
    with mixed_precision():
        made = vae.decode(latents).sample.float()
    loss = reconstruction_loss(made, wanted, _DETAIL)
    return loss, {"loss": loss.item(), "L1": (made.detach() - wanted).abs().mean().item()}
