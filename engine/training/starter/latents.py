"""Drawings as latents: cached once for the UNet, and brought to mean 0 and deviation 1 inside the VAE itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.blobs.files import written_aside
from engine.training.starter.hardware import device, mixed_precision
from engine.training.starter.parallel import Workers
from engine.training.starter.progress import Progress
from engine.training.starter.vae import Pixels, to_model

if TYPE_CHECKING:
    import torch


def encode_drawings(vae: Any, pictures: Pixels, file: Path, *, batch: int = 8) -> torch.Tensor:
    """(n, channels, h, w) float16 latents of all pictures, kept in `file` and read from there the next time."""
    import torch

    if file.is_file():
        return torch.from_numpy(np.load(file))
    progress = Progress("latents", len(pictures))
    vae = vae.to(device(), memory_format=torch.channels_last).eval()

    def encode(start: int) -> torch.Tensor:
        some = to_model(torch.from_numpy(np.array(pictures[start : start + batch])))
        some = some.to(device(), memory_format=torch.channels_last)
        with torch.no_grad(), mixed_precision():
            return vae.encode(some).latent_dist.mode().to("cpu", torch.float16)

    workers = Workers()
    parts: list[torch.Tensor] = []
    for part in workers.map(encode, range(0, len(pictures), batch)):
        parts.append(part)
        progress.at(min(len(pictures), len(parts) * batch))
    workers.close()
    latents = torch.cat(parts)
    with written_aside(file) as handle:
        np.save(handle, latents.numpy())
    return latents


def statistics(latents: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation per channel, (channels,) float32."""
    flat = latents.float().transpose(0, 1).flatten(1)
    return flat.mean(1), flat.std(1)


def fold_statistics(vae: Any, mean: torch.Tensor, deviation: torch.Tensor) -> None:
    """Change the VAE's two 1x1 convolutions so that its latents come out standardised.

    SDXL's pipeline knows only one factor for all channels.
    """
    import torch

    with torch.no_grad():
        mean, deviation = mean.to(vae.device), deviation.to(vae.device)
        channels = len(mean)
        out, into = vae.quant_conv, vae.post_quant_conv
        out.weight[:channels] /= deviation[:, None, None, None]
        out.bias[:channels] = (out.bias[:channels] - mean) / deviation
        out.bias[channels:] -= 2 * deviation.log()
        into.bias += into.weight[:, :, 0, 0] @ mean
        into.weight *= deviation[None, :, None, None]
