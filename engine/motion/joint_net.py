"""The joint finder's network: a small hourglass from a premultiplied RGBA picture to one heatmap per joint.

Method: heatmap regression with a U-shaped network, after Newell et al., "Stacked Hourglass Networks" (2016), one stack.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

INPUT_SIZE = 128
HEATMAP_SIZE = 32


def _block(inside: int, outside: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inside, outside, 3, stride, 1, bias=False), nn.BatchNorm2d(outside), nn.SiLU(inplace=True)
    )


class JointNet(nn.Module):
    """(batch, 4, 128, 128) premultiplied RGBA in 0..1 -> (batch, joints, 32, 32) heatmap logits."""

    def __init__(self, joints: int, width: int = 32) -> None:
        super().__init__()
        self.stem = nn.Sequential(_block(4, width, 2), _block(width, width * 2, 2), _block(width * 2, width * 2))
        self.down16 = nn.Sequential(_block(width * 2, width * 3, 2), _block(width * 3, width * 3))
        self.down8 = nn.Sequential(
            _block(width * 3, width * 4, 2), _block(width * 4, width * 4), _block(width * 4, width * 4)
        )
        self.up16 = _block(width * 7, width * 3)
        self.up32 = nn.Sequential(_block(width * 5, width * 2), _block(width * 2, width * 2))
        self.head = nn.Conv2d(width * 2, joints, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        at32 = self.stem(pictures)
        at16 = self.down16(at32)
        at8 = self.down8(at16)
        up16 = self.up16(torch.cat([functional.interpolate(at8, scale_factor=2.0, mode="nearest"), at16], 1))
        up32 = self.up32(torch.cat([functional.interpolate(up16, scale_factor=2.0, mode="nearest"), at32], 1))
        return self.head(up32)


def soft_argmax(heatmaps: Tensor) -> tuple[Tensor, Tensor]:
    """Joint positions and confidences from heatmap logits.

    The position is the centre of mass of the softmax within 2 cells of the peak, in 0..1 of the input (x, y), shape
    (batch, joints, 2); the confidence is the sigmoid of the peak, shape (batch, joints), 0..1.
    """
    batch, joints, height, width = heatmaps.shape
    flat = heatmaps.reshape(batch, joints, -1)
    peak, index = flat.max(-1)
    rows = torch.arange(height, device=heatmaps.device)
    columns = torch.arange(width, device=heatmaps.device)
    near_row = (rows - (index // width)[..., None]).abs() <= 2
    near_column = (columns - (index % width)[..., None]).abs() <= 2
    near = near_row[..., :, None] & near_column[..., None, :]
    weights = torch.softmax(heatmaps.masked_fill(~near, float("-inf")).reshape(batch, joints, -1), -1)
    weights = weights.reshape(batch, joints, height, width)
    x = (weights.sum(-2) * (columns + 0.5)).sum(-1) / width
    y = (weights.sum(-1) * (rows + 0.5)).sum(-1) / height
    return torch.stack([x, y], -1), torch.sigmoid(peak)


def load_joint_net(folder: Path) -> tuple[JointNet, tuple[str, ...]]:
    """The trained network and the joints' names in channel order, from `config.json` and `model.safetensors`."""
    config = json.loads((folder / "config.json").read_text())
    names = tuple(config["joints"])
    net = JointNet(len(names), config["width"])
    weights = {name: tensor.float() for name, tensor in load_file(folder / "model.safetensors").items()}
    net.load_state_dict(weights)
    return net.eval(), names
