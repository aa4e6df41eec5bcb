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
LEAST_ALPHA = 16 / 255
"""Below it the colour of a pixel is known to too few of its eight bits."""


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
    """Premultiplied RGBA (batch, 4, h, w) in 0..1 four times larger. Colour never exceeds alpha and stays between the
    colours around it in the small picture: the network sharpens colour and alpha apart, and an edge without an outline
    would get a dark or bright line."""
    large = net(pictures.to(memory_format=torch.channels_last)).clamp(0.0, 1.0)
    alpha = large[:, 3:]
    darkest, brightest = _colours_around(pictures)
    return torch.cat([large[:, :3].maximum(darkest * alpha).minimum(brightest * alpha), alpha], 1)


def _colours_around(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """The least and the greatest straight colour of the 3 × 3 pixels around each, at the large size."""
    alpha = pictures[:, 3:]
    seen = alpha >= LEAST_ALPHA
    straight = (pictures[:, :3] / alpha.clamp_min(LEAST_ALPHA)).clamp(0.0, 1.0)
    nothing = torch.zeros((), dtype=pictures.dtype, device=pictures.device)
    brightest = functional.max_pool2d(torch.where(seen, straight, nothing), 3, stride=1, padding=1)
    darkest = 1 - functional.max_pool2d(torch.where(seen, 1 - straight, nothing), 3, stride=1, padding=1)
    around = functional.max_pool2d(seen.to(pictures.dtype), 3, stride=1, padding=1) > 0
    bounds = torch.where(around, darkest, nothing), torch.where(around, brightest, 1 + nothing)
    low, high = (functional.interpolate(bound, scale_factor=float(SCALE), mode="nearest") for bound in bounds)
    return low, high
