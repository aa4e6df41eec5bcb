"""The learned ×4 upscaler: it makes edges crisp and mends what a small model paints softly or blotchily.

Method: a small U-Net at half and a quarter of the size, so that it sees whole eyes and whole areas of colour, and
sub-pixel convolutions up to the large picture (ESPCN, Shi et al., 2016), added to a bicubic enlargement.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

SCALE = 4
UNIT = 4
"""Sides are padded to multiples of this."""
_FINE = 32


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, features: Tensor) -> Tensor:
        return features + self.second(functional.silu(self.first(functional.silu(features))))


class Upscaler(nn.Module):
    """(batch, 4, h, w) premultiplied RGBA in 0..1 -> (batch, 4, 4h, 4w)."""

    def __init__(self, width: int = 48, depth: int = 4) -> None:
        super().__init__()
        self.enter = nn.Conv2d(4 * 4, width, 3, padding=1)
        self.coarse = _Block(width)
        self.down = nn.Conv2d(width, 2 * width, 3, padding=1, stride=2)
        self.quarter = nn.ModuleList([_Block(2 * width) for _ in range(depth)])
        self.up = nn.Conv2d(2 * width, 4 * width, 3, padding=1)
        self.coarse_again = _Block(width)
        self.full = nn.Conv2d(width, 4 * _FINE, 3, padding=1)
        self.sharp = nn.Conv2d(4, _FINE, 3, padding=1)
        self.leave = nn.Conv2d(_FINE, 4 * SCALE * SCALE, 3, padding=1)
        nn.init.zeros_(self.leave.weight)
        assert self.leave.bias is not None
        nn.init.zeros_(self.leave.bias)

    def forward(self, pictures: Tensor) -> Tensor:
        height, width = pictures.shape[2:]
        padded = functional.pad(pictures, (0, -width % UNIT, 0, -height % UNIT))
        half = self.coarse(self.enter(torch.pixel_unshuffle(padded, 2)))
        features = self.down(half)
        for block in self.quarter:
            features = block(features)
        half = self.coarse_again(half + functional.pixel_shuffle(self.up(features), 2))
        fine = functional.silu(functional.pixel_shuffle(self.full(half), 2) + self.sharp(padded))
        detail = functional.pixel_shuffle(self.leave(fine), SCALE)
        enlarged = functional.interpolate(padded, scale_factor=float(SCALE), mode="bicubic", align_corners=False)
        return (enlarged + detail)[..., : height * SCALE, : width * SCALE]


def load_upscaler(folder: Path) -> Upscaler:
    """The trained network from `config.json` and `model.safetensors`."""
    config = json.loads((folder / "config.json").read_text())
    net = Upscaler(config["width"], config["depth"])
    net.load_state_dict({name: tensor.float() for name, tensor in load_file(folder / "model.safetensors").items()})
    return net.eval()


@torch.inference_mode()
def enlarge(net: Upscaler, pictures: Tensor) -> Tensor:
    """Premultiplied RGBA (batch, 4, h, w) in 0..1 four times larger, clamped so that colour never exceeds alpha."""
    large = net(pictures.to(memory_format=torch.channels_last)).clamp(0.0, 1.0)
    alpha = large[:, 3:]
    return torch.cat([torch.minimum(large[:, :3], alpha), alpha], 1)
