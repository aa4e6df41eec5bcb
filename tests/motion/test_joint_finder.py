"""Joints of a flat picture: framed as the network learned it, guessed from the outline where that is unsure."""

from __future__ import annotations

import numpy as np
import pytest

from engine.builder.draw import draw
from engine.builder.raster import render
from engine.motion.animate import puppet_of_picture
from engine.motion.joint_finder import FoundJoints, find_joints, framed
from engine.motion.silhouette import largest_shape, silhouette_joints
from engine.protocol.errors import BadPicture
from engine.protocol.mascot import Mascot, Species
from engine.protocol.recipes import Action
from engine.puppet.performer import Performer
from engine.puppet.skeleton import REQUIRED_JOINTS

FRIENDS = (Species.BEAR, Species.PERSON, Species.ROBOT)


def _error(found: dict[str, tuple[float, float]], true: dict[str, tuple[float, float]]) -> float:
    return float(np.mean([np.hypot(*np.subtract(found[name], true[name])) for name in REQUIRED_JOINTS]))


@pytest.mark.parametrize("species", FRIENDS)
def test_the_outline_alone_gives_a_usable_guess(species: Species) -> None:
    drawing = draw(Mascot(species=species))
    guess = silhouette_joints(largest_shape(render(drawing, 256)[..., 3]))
    assert set(guess) == set(REQUIRED_JOINTS)
    assert _error(guess, drawing.joints) < 0.09


@pytest.mark.parametrize("species", FRIENDS)
def test_joints_are_found_wherever_the_mascot_stands_in_the_picture(species: Species) -> None:
    drawing = draw(Mascot(species=species))
    picture = render(drawing, 256)
    wide = np.zeros((300, 500, 4), dtype=np.uint8)
    wide[20:276, 200:456] = picture
    found = find_joints(wide)
    true = {name: ((200 + 256 * x) / 500, (20 + 256 * y) / 300) for name, (x, y) in drawing.joints.items()}
    assert _error(found.points, true) < 0.09
    assert isinstance(found, FoundJoints)


def test_an_unsure_finder_says_so() -> None:
    blob = np.zeros((128, 128, 4), dtype=np.uint8)
    blob[60:68, 4:124] = (90, 90, 90, 255)
    found = find_joints(blob)
    assert found.confidence < 0.6
    assert found.notes == ("The joints are a guess; drag them to where they belong.",)


def test_an_empty_picture_has_no_joints() -> None:
    with pytest.raises(BadPicture, match="nothing visible"):
        find_joints(np.zeros((64, 64, 4), dtype=np.uint8))


def test_a_frame_holds_the_whole_figure_with_even_margins() -> None:
    picture = np.zeros((90, 400, 4), dtype=np.uint8)
    picture[10:80, 300:340] = 255
    frame, left, top, side = framed(picture, picture[..., 3] > 0, 128)
    assert frame.shape == (128, 128, 4)
    rows, columns = np.nonzero(frame[..., 3] > 128)
    assert rows.min() == pytest.approx(6, abs=1.5)
    assert rows.max() == pytest.approx(121, abs=1.5)
    assert (columns.min() + columns.max()) / 2 == pytest.approx(63.5, abs=1.5)
    assert (left + side / 2, top + side / 2) == pytest.approx((320, 45))


def test_specks_beside_the_mascot_are_not_part_of_it() -> None:
    alpha = np.zeros((100, 100), dtype=np.uint8)
    alpha[20:90, 30:70] = 255
    alpha[2:4, 2:4] = 255
    assert not largest_shape(alpha)[:10].any()


def test_a_picture_without_joints_performs_as_well() -> None:
    puppet, _ = puppet_of_picture(render(Mascot(species=Species.BEAR), 256), None)
    performer = Performer(puppet, Action.WAVE)
    assert performer.render(1.2, 128)[..., 3].any()
