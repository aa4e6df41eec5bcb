"""Control maps: what a ControlNet is shown of a picture."""

from __future__ import annotations

import numpy as np
import pytest

from engine.builder.draw import draw
from engine.builder.raster import part_masks, render
from engine.picture.alpha import Bytes
from engine.picture.guided.maps.depth import depth_of_layers, relief
from engine.picture.guided.maps.lines import canny, line_art
from engine.picture.guided.maps.make import control_map
from engine.picture.guided.maps.pose import A_POSE, key_points, pose_map
from engine.protocol.mascot import Accessory, Colour, DrawingStyle, Mascot, Species
from engine.protocol.picture_options import ControlKind
from tests.picture.guided.conftest import ball


@pytest.fixture(scope="module")
def fox() -> Bytes:
    return render(Mascot(species=Species.FOX, colour=Colour.BLUE, accessory=Accessory.SCARF), 384)


@pytest.mark.parametrize("kind", list(ControlKind))
def test_every_kind_has_the_pictures_size_and_three_channels(kind: ControlKind, fox: Bytes) -> None:
    made = control_map(kind, fox[:200], lambda _: A_POSE)
    assert made.shape == (200, 384, 3) and made.dtype == np.uint8 and made.any()


@pytest.mark.parametrize("lines", [canny, line_art])
def test_lines_lie_on_the_outline_and_on_colour_edges_and_nowhere_else(lines: object) -> None:
    assert callable(lines)
    rgba = ball(256, 256)
    light = lines(rgba)[..., 0]
    ys, xs = np.mgrid[0:256, 0:256]
    away = np.abs(np.hypot(xs - 127.5, ys - 127.5) - 0.38 * 256)
    belt = np.minimum(np.abs(ys - 256 * 0.55), np.abs(ys - 256 * 0.68))
    assert not light[(away > 9) & ((belt > 9) | (rgba[..., 3] == 0))].any()
    rim = [light[round(127.5 + 97 * np.sin(a)) - 3 :][:7, round(127.5 + 97 * np.cos(a))].max() for a in
           np.linspace(0.3, 2.8, 12)]  # fmt: skip
    assert min(rim) > 100
    assert light[round(256 * 0.55) - 3 : round(256 * 0.55) + 4, 128].max() > 100


def test_flat_style_without_outlines_still_has_lines() -> None:
    flat = render(Mascot(style=DrawingStyle.FLAT, species=Species.ROBOT), 256)
    assert 0.02 < (line_art(flat)[..., 0] > 128).mean() < 0.25


def test_a_clear_picture_has_no_lines() -> None:
    clear = np.zeros((64, 64, 4), np.uint8)
    assert not line_art(clear).any() and not canny(clear).any() and not relief(clear).any()


def test_colours_under_clear_pixels_are_no_edges() -> None:
    clear = np.zeros((64, 64, 4), np.uint8)
    clear[20:40, 20:40, :3] = 255
    assert not line_art(clear).any() and not canny(clear).any()


def test_pose_map_has_openpose_colours_with_the_persons_own_right_at_the_pictures_left() -> None:
    made = pose_map(A_POSE, 512, 512)
    for joint, colour in (("left_hand", (170, 255, 0)), ("right_hand", (0, 255, 85)), ("left_foot", (0, 170, 255)),
                          ("right_foot", (85, 0, 255))):  # fmt: skip
        x, y = A_POSE[joint]
        assert tuple(made[round(y * 512), round(x * 512)]) == colour
    assert (made.any(axis=2)).mean() < 0.06


def test_face_points_lie_between_neck_and_top_of_the_head_on_a_wide_picture_too() -> None:
    points = key_points({"neck": (0.5, 0.6), "head_top": (0.5, 0.2)}, aspect=2.0)
    nose, right_eye, left_eye = points[0], points[14], points[15]
    assert nose == pytest.approx((0.5, 0.432))
    assert right_eye[0] < 0.5 < left_eye[0] and right_eye[1] < nose[1]
    assert left_eye[0] - right_eye[0] == pytest.approx(0.4 * 0.4 / 2)


def test_missing_joints_leave_their_limbs_out() -> None:
    without = {name: place for name, place in A_POSE.items() if not name.startswith("left_")}
    assert 0 < pose_map(without, 256, 256).any(axis=2).sum() < pose_map(A_POSE, 256, 256).any(axis=2).sum()


def test_relief_is_highest_in_the_middle_and_black_behind() -> None:
    made = relief(ball(128, 128))[..., 0]
    assert made[0, 0] == 0 and made[64, 64] > made[64, 24] > 0


def test_layers_in_front_are_nearer() -> None:
    drawing = draw(Mascot(species=Species.FOX, accessory=Accessory.SCARF))
    masks = part_masks(drawing, 256)
    made = depth_of_layers(list(masks.values()))[..., 0].astype(float)
    depth = {part: float(np.median(made[mask > 200])) for part, mask in masks.items() if (mask > 200).sum() > 50}
    assert depth["tail"] < depth["body"] < depth["head"] < depth["accessory_front"]
    assert not made[0].any()
