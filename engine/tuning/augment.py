"""Pictures to learn from: brought to a square, and slightly moved, turned and scaled versions of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

Bytes = NDArray[np.uint8]

MAX_TURN = math.radians(5)
MAX_SCALE = 0.07
MAX_SHIFT = 0.05
"""Of the picture's side."""


def to_square(rgba: Bytes, side: int) -> NDArray[np.float32]:
    """(h, w, 4) uint8 straight alpha → (side, side, 4) float32 premultiplied in 0..1, the whole picture centred."""
    from PIL import Image

    premultiplied = rgba.astype(np.float32)
    premultiplied[..., :3] *= premultiplied[..., 3:] / 255
    picture = Image.fromarray(np.rint(premultiplied).astype(np.uint8), "RGBA")
    scale = side / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    # Premultiplied, so that the filter mixes no colour of invisible pixels in.
    small = np.asarray(_per_channel(picture, size), dtype=np.float32) / 255
    square = np.zeros((side, side, 4), np.float32)
    top, left = (side - size[1]) // 2, (side - size[0]) // 2
    square[top : top + size[1], left : left + size[0]] = small
    return square


def variants(square: NDArray[np.float32], count: int, seed: int) -> Tensor:
    """(side, side, 4) premultiplied → (count, 4, side, side) in 0..1: the picture itself first, then versions of it."""
    import torch
    from torch.nn import functional

    picture = torch.from_numpy(square).permute(2, 0, 1)[None]
    generator = torch.Generator().manual_seed(seed)
    matrices = torch.cat([torch.eye(2, 3)[None], _affine(count - 1, generator)])
    grid = functional.affine_grid(matrices, [count, *picture.shape[1:]], align_corners=False)
    moved = functional.grid_sample(picture.expand(count, -1, -1, -1), grid, mode="bilinear", align_corners=False)
    return moved.clamp(0, 1)


def for_vae(pictures: Tensor, channels: int) -> Tensor:
    """(n, 4, h, w) premultiplied in 0..1 → (n, 3 or 4, h, w) in -1..1; a VAE without alpha sees them on white."""
    if channels == 4:
        return pictures * 2 - 1
    return (pictures[:, :3] + 1 - pictures[:, 3:]) * 2 - 1


def _affine(count: int, generator: Any) -> Tensor:
    import torch

    def within(limit: float, *shape: int) -> Tensor:
        return (torch.rand(*shape, generator=generator) * 2 - 1) * limit

    angle, scale, shift = within(MAX_TURN, count), 1 + within(MAX_SCALE, count), within(2 * MAX_SHIFT, count, 2)
    cosine, sine = angle.cos() * scale, angle.sin() * scale
    rows = [torch.stack([cosine, -sine, shift[:, 0]], 1), torch.stack([sine, cosine, shift[:, 1]], 1)]
    return torch.stack(rows, 1)


def _per_channel(picture: Any, size: tuple[int, int]) -> Any:
    """Resized as four plain channels: Pillow would unmultiply an RGBA picture."""
    from PIL import Image

    return Image.merge("RGBA", [band.resize(size, Image.Resampling.LANCZOS) for band in picture.split()])
