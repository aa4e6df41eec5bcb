"""Transparency grows with the picture: soft edges stay soft, and no dark halo appears."""

from __future__ import annotations

import numpy as np
import pytest

from engine.picture.enlarge.bleed import bled
from engine.picture.enlarge.enlargers import Enlarger, default_enlarger, network_enlarger
from engine.picture.enlarge.tiles import Tiling, enlarged_in_tiles
from tests.picture.enlarge.nearest import nearest_net


def disc(colour: tuple[int, int, int]) -> np.ndarray:
    ys, xs = np.mgrid[0:96, 0:96]
    alpha = np.clip(36 - np.hypot(xs - 47.5, ys - 47.5) + 0.5, 0, 1)
    picture = np.zeros((96, 96, 4), np.uint8)
    picture[..., 3] = np.rint(alpha * 255)
    picture[alpha > 0, :3] = colour
    return picture


def enlarged(enlarger: Enlarger, picture: np.ndarray, scale: int) -> np.ndarray:
    numbers = enlarger.prepare(picture)
    return enlarged_in_tiles(numbers, scale, enlarger.work, enlarger.finish, Tiling(48, 16), lambda fraction: None)


@pytest.mark.parametrize("kind", ["default", "network"])
@pytest.mark.parametrize("scale", [2, 4])
def test_the_edge_keeps_its_colour(kind: str, scale: int) -> None:
    enlarger = default_enlarger(scale) if kind == "default" else network_enlarger(nearest_net(4), "n", scale, "cpu")

    large = enlarged(enlarger, disc((250, 210, 30)), scale)

    seen = large[large[..., 3] > 40]
    assert np.abs(seen[:, :3].astype(int) - (250, 210, 30)).max() <= 12
    assert (large[large[..., 3] == 0] == 0).all()


@pytest.mark.parametrize("scale", [2, 4])
def test_the_shape_grows_with_the_picture(scale: int) -> None:
    large = enlarged(default_enlarger(scale), disc((20, 90, 200)), scale)

    covered = large[..., 3].astype(float).sum() / 255 / scale**2
    assert covered == pytest.approx(np.pi * 36**2, rel=0.01)
    soft = ((large[..., 3] > 10) & (large[..., 3] < 245)).sum()
    assert 0 < soft < 2 * np.pi * 36 * scale * 4 * scale


def test_clear_pixels_take_the_nearest_solid_colour() -> None:
    picture = np.zeros((8, 8, 4), np.uint8)
    picture[:, :4] = (200, 100, 50, 255)

    out = bled(picture)

    assert np.allclose(out[..., :3], np.array([200, 100, 50]) / 255)
    assert out[0, 7, 3] == 0
