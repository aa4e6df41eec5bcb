"""Tiles without seams, with bounded memory, that can be stopped."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.builder.raster import render
from engine.picture.alpha import Floats
from engine.picture.enlarge.enlargers import Enlarger, default_enlarger, network_enlarger
from engine.picture.enlarge.networks import Compact, RRDBNet
from engine.picture.enlarge.picture import LONGEST_SIDE, enlarge_picture
from engine.picture.enlarge.tiles import Tiling, enlarged_in_tiles
from engine.protocol.errors import BadInput, Cancelled
from engine.protocol.mascot import Mascot

TILING = Tiling(72, 24)


def lively(net: RRDBNet | Compact) -> RRDBNet | Compact:
    """Seeded weights that change the picture by more than rounding."""
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for weight in net.parameters():
            if weight.ndim == 4:
                fan = weight.shape[1] * weight.shape[2] * weight.shape[3]
                weight.copy_(torch.randn(weight.shape, generator=generator) * (1.6 / fan) ** 0.5)
        if isinstance(net, RRDBNet):
            net.conv_last.bias.fill_(0.5)
    return net.eval()


def rrdb(doublings: int = 2, shuffle: int = 1) -> RRDBNet | Compact:
    return lively(RRDBNet(width=8, blocks=1, growth=4, doublings=doublings, shuffle=shuffle))


def enlargers(scale: int) -> dict[str, Enlarger]:
    return {
        "shipped or lanczos": default_enlarger(scale),
        "ESRGAN": network_enlarger(rrdb(), "esrgan", scale, "cpu"),
        "shuffling": network_enlarger(rrdb(shuffle=2), "x2plus", scale, "cpu"),
        "compact": network_enlarger(lively(Compact(width=8, depth=3, scale=4)), "compact", scale, "cpu"),
    }


@pytest.mark.parametrize("scale", [2, 4])
@pytest.mark.parametrize("name", ["shipped or lanczos", "ESRGAN", "shuffling", "compact"])
def test_tiles_look_like_the_whole(name: str, scale: int) -> None:
    picture, enlarger = render(Mascot(), 160), enlargers(scale)[name]
    numbers = enlarger.prepare(picture)

    whole = enlarger.finish(enlarger.work(numbers))
    tiled = enlarged_in_tiles(numbers, scale, enlarger.work, enlarger.finish, TILING, lambda fraction: None)

    assert tiled.shape == whole.shape == (160 * scale, 160 * scale, 4)
    difference = np.abs(tiled.astype(int) - whole.astype(int))
    assert whole[..., :3].std() > 10
    assert difference.mean() < 0.05
    assert np.quantile(difference, 0.999) <= 3


def test_a_step_between_tiles_is_blended_away() -> None:
    """Work that brightens each tile by another amount: the worst that a network can do at a seam."""
    brightness = iter(np.linspace(0.3, 0.7, 64))

    def work(tile: Floats) -> Floats:
        return np.full((*tile.shape[:2], 4), next(brightness), np.float32)

    flat = np.ones((160, 160, 4), np.float32)
    out = enlarged_in_tiles(flat, 1, work, lambda band: np.rint(band * 255).astype(np.uint8), TILING, lambda f: None)

    steps = [np.abs(np.diff(out[..., 0].astype(int), axis=axis)).max() for axis in (0, 1)]
    assert max(steps) < 0.4 * 255 / 6


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (72, 72), (73, 145), (300, 5)])
def test_every_shape_is_covered(size: tuple[int, int]) -> None:
    height, width = size
    ramp = np.zeros((height, width, 4), np.float32)
    ramp[..., 0] = np.arange(width)[None] / max(1, width)
    ramp[..., 1] = np.arange(height)[:, None] / max(1, height)
    ramp[..., 3] = 1

    out = enlarged_in_tiles(
        ramp, 1, lambda tile: tile.copy(), lambda b: np.rint(b * 255).astype(np.uint8), TILING, lambda f: None
    )

    assert (out == np.rint(ramp * 255).astype(np.uint8)).all()


def test_progress_only_grows_and_ends_at_one() -> None:
    told: list[float] = []

    enlarge_picture(render(Mascot(), 300), 2, told.append)

    assert told == sorted(told) and len(told) >= 4
    assert told[-1] == pytest.approx(1.0)


def test_it_stops_between_two_tiles() -> None:
    told: list[float] = []

    def stop(fraction: float) -> None:
        told.append(fraction)
        raise Cancelled("The job was cancelled.")

    with pytest.raises(Cancelled):
        enlarge_picture(render(Mascot(), 600), 4, stop)
    assert len(told) == 1


def test_memory_is_bounded_by_a_band() -> None:
    """While it runs no more than one band of numbers is held beside the picture."""
    import tracemalloc

    picture = np.zeros((1200, 600, 4), np.float32)
    tracemalloc.start()
    enlarged_in_tiles(
        picture, 2, lambda tile: np.zeros((tile.shape[0] * 2, tile.shape[1] * 2, 4), np.float32),
        lambda band: band.astype(np.uint8), Tiling(128, 24), lambda fraction: None,
    )  # fmt: skip
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    result, band = 2400 * 1200 * 4, 256 * 1200 * 4 * 4
    assert most < result + 4 * band


def test_a_picture_that_would_be_too_large_is_refused() -> None:
    with pytest.raises(BadInput, match="Choose a smaller scale"):
        enlarge_picture(np.zeros((8, LONGEST_SIDE // 4 + 1, 4), np.uint8), 4, lambda fraction: None)
