"""The ESRGAN family: networks that enlarge a picture, under one naming of their tensors (weights.py maps the others).

RRDBNet: Wang et al., ESRGAN (2018), with the additions of ESRGAN+ (Rakotonirina and Rasoanaivo, 2020) and
Real-ESRGAN's pixel unshuffle (Wang et al., 2021). Compact: SRVGGNetCompact of Real-ESRGAN.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class DenseBlock(nn.Module):
    def __init__(self, width: int, growth: int, plus: bool) -> None:
        super().__init__()
        for number in range(1, 5):
            self.add_module(f"conv{number}", nn.Conv2d(width + (number - 1) * growth, growth, 3, padding=1))
        self.conv5 = nn.Conv2d(width + 4 * growth, width, 3, padding=1)
        self.conv1x1 = nn.Conv2d(width, growth, 1, bias=False) if plus else None

    def forward(self, x: Tensor) -> Tensor:
        known = [x]
        for number in range(1, 5):
            made = functional.leaky_relu(self.get_submodule(f"conv{number}")(torch.cat(known, 1)), 0.2)
            if self.conv1x1 is not None and number == 2:
                made = made + self.conv1x1(x)
            elif self.conv1x1 is not None and number == 4:
                made = made + known[2]
            known.append(made)
        return self.conv5(torch.cat(known, 1)) * 0.2 + x


class ResidualInResidual(nn.Module):
    def __init__(self, width: int, growth: int, plus: bool) -> None:
        super().__init__()
        self.rdb1 = DenseBlock(width, growth, plus)
        self.rdb2 = DenseBlock(width, growth, plus)
        self.rdb3 = DenseBlock(width, growth, plus)

    def forward(self, x: Tensor) -> Tensor:
        return self.rdb3(self.rdb2(self.rdb1(x))) * 0.2 + x


class RRDBNet(nn.Module):
    """(batch, 3, h, w) in 0..1 → (batch, 3, scale·h, scale·w). `shuffle` folds pixels into channels first; h and w are
    multiples of it then."""

    def __init__(
        self, *, width: int, blocks: int, growth: int, doublings: int, shuffle: int = 1, plus: bool = False
    ) -> None:
        super().__init__()
        self.shuffle = shuffle
        self.scale = 2**doublings // shuffle
        self.conv_first = nn.Conv2d(3 * shuffle**2, width, 3, padding=1)
        self.body = nn.Sequential(*(ResidualInResidual(width, growth, plus) for _ in range(blocks)))
        self.conv_body = nn.Conv2d(width, width, 3, padding=1)
        self.up = nn.ModuleList([nn.Conv2d(width, width, 3, padding=1) for _ in range(doublings)])
        self.conv_hr = nn.Conv2d(width, width, 3, padding=1)
        self.conv_last = nn.Conv2d(width, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        if self.shuffle > 1:
            x = functional.pixel_unshuffle(x, self.shuffle)
        x = self.conv_first(x)
        x = x + self.conv_body(self.body(x))
        for conv in self.up:
            x = functional.leaky_relu(conv(functional.interpolate(x, scale_factor=2.0, mode="nearest")), 0.2)
        return self.conv_last(functional.leaky_relu(self.conv_hr(x), 0.2))


class Compact(nn.Module):
    """(batch, 3, h, w) in 0..1 → (batch, 3, scale·h, scale·w): convolutions at the small size, one pixel shuffle."""

    def __init__(self, *, width: int, depth: int, scale: int) -> None:
        super().__init__()
        self.shuffle = 1
        self.scale = scale
        layers: list[nn.Module] = [nn.Conv2d(3, width, 3, padding=1), nn.PReLU(width)]
        for _ in range(depth):
            layers += [nn.Conv2d(width, width, 3, padding=1), nn.PReLU(width)]
        layers.append(nn.Conv2d(width, 3 * scale**2, 3, padding=1))
        self.body = nn.ModuleList(layers)

    def forward(self, x: Tensor) -> Tensor:
        out = x
        for layer in self.body:
            out = layer(out)
        large = functional.interpolate(x, scale_factor=float(self.scale), mode="nearest")
        return functional.pixel_shuffle(out, self.scale) + large


Network = RRDBNet | Compact
