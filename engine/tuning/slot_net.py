"""The slot classifier's network: which species, colour, accessory, mood and pose a picture shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn


def _block(inside: int, outside: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inside, outside, 3, stride, 1, bias=False), nn.BatchNorm2d(outside), nn.SiLU(inplace=True)
    )


class SlotClassifier(nn.Module):
    """(batch, 4, 128, 128) premultiplied RGBA in 0..1 -> a logit tensor (batch, values) per slot."""

    def __init__(self, slots: Mapping[str, Sequence[str]], width: int = 32) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _block(4, width, 2),
            _block(width, width * 2, 2),
            _block(width * 2, width * 2),
            _block(width * 2, width * 4, 2),
            _block(width * 4, width * 4),
            _block(width * 4, width * 4, 2),
            _block(width * 4, width * 4),
        )
        self.squeeze = _block(width * 4, width, 1)
        self.hidden = nn.Sequential(nn.Linear(width * 64 + width * 4, 256), nn.SiLU(), nn.Dropout(0.1))
        self.heads = nn.ModuleDict({slot: nn.Linear(256, len(values)) for slot, values in slots.items()})

    def forward(self, pictures: Tensor) -> dict[str, Tensor]:
        features = self.body(pictures)
        # Where things are (pose, hat or scarf) and what there is at all (colour) both matter.
        flat = torch.cat([self.squeeze(features).flatten(1), features.mean((2, 3))], 1)
        hidden = self.hidden(flat)
        return {slot: head(hidden) for slot, head in self.heads.items()}
