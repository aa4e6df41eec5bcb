"""Small changes that a generated picture may have and a drawing has not: softness, noise, shift, scale, tint."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def random_affine(count: int, generator: torch.Generator) -> Tensor:
    """(count, 2, 3) sampling matrices: up to 6 degrees, ±8 % scale, ±5 % shift."""
    angle = (torch.rand(count, generator=generator) - 0.5) * 0.2
    scale = 1 + (torch.rand(count, generator=generator) - 0.5) * 0.16
    shift = (torch.rand(count, 2, generator=generator) - 0.5) * 0.2
    cosine, sine = torch.cos(angle) * scale, torch.sin(angle) * scale
    rows = [torch.stack([cosine, -sine, shift[:, 0]], 1), torch.stack([sine, cosine, shift[:, 1]], 1)]
    return torch.stack(rows, 1)


def warp(pictures: Tensor, matrices: Tensor) -> Tensor:
    """Sample (n, c, h, w) pictures through (n, 2, 3) matrices in -1..1 coordinates."""
    grid = functional.affine_grid(matrices.to(pictures), list(pictures.shape), align_corners=False)
    return functional.grid_sample(pictures, grid, mode="bilinear", align_corners=False)


def warp_points(points: Tensor, matrices: Tensor) -> Tensor:
    """Where points (n, joints, 2) in 0..1 lie after `warp` with the same matrices."""
    centred = points * 2 - 1
    linear, shift = matrices[:, :, :2], matrices[:, :, 2]
    moved = torch.linalg.solve(linear, (centred - shift[:, None]).transpose(1, 2)).transpose(1, 2)
    return (moved + 1) / 2


def soften(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Half of the pictures lose detail (down and up again); all get a little noise where they are opaque."""
    size = pictures.shape[-1]
    small = int(size * (0.4 + 0.5 * float(torch.rand(1, generator=generator))))
    soft = functional.interpolate(pictures, size=small, mode="area")
    soft = functional.interpolate(soft, size=size, mode="bilinear", align_corners=False)
    chosen = (torch.rand(len(pictures), 1, 1, 1, generator=generator) < 0.5).to(pictures)
    mixed = pictures * (1 - chosen) + soft * chosen
    noise = torch.randn(pictures.shape, generator=generator).to(pictures) * 0.02
    return (mixed + noise * mixed[:, 3:]).clamp(0, 1)
