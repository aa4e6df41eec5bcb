"""The ways to enlarge a tile: the shipped upscaler, a network of the ESRGAN family, or Lanczos without either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.models.assets import asset_path
from engine.picture.alpha import Bytes, Floats, premultiplied_from_straight, straight_from_premultiplied
from engine.picture.enlarge.bleed import bled

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from engine.picture.enlarge.networks import Network


@dataclass(frozen=True)
class Enlarger:
    """`prepare` makes numbers of a picture, `work` enlarges a tile of them, `finish` makes bytes of a band."""

    name: str
    device: str
    prepare: Callable[[Bytes], Floats]
    work: Callable[[Floats], Floats]
    finish: Callable[[Floats], Bytes]


def default_enlarger(scale: int) -> Enlarger:
    """The shipped upscaler, or Lanczos where it is missing."""
    folder = asset_path("upscaler")
    if not ((folder / "model.safetensors").is_file() and (folder / "config.json").is_file()):
        return Enlarger(
            "lanczos", "cpu", premultiplied_from_straight, lambda tile: resized(tile, scale), _bytes_of_premultiplied
        )
    return _shipped(folder, scale)


def network_enlarger(net: Network, name: str, scale: int, device: str) -> Enlarger:
    """A network for opaque pictures: colour is continued beyond the edge before it is enlarged, so that no dark halo
    grows along it, and alpha goes through the network as a grey picture of its own."""
    import torch

    half = device.startswith("cuda")
    net = net.to(device=device, dtype=torch.float16 if half else torch.float32)

    def run(planes: Tensor) -> Tensor:
        with torch.inference_mode():
            return _through(net, planes.to(device=device, dtype=torch.float16 if half else torch.float32)).float().cpu()

    def work(tile: Floats) -> Floats:
        height, width = tile.shape[0] * scale, tile.shape[1] * scale
        planes = _planes(tile)
        out = np.ones((height, width, 4), np.float32)
        out[..., :3] = fitted(_pixels(_repeated(run, planes[:, :3], net.scale, scale)), height, width)
        alpha = tile[..., 3]
        if alpha.min() < 1:
            grey = _repeated(run, planes[:, 3:].expand(-1, 3, -1, -1), net.scale, scale).mean(1, keepdim=True)
            out[..., 3:] = fitted(_pixels(grey), height, width)
        # Where all is clear or all is solid, it stays so: a network leaves a trace of noise there.
        if alpha.max() == 0:
            out[..., 3] = 0
        return np.clip(out, 0, 1)

    return Enlarger(name, device, bled, work, _bytes_of_straight)


def resized(tile: Floats, scale: int) -> Floats:
    """Premultiplied RGBA by Lanczos. Where its rings lift alpha above 1, colour is lowered with it: an edge that is
    clamped alone changes its hue."""
    out = fitted(tile, tile.shape[0] * scale, tile.shape[1] * scale)
    out[..., :3] /= np.maximum(out[..., 3:], 1)
    out = np.clip(out, 0, 1)
    out[..., :3] = np.minimum(out[..., :3], out[..., 3:])
    return out


def fitted(tile: Floats, height: int, width: int) -> Floats:
    """Resized with antialiasing, unless it has that size."""
    from PIL import Image

    if tile.shape[:2] == (height, width):
        return tile
    planes = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(tile[..., n])).resize((width, height), Image.Resampling.LANCZOS)
        )
        for n in range(tile.shape[2])
    ]
    return np.stack(planes, -1).astype(np.float32)


def _shipped(folder: Path, scale: int) -> Enlarger:
    from engine.picture.upscaler import enlarge, load_upscaler

    net = load_upscaler(folder)

    def work(tile: Floats) -> Floats:
        large = _pixels(enlarge(net, _planes(tile)))
        return np.clip(fitted(large, tile.shape[0] * scale, tile.shape[1] * scale), 0, 1)

    return Enlarger("learned-x4", "cpu", premultiplied_from_straight, work, _bytes_of_premultiplied)


def _through(net: Network, planes: Tensor) -> Tensor:
    """One pass, the sides made up to the multiple that a shuffling network wants."""
    from torch.nn import functional

    down, right = -planes.shape[2] % net.shuffle, -planes.shape[3] % net.shuffle
    out = net(functional.pad(planes, (0, right, 0, down), mode="replicate") if down or right else planes)
    return out[:, :, : planes.shape[2] * net.scale, : planes.shape[3] * net.scale]


def _repeated(run: Callable[[Tensor], Tensor], planes: Tensor, own: int, wanted: int) -> Tensor:
    """A ×2 network goes over the picture twice where ×4 is wanted."""
    out, reached = run(planes), own
    while own > 1 and reached < wanted:
        out, reached = run(out.clamp(0, 1)), reached * own
    return out


def _planes(tile: Floats) -> Tensor:
    import torch

    return torch.from_numpy(np.ascontiguousarray(tile)).permute(2, 0, 1)[None]


def _pixels(planes: torch.Tensor) -> Floats:
    return planes[0].permute(1, 2, 0).contiguous().numpy()


def _bytes_of_premultiplied(band: Floats) -> Bytes:
    return straight_from_premultiplied(band, snap=False)


def _bytes_of_straight(band: Floats) -> Bytes:
    out = np.rint(np.clip(band, 0, 1) * 255).astype(np.uint8)
    out[out[..., 3] == 0] = 0
    return out
