"""Pictures are traced into few flat shapes that look like them: no fringes, no specks, no halo."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engine.builder.raster import render
from engine.protocol.errors import BadPicture
from engine.protocol.mascot import Accessory, Colour, Mascot, Pose, Species
from engine.protocol.recipes import LogoCrop
from engine.vector.render import pixels
from engine.vector.subject import subject_of_picture
from engine.vector.svg import svg
from engine.vector.trace import figure_of_picture
from tests.vector.pictures import apart

FOX = Mascot(species=Species.FOX, accessory=Accessory.SCARF)


def test_a_flat_mascot_is_a_few_paths() -> None:
    picture = render(FOX, 512)

    figure = figure_of_picture(picture, 8)

    assert len(figure.fills) <= 8
    assert len(figure.colours) <= 8
    assert len(svg(figure).encode()) < 50_000
    assert apart(pixels(figure, 512), picture) < 4.5


def test_a_painted_picture_stays_a_small_file_too() -> None:
    """Soft edges and uneven colour, as diffusion models paint."""
    drawn = render(FOX, 512)
    uneven = cv2.GaussianBlur(np.random.default_rng(5).normal(0, 1, (512, 512, 1)), (0, 0), 9)[..., None]
    picture = drawn.copy()
    soft = cv2.GaussianBlur(drawn[..., :3], (0, 0), 2)
    picture[..., :3] = np.clip(soft + 12 * uneven / uneven.std(), 0, 255).astype(np.uint8)

    figure = figure_of_picture(picture, 8)

    assert len(svg(figure).encode()) < 50_000
    assert apart(pixels(figure, 512), drawn) < 12


def test_the_palette_is_the_pictures_own() -> None:
    """A disc of pure red in a blue square: the soft edge between them adds no third colour."""
    picture = np.zeros((256, 256, 4), np.uint8)
    picture[32:224, 32:224] = (30, 60, 200, 255)
    ys, xs = np.mgrid[0:256, 0:256]
    share = np.clip(50 - np.hypot(xs - 128, ys - 128) + 0.5, 0, 1)[..., None]
    picture[32:224, 32:224, :3] = (share * np.array([230, 20, 20]) + (1 - share) * np.array([30, 60, 200])).astype(
        np.uint8
    )[32:224, 32:224]

    figure = figure_of_picture(picture, 8)

    assert sorted(figure.colours) == ["#1e3cc8", "#e61414"]


def test_specks_are_dropped() -> None:
    picture = render(FOX, 512)
    dirty = picture.copy()
    rng = np.random.default_rng(3)
    for y, x in rng.integers(60, 450, (80, 2)):
        dirty[y, x] = (0, 255, 0, 255)

    figure = figure_of_picture(dirty, 8)

    assert not any(colour.startswith("#00f") for colour in figure.colours)
    clean = figure_of_picture(picture, 8)
    contours = [sum(len(list(fill.path.contours)) for fill in each.fills) for each in (figure, clean)]
    assert contours[0] <= contours[1] + 12


def test_a_half_clear_edge_leaves_no_dark_halo() -> None:
    """A yellow disc whose clear pixels are black underneath: its edge stays yellow."""
    ys, xs = np.mgrid[0:200, 0:200]
    picture = np.zeros((200, 200, 4), np.uint8)
    alpha = np.clip(80 - np.hypot(xs - 100, ys - 100) + 0.5, 0, 1)
    picture[..., 3] = (alpha * 255).astype(np.uint8)
    picture[alpha > 0, :3] = (250, 210, 30)

    assert figure_of_picture(picture, 4).colours == ("#fad21e",)


def test_a_clear_picture_is_refused() -> None:
    with pytest.raises(BadPicture, match="nothing visible"):
        figure_of_picture(np.zeros((64, 64, 4), np.uint8), 8)


@pytest.mark.parametrize("known", [True, False], ids=["by joints", "by outline"])
def test_the_head_crop_leaves_the_body_out(known: bool) -> None:
    from engine.builder.draw import draw

    mascot = Mascot(species=Species.BEAR, colour=Colour.BROWN, pose=Pose.WAVING)
    picture, joints = render(mascot, 512), draw(mascot).joints

    subject = subject_of_picture(picture, LogoCrop.HEAD, 8, joints if known else None, side=512)

    whole = subject_of_picture(picture, LogoCrop.WHOLE, 8, None, side=512).figure
    head = subject.figure
    # The bear's head is wider than tall with its ears; the whole figure is taller than wide.
    assert 0.7 < head.height / head.width < 1.25
    assert whole.height / whole.width > 1.15


def test_a_picture_of_one_pixel_has_a_head_too() -> None:
    dot = np.full((1, 1, 4), 255, np.uint8)

    subject = subject_of_picture(dot, LogoCrop.HEAD, 8, {"head_top": (0.5, 0.1), "neck": (0.5, 0.9)})

    assert subject.figure.fills
