"""An ESRGAN that does nothing: each pixel repeated. What it is given comes out as it is."""

from __future__ import annotations

import torch

from engine.picture.enlarge.networks import Compact


def nearest_net(scale: int) -> Compact:
    """A compact network whose last convolution is zero: only its enlarged input is left."""
    net = Compact(width=4, depth=1, scale=scale)
    with torch.no_grad():
        last = net.body[-1]
        for weight in last.parameters():
            weight.zero_()
    return net.eval()
