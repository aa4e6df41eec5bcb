"""A large picture worked on in overlapping tiles whose seams are blended away, with memory for one band of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.picture.alpha import Bytes, Floats

Work = Callable[[Floats], Floats]
"""(h, w, c) in 0..1 → (scale·h, scale·w, 4) in 0..1."""
Told = Callable[[float], None]


@dataclass(frozen=True)
class Tiling:
    """Tiles of at most `tile` pixels whose neighbours share `overlap` pixels, both before enlarging."""

    tile: int = 256
    overlap: int = 24

    def starts(self, length: int) -> list[int]:
        """Where tiles begin along a side; the last ends exactly at its end."""
        if length <= self.tile:
            return [0]
        step = self.tile - self.overlap
        return [*range(0, length - self.tile, step), length - self.tile]

    def count(self, height: int, width: int) -> int:
        return len(self.starts(height)) * len(self.starts(width))


def enlarged_in_tiles(
    picture: Floats, scale: int, work: Work, finish: Callable[[Floats], Bytes], tiling: Tiling, told: Told
) -> Bytes:
    """The picture `scale` times as large. `finish` makes bytes out of a finished band; `told` hears 0..1 after each
    tile and may raise to stop."""
    height, width = picture.shape[:2]
    out = np.empty((height * scale, width * scale, 4), np.uint8)
    rows = tiling.starts(height)
    tail: Floats | None = None
    written = 0
    for number, top in enumerate(rows):

        def share(done: float, number: int = number) -> None:
            told((number + done) / len(rows))

        band = _band(picture[top : top + tiling.tile], scale, work, tiling, share)
        begin = top * scale
        if tail is not None:
            shared = written - begin
            band[:shared] = _faded(tail[-shared:], band[:shared], axis=0)
        until = (rows[number + 1] if number + 1 < len(rows) else height) * scale
        out[begin:until] = finish(band[: until - begin])
        # Rows that the next band shares stay numbers: they are blended before they are final.
        tail, written = band[until - begin :], begin + len(band)
    return out


def _band(strip: Floats, scale: int, work: Work, tiling: Tiling, told: Told) -> Floats:
    """One row of tiles, blended from left to right."""
    width = strip.shape[1]
    band = np.zeros((strip.shape[0] * scale, width * scale, 4), np.float32)
    starts, written = tiling.starts(width), 0
    for number, left in enumerate(starts):
        tile = work(np.ascontiguousarray(strip[:, left : left + tiling.tile]))
        begin, end = left * scale, left * scale + tile.shape[1]
        shared = written - begin
        if shared > 0:
            tile[:, :shared] = _faded(band[:, begin:written], tile[:, :shared], axis=1)
        band[:, begin:end] = tile
        written = end
        told((number + 1) / len(starts))
    return band


def _faded(old: NDArray[np.float32], new: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """From `old` to `new` over their shared length. The outermost quarter on either side, where a tile lacks its
    neighbourhood, is left to the other one."""
    length = old.shape[axis]
    share = np.clip((np.linspace(0, 1, length, dtype=np.float32) - 0.25) * 2, 0, 1)
    shape = [1, 1, 1]
    shape[axis] = length
    weight = share.reshape(shape).astype(np.float32)
    return (old * (np.float32(1) - weight) + new * weight).astype(np.float32)
