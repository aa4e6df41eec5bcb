"""The drawings as pixels: margins, masks and joints agree with what is seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from engine.builder.draw import draw
from engine.builder.raster import part_masks, render, render_premultiplied
from engine.protocol.mascot import Accessory, DrawingStyle, Mascot, Pose
from tests.builder.mascots import mascots, spread


@settings(max_examples=80, deadline=None)
@given(mascots())
def test_nothing_is_cut_off_and_the_canvas_is_filled(mascot: Mascot) -> None:
    alpha = render(mascot, 128)[..., 3]
    rows, columns = np.flatnonzero(alpha.max(1) > 8), np.flatnonzero(alpha.max(0) > 8)
    assert rows[0] >= 3 and rows[-1] <= 124
    assert columns[0] >= 1 and columns[-1] <= 126
    assert max(rows[-1] - rows[0], columns[-1] - columns[0]) >= 0.66 * 128


@settings(max_examples=80, deadline=None)
@given(mascots())
def test_every_joint_lies_on_the_figure(mascot: Mascot) -> None:
    drawing = draw(mascot)
    alpha = render(drawing, 192)[..., 3]
    for name, (x, y) in drawing.joints.items():
        assert alpha[int(y * 192), int(x * 192)] > 128, name


@pytest.mark.parametrize("mascot", spread()[::2], ids=lambda m: f"{m.species}-{m.pose}")
def test_part_masks_add_up_to_the_alpha(mascot: Mascot) -> None:
    drawing = draw(mascot)
    masks = part_masks(drawing, 160)
    assert set(masks) == {layer.part for layer in drawing.layers}
    total = sum(mask.astype(int) for mask in masks.values())
    assert np.abs(total - render(drawing, 160)[..., 3]).max() <= 6


def test_hands_and_head_are_on_their_own_masks() -> None:
    for mascot in spread():
        if mascot.pose not in (Pose.STANDING, Pose.WAVING):
            continue
        drawing = draw(mascot.model_copy(update={"accessory": Accessory.NONE}))
        masks = part_masks(drawing, 192)
        for joint, part in (("left_hand", "left_arm"), ("right_hand", "right_arm")):
            x, y = drawing.joints[joint]
            assert masks[part][int(y * 192), int(x * 192)] > 128, (mascot, joint)
        x, y = drawing.joints["head_top"]
        assert masks["head"][int(y * 192), int(x * 192)] > 128


def test_the_head_is_large() -> None:
    for mascot in spread():
        masks = part_masks(mascot, 128)
        rows = np.flatnonzero(masks["head"].max(1) > 128)
        assert rows[-1] - rows[0] > 0.3 * 128


@pytest.mark.parametrize("size", [16, 200, 1024])
def test_any_size_is_transparent_around_the_figure(size: int) -> None:
    rgba = render(Mascot(), size)
    assert rgba.shape == (size, size, 4) and rgba.dtype == np.uint8
    assert rgba[0, 0, 3] == 0 and rgba[-1, -1, 3] == 0
    assert rgba[size // 2, size // 2, 3] == 255


def test_premultiplied_colours_never_exceed_alpha() -> None:
    rgba = render_premultiplied(Mascot(style=DrawingStyle.FLAT), 128)
    assert (rgba[..., :3] <= rgba[..., 3:]).all()
    straight = render(Mascot(style=DrawingStyle.FLAT), 128)
    opaque = straight[..., 3] == 255
    assert (rgba[opaque] == straight[opaque]).all()


def test_a_rendering_is_the_same_each_time() -> None:
    assert (render(Mascot(seed=5), 96) == render(Mascot(seed=5), 96)).all()
