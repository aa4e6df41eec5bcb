"""The learned ×4 upscaler for the starter's 256-pixel pictures: it makes edges crisp and mends the decoder's softness.

Method: a plain convolutional body at the small size and one pixel shuffle, as in ESPCN (Shi et al., 2016), added to a
bicubic enlargement.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

SCALE = 4


class Upscaler(nn.Module):
    """(batch, 4, h, w) premultiplied RGBA in 0..1 -> (batch, 4, 4h, 4w)."""

    def __init__(self, width: int = 48, depth: int = 8) -> None:
        super().__init__()
        self.enter = nn.Conv2d(4, width, 3, padding=1)
        self.body = nn.ModuleList([nn.Conv2d(width, width, 3, padding=1) for _ in range(depth)])
        self.leave = nn.Conv2d(width, 4 * SCALE * SCALE, 3, padding=1)
        nn.init.zeros_(self.leave.weight)
        assert self.leave.bias is not None
        nn.init.zeros_(self.leave.bias)

    def forward(self, pictures: Tensor) -> Tensor:
        enlarged = functional.interpolate(pictures, scale_factor=float(SCALE), mode="bicubic", align_corners=False)
        features = functional.silu(self.enter(pictures))
        for first, second in zip(self.body[::2], self.body[1::2], strict=True):
            features = features + second(functional.silu(first(features)))
        detail = functional.pixel_shuffle(self.leave(functional.silu(features)), SCALE)
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
