"""The learned ×4 upscaler: crisp edges for drawn pictures of any size.

Method: residual blocks at the small size and one sub-pixel step to the large one (EDSR, Lim et al., 2017; ESPCN, Shi et
al., 2016), added to a bicubic enlargement. An untrained network is the bicubic enlargement.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

SCALE = 4


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, features: Tensor) -> Tensor:
        return features + self.second(functional.relu(self.first(features)))


class Upscaler(nn.Module):
    """(batch, 4, h, w) premultiplied RGBA in 0..1 -> (batch, 4, 4h, 4w)."""

    def __init__(self, width: int = 32, depth: int = 5) -> None:
        super().__init__()
        self.enter = nn.Conv2d(4, width, 3, padding=1)
        self.blocks = nn.Sequential(*[_Block(width) for _ in range(depth)])
        self.leave = nn.Conv2d(width, 4 * SCALE * SCALE, 3, padding=1)
        nn.init.zeros_(self.leave.weight)
        assert self.leave.bias is not None
        nn.init.zeros_(self.leave.bias)

    def forward(self, pictures: Tensor) -> Tensor:
        features = self.enter(pictures)
        detail = functional.pixel_shuffle(self.leave(features + self.blocks(features)), SCALE)
        enlarged = functional.interpolate(pictures, scale_factor=float(SCALE), mode="bicubic", align_corners=False)
        return enlarged + detail


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
