"""From the native picture to the asked size."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from engine.models.installed import InstalledModel
from engine.picture.resize import finish, upscale
from engine.picture.sizes import BUCKETS, native_size

SDXL = InstalledModel(
    name="x", path=Path("x"), architecture="sdxl", layout="single-file", hash="0" * 64, size_bytes=1, native_size=1024,
    alpha=False, builtin=False, licence="", parameters=1,
)  # fmt: skip


def disc(side: int) -> np.ndarray:
    ys, xs = np.mgrid[0:side, 0:side]
    alpha = np.clip(side * 0.35 - np.hypot(xs - side / 2 + 0.5, ys - side / 2 + 0.5), 0, 1)
    rgba = np.zeros((side, side, 4), np.uint8)
    rgba[..., :3] = (240, 120, 20)
    rgba[..., 3] = np.rint(alpha * 255)
    rgba[rgba[..., 3] == 0] = 0
    return rgba


@pytest.mark.parametrize("size", [(128, 128), (64, 64), (512, 512), (200, 96), (96, 200)])
def test_result_has_the_asked_size_and_holds_the_whole_picture_undistorted(size: tuple[int, int]) -> None:
    out = upscale(disc(128), size)
    assert out.shape == (size[1], size[0], 4)
    solid = np.argwhere(out[..., 3] > 127)
    (top, left), (bottom, right) = solid.min(0), solid.max(0)
    assert abs((bottom - top) - (right - left)) <= 1
    assert (bottom - top + 1) == pytest.approx((0.7 - 1 / 128) * min(size), abs=1.5)
    assert abs((left + right + 1) / 2 - size[0] / 2) <= 1


def test_edges_show_no_dark_fringe_after_enlarging() -> None:
    out = upscale(disc(64), (256, 256))
    edge = (out[..., 3] > 40) & (out[..., 3] < 215)
    assert np.abs(out[edge][:, :3].astype(int) - (240, 120, 20)).max() <= 6


@pytest.mark.parametrize("size", [(200, 96), (96, 200), (300, 250)])
def test_a_picture_that_fills_its_frame_fills_the_asked_one_undistorted(size: tuple[int, int]) -> None:
    scene = disc(128)
    scene[scene[..., 3] < 255] = (20, 40, 200, 255)
    out = upscale(scene, size)
    assert out.shape == (size[1], size[0], 4) and (out[..., 3] == 255).all()
    orange = np.argwhere((out[..., 0] > 128) & (out[..., 2] < 100))
    (top, left), (bottom, right) = orange.min(0), orange.max(0)
    wanted = 0.7 * max(size)
    assert right - left + 1 == pytest.approx(min(wanted, size[0]), abs=0.02 * max(size))
    assert bottom - top + 1 == pytest.approx(min(wanted, size[1]), abs=0.02 * max(size))


def test_sdxl_paints_only_formats_that_it_was_trained_on() -> None:
    for width, height in ((1920, 1080), (1024, 768), (512, 768), (4096, 512), (64, 4096), (1000, 1008)):
        size = native_size(SDXL, width, height)
        assert size in BUCKETS
        nearest = min(abs(np.log(w / h * height / width)) for w, h in BUCKETS)
        assert abs(np.log(size[0] / size[1] * height / width)) == pytest.approx(nearest)
    assert native_size(SDXL, 1024, 768) == (1152, 896)


def test_right_size_is_left_alone() -> None:
    picture = disc(96)
    out, name = finish(picture, 96, 96)
    assert name == "none"
    assert np.array_equal(out, picture)


def test_starter_sized_picture_is_enlarged_crisply() -> None:
    out, name = finish(disc(256), 1024, 1024)
    assert name in ("learned-x4", "lanczos")
    edge = np.count_nonzero((out[..., 3] > 20) & (out[..., 3] < 235))
    assert edge < 5 * np.pi * 0.7 * 1024, "the outline is no wider than five pixels"
    assert out[512, 512].tolist()[3] == 255
    assert np.abs(out[512, 512, :3].astype(int) - (240, 120, 20)).max() <= 24


@pytest.mark.parametrize(
    ("asked", "native"),
    [((1024, 1024), (1024, 1024)), ((512, 512), (1024, 1024)), ((1920, 1080), (1344, 768)), ((832, 1216), (832, 1216))],
)
def test_full_models_paint_in_their_own_buckets(asked: tuple[int, int], native: tuple[int, int]) -> None:
    assert native_size(SDXL, *asked) == native


@pytest.mark.parametrize("asked", [(4096, 64), (64, 4096), (1000, 1008), (2048, 640)])
def test_any_format_has_about_the_models_own_number_of_pixels(asked: tuple[int, int]) -> None:
    width, height = native_size(SDXL, *asked)
    assert width % 64 == height % 64 == 0
    assert 0.85 < width * height / 1024**2 < 1.15


def test_fixed_vocabulary_always_paints_its_square() -> None:
    assert native_size(dataclasses.replace(SDXL, vocabulary=True, native_size=256), 512, 1024) == (256, 256)


def test_an_enlarged_outline_is_as_narrow_as_before() -> None:
    small, large = disc(64), upscale(disc(64), (256, 256))

    def soft_ring(rgba: np.ndarray) -> float:
        """Half-transparent pixels along a row through the middle, on both sides together."""
        row = rgba[rgba.shape[0] // 2, :, 3]
        return float(((row > 12) & (row < 243)).sum())

    assert soft_ring(large) <= soft_ring(small) + 2
    assert large[..., 3].mean() == pytest.approx(small[..., 3].mean(), rel=0.005), "the figure is as large as before"


def test_a_soft_shadow_stays_soft() -> None:
    shadow = np.zeros((64, 64, 4), np.uint8)
    ys, xs = np.mgrid[0:64, 0:64]
    shadow[..., 3] = np.rint(np.clip(1 - np.hypot(xs - 31.5, ys - 31.5) / 30, 0, 1) * 200)
    large = upscale(shadow, (256, 256))
    assert np.abs(large[2::4, 2::4, 3].astype(int) - shadow[..., 3]).max() <= 6
