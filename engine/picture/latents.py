"""Latents to pixels: the VAE's decode, and a cheap linear guess for previews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline
    from torch import Tensor

_SAMPLES_A_SIDE = 8
_SAMPLE_PICTURES = 4


def decode(pipe: StableDiffusionXLPipeline, latents: Tensor) -> np.ndarray[Any, np.dtype[np.float32]]:
    """(1, c, h, w) scaled latents → (H, W, 3 or 4) float32 in 0..1; four channels are premultiplied RGBA."""
    import torch

    vae: Any = pipe.vae
    with torch.inference_mode():
        pictures = _single_frame(
            vae.decode(_as_film(vae, _unscaled(vae, latents.to(dtype=vae.dtype))), return_dict=False)[0]
        )
        pictures = pictures[0].float().mul(0.5).add(0.5).clamp(0, 1)
        return pictures.permute(1, 2, 0).cpu().contiguous().numpy()


def encode(pipe: StableDiffusionXLPipeline, pixels: np.ndarray[Any, np.dtype[np.float32]], device: str) -> Tensor:
    """(H, W, 3 or 4) in 0..1, premultiplied when four → (1, c, h, w) scaled latents, float32 on the processor.

    The distribution's middle, not a sample: equal pictures give equal latents. `device` is where the pipeline computes.
    """
    import torch

    vae: Any = pipe.vae
    with torch.inference_mode():
        picture = torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1)[None] * 2 - 1
        latents = vae.encode(picture.to(device=device, dtype=vae.dtype)).latent_dist.mode()
        return _scaled(vae, latents.float()).cpu()


def linear_map(pipe: StableDiffusionXLPipeline, device: str) -> Tensor:
    """(c + 1, 3 or 4): the best linear guess of a latent pixel's colour, fitted to the VAE's own encoder.

    `device` is where the pipeline computes. Four synthetic pictures of soft coloured patches are encoded, which takes
    about as long as decoding a small picture.
    """
    import torch

    vae: Any = pipe.vae
    unit = int(pipe.vae_scale_factor)
    with torch.inference_mode():
        pictures = _patches(3 if _of_film(vae) else vae.config.in_channels, unit)
        inputs = (pictures * 2 - 1).to(device=device, dtype=vae.dtype)
        latents = _scaled(vae, _single_frame(vae.encode(_as_film(vae, inputs)).latent_dist.mode())).float().cpu()
        colours = torch.nn.functional.avg_pool2d(pictures, unit)
        rows = latents.permute(0, 2, 3, 1).reshape(-1, latents.shape[1])
        rows = torch.cat([rows, torch.ones(len(rows), 1)], 1)
        wanted = colours.permute(0, 2, 3, 1).reshape(len(rows), -1)
        ridge = 1e-3 * len(rows) * torch.eye(rows.shape[1])
        return torch.linalg.solve(rows.T @ rows + ridge, rows.T @ wanted)


def guess(latents: Tensor, matrix: Tensor) -> np.ndarray[Any, np.dtype[np.float32]]:
    """(1, c, h, w) latents → (h, w, 3 or 4) in 0..1, one pixel per latent pixel."""
    import torch

    with torch.inference_mode():
        pixels = latents[0].float().cpu().permute(1, 2, 0)
        return (pixels @ matrix[:-1] + matrix[-1]).clamp(0, 1).numpy()


def _patches(channels: int, unit: int) -> Tensor:
    """Soft patches of colour, (4, channels, 8 units, 8 units) in 0..1; a fourth channel is alpha, and premultiplied."""
    import torch

    generator = torch.Generator().manual_seed(0)
    coarse = torch.rand(_SAMPLE_PICTURES, channels, _SAMPLES_A_SIDE // 2, _SAMPLES_A_SIDE // 2, generator=generator)
    side = _SAMPLES_A_SIDE * unit
    fine = torch.nn.functional.interpolate(coarse, size=(side, side), mode="bilinear", align_corners=True)
    fine = ((fine - 0.5) * 2.2 + 0.5).clamp(0, 1)
    if channels == 4:
        fine[:, 3] = ((fine[:, 3] - 0.4) * 4).clamp(0, 1)
        fine[:, :3] *= fine[:, 3:]
    return fine


def _of_film(vae: Any) -> bool:
    """Qwen-Image's VAE was made for film and takes frames as a third dimension."""
    return hasattr(vae, "temperal_downsample")


def _as_film(vae: Any, values: Tensor) -> Tensor:
    return values.unsqueeze(2) if _of_film(vae) and values.ndim == 4 else values


def _single_frame(values: Tensor) -> Tensor:
    return values[:, :, 0] if values.ndim == 5 else values


def _unscaled(vae: Any, latents: Tensor) -> Tensor:
    mean, deviation = _statistics(vae, latents)
    return latents * deviation / getattr(vae.config, "scaling_factor", 1.0) + mean


def _scaled(vae: Any, latents: Tensor) -> Tensor:
    mean, deviation = _statistics(vae, latents)
    return (latents - mean) * getattr(vae.config, "scaling_factor", 1.0) / deviation


def _statistics(vae: Any, like: Tensor) -> tuple[Tensor | float, Tensor | float]:
    """Per-channel mean and deviation of the latents, for the VAEs that have them."""
    import torch

    mean, deviation = getattr(vae.config, "latents_mean", None), getattr(vae.config, "latents_std", None)
    if mean is None or deviation is None:
        shift = getattr(vae.config, "shift_factor", None)
        return (shift or 0.0), 1.0
    shape = (1, -1, 1, 1)
    return (
        torch.tensor(mean, device=like.device, dtype=like.dtype).view(shape),
        torch.tensor(deviation, device=like.device, dtype=like.dtype).view(shape),
    )
