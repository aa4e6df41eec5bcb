"""A picture twice or four times as large."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.models.memory import is_out_of_memory
from engine.picture.alpha import Bytes
from engine.picture.enlarge.enlargers import Enlarger, default_enlarger, network_enlarger
from engine.picture.enlarge.tiles import Tiling, Told, enlarged_in_tiles
from engine.protocol.errors import BadInput, OutOfMemory

if TYPE_CHECKING:
    from pydantic import JsonValue

LONGEST_SIDE = 16_384
"""Pixels: what common programs still open."""
_SMALLEST_TILE = 64


@dataclass(frozen=True)
class Enlarged:
    """`rgba` (scale·h, scale·w, 4) uint8, straight alpha; `effective`: which upscaler, device and tile it took."""

    rgba: Bytes
    effective: dict[str, JsonValue]


def enlarge_picture(rgba: Bytes, scale: int, told: Told, weights: Path | None = None, name: str = "") -> Enlarged:
    """(h, w, 4) uint8, straight alpha, `scale` times as large: by the network at `weights`, else the shipped upscaler.

    `told` hears 0..1 and may raise to stop. Raises BadInput when the result would be too large, BadModel for weights of
    another family, OutOfMemory when not even the smallest tile fits.
    """
    height, width = rgba.shape[:2]
    if max(height, width) * scale > LONGEST_SIDE:
        raise BadInput(
            f"The picture is {width} × {height} pixels; {scale} times that is more than {LONGEST_SIDE:,} on a side. "
            "Choose a smaller scale or a smaller picture."
        )
    enlarger = _enlarger(scale, weights, name)
    numbers = enlarger.prepare(rgba)
    tiling = Tiling()
    while True:
        try:
            large = enlarged_in_tiles(numbers, scale, enlarger.work, enlarger.finish, tiling, told)
            return Enlarged(large, {"upscaler": enlarger.name, "device": enlarger.device, "tile": tiling.tile})
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            if tiling.tile <= _SMALLEST_TILE:
                raise OutOfMemory(
                    "There is not enough free memory to enlarge this picture; close other programs and try again.",
                    details=str(error),
                ) from error
            tiling = Tiling(tiling.tile // 2, tiling.overlap)


def _enlarger(scale: int, weights: Path | None, name: str) -> Enlarger:
    if weights is None:
        return default_enlarger(scale)
    import torch

    from engine.picture.enlarge.weights import load_network

    device = "cuda" if torch.cuda.is_available() else "cpu"
    return network_enlarger(load_network(weights), name or weights.stem, scale, device)
