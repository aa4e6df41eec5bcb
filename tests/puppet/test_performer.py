"""Performances: they loop, nothing tears or is cut off, feet stand, and the hand goes up beside the face."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from engine.builder.draw import document, draw
from engine.protocol.mascot import Mascot, Pose, Species
from engine.protocol.recipes import Action
from engine.puppet.layers import puppet_from_layers
from engine.puppet.parts import PartRole, premultiplied
from engine.puppet.performer import Performer
from engine.puppet.puppet import Puppet, puppet_from_parts
from tests.puppet.figures import JOINTS, bear, flattened

SIZE = 256
PHASES = np.arange(24) / 24


@cache
def _drawn(species: Species, pose: Pose) -> Puppet:
    drawing = draw(Mascot(species=species, pose=pose))
    layers = [(layer.part, document((layer,), SIZE)) for layer in drawing.layers]
    return puppet_from_layers(layers, drawing.joints, SIZE)


def _all_vertices(performer: Performer, phase: float) -> np.ndarray:
    return np.concatenate([vertices for _, vertices in performer.frame(phase * performer.seconds)])


def _twice_area(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    return (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]


@pytest.mark.parametrize("action", Action)
def test_the_loop_closes_in_place_and_in_speed(action: Action) -> None:
    performer = Performer(_drawn(Species.FOX, Pose.WAVING), action)
    step = 1e-3
    start, end = _all_vertices(performer, 0.0), _all_vertices(performer, 1.0)
    assert np.abs(start - end).max() < 1e-3
    before = start - _all_vertices(performer, -step)
    after = _all_vertices(performer, step) - start
    assert np.abs(after - before).max() < 0.05


@pytest.mark.parametrize("action", Action)
def test_no_frame_jumps(action: Action) -> None:
    performer = Performer(_drawn(Species.RABBIT, Pose.WAVING), action)
    moves = [
        np.abs(_all_vertices(performer, (i + 1) / 180) - _all_vertices(performer, i / 180)).max() for i in range(180)
    ]
    assert max(moves) < 0.05 * SIZE


@pytest.mark.parametrize("pose", [Pose.STANDING, Pose.WAVING])
@pytest.mark.parametrize("species", Species)
def test_hardly_a_triangle_flips_while_waving(species: Species, pose: Pose) -> None:
    performer = Performer(_drawn(species, pose), Action.WAVE)
    total = sum(len(layer.triangles) for layer in performer.layers)
    for phase in PHASES:
        frame = performer.frame(phase * performer.seconds)
        flipped = sum(int((_twice_area(vertices, performer.layers[i].triangles) < 0).sum()) for i, vertices in frame)
        assert flipped <= 0.01 * total, phase


@pytest.mark.parametrize("species", [Species.FOX, Species.DOG, Species.ROBOT])
def test_nothing_is_cut_off_at_the_edge_of_the_canvas(species: Species) -> None:
    performer = Performer(_drawn(species, Pose.WAVING), Action.WAVE, strength=1.5)
    for phase in PHASES:
        alpha = performer.render(phase * performer.seconds, 128)[..., 3]
        rim = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
        assert not rim.any()


def test_the_still_frame_looks_like_the_picture() -> None:
    parts, joints = bear(SIZE)
    performer = Performer(puppet_from_parts(parts, joints), Action.WAVE)
    performer.stage  # noqa: B018
    at_rest = performer.render(0.0, round(max(performer.stage.width, performer.stage.height)))
    picture = flattened(parts)
    left, top = round(-performer.stage.left), round(-performer.stage.top)
    seen = at_rest[top : top + SIZE, left : left + SIZE]
    height, width = seen.shape[:2]
    difference = np.abs(seen.astype(int) - picture[:height, :width].astype(int)).mean()
    assert difference < 4.0


def test_feet_stand_while_the_head_moves() -> None:
    puppet = puppet_from_parts(*bear(SIZE))
    performer = Performer(puppet, Action.IDLE)
    roles = [layer.role for layer in performer.layers]
    frames = [dict(performer.frame(phase * performer.seconds)) for phase in PHASES]
    leg, head = roles.index(PartRole.LEFT_LEG), roles.index(PartRole.HEAD)
    sole = int(np.argmax(frames[0][leg][:, 1]))
    crown = int(np.argmin(frames[0][head][:, 1]))
    assert np.ptp([frame[leg][sole] for frame in frames], axis=0).max() < 0.006 * SIZE
    assert np.ptp([frame[head][crown] for frame in frames], axis=0).max() > 0.01 * SIZE


def test_the_arm_beside_the_body_lifts_without_dragging_the_body() -> None:
    puppet = puppet_from_parts(*bear(SIZE))
    performer = Performer(puppet, Action.WAVE)
    roles = [layer.role for layer in performer.layers]
    body = roles.index(PartRole.BODY)
    high = min(dict(performer.frame(p * 3.0))[len(roles) - 1][:, 1].min() for p in (0.3, 0.4, 0.5))
    assert roles[-1] is PartRole.RIGHT_ARM, "the forearm comes in front of the head"
    assert high < puppet.rig.joints["neck"][1] - performer.stage.top
    rest, waving = dict(performer.frame(0.0))[body], dict(performer.frame(1.2))[body]
    assert np.abs(rest - waving).max() < 0.05 * SIZE


def test_the_raised_arm_waves_whichever_side_it_is_on() -> None:
    raised = {**JOINTS, "left_elbow": (0.28, 0.56), "left_hand": (0.2, 0.42)}
    performer = Performer(puppet_from_parts(*bear(SIZE, raised)), Action.WAVE)
    assert [layer.role for layer in performer.layers][-1] is PartRole.LEFT_ARM


def test_frames_are_premultiplied_even_sized_and_the_same_when_asked_again() -> None:
    performer = Performer(_drawn(Species.CAT, Pose.STANDING), Action.WAVE)
    frame = performer.render(1.1, 151)
    assert frame.shape[0] % 2 == 0
    assert frame.shape[1] % 2 == 0
    assert (frame[..., :3] <= frame[..., 3:]).all()
    performer.render(0.4, 151)
    assert np.array_equal(frame, performer.render(1.1, 151))


def test_what_a_window_draws_is_complete() -> None:
    performer = Performer(_drawn(Species.BEAR, Pose.WAVING), Action.WAVE)
    frame = performer.frame(0.7)
    assert [index for index, _ in frame] == list(range(len(performer.layers)))
    for index, vertices in frame:
        layer = performer.layers[index]
        assert vertices.dtype == np.float32
        assert vertices.shape == layer.uv.shape
        assert layer.triangles.max() < len(vertices)
        assert layer.texture.dtype == np.uint8
        assert (layer.texture[..., :3] <= layer.texture[..., 3:]).all()
        # Half-transparent rims included, what is visible lies within the uv square.
        assert layer.uv.min() > -0.5
        assert layer.uv.max() < 1.5


def test_a_flat_picture_waves_too() -> None:
    from engine.puppet.puppet import puppet_from_picture

    parts, joints = bear(SIZE)
    picture = flattened(parts)
    from engine.puppet.parts import straight

    puppet = puppet_from_picture(straight(picture), joints)
    assert [layer.role for layer in puppet.rig.layers] == [PartRole.FIGURE, PartRole.RIGHT_ARM]
    performer = Performer(puppet, Action.WAVE)
    arm = dict(performer.frame(1.2))[1]
    assert arm[:, 1].min() < puppet.rig.joints["neck"][1] - performer.stage.top
    still = performer.render(0.0, SIZE)
    assert np.abs(still.astype(int) - picture.astype(int)).mean() < 4.0


def test_the_body_behind_a_lifted_arm_has_no_hole() -> None:
    from engine.puppet.puppet import puppet_from_picture

    drawing = draw(Mascot(species=Species.BEAR))
    from engine.builder.raster import render

    rgba = render(drawing, SIZE)
    puppet = puppet_from_picture(rgba, drawing.joints)
    figure = puppet.textures[0]
    (x0, y0), (x1, y1) = puppet.rig.joints["right_shoulder"], puppet.rig.joints["right_hip"]
    for share in np.linspace(0.1, 0.9, 9):
        x, y = round(x0 + (x1 - x0) * share) - figure.left - 2, round(y0 + (y1 - y0) * share) - figure.top
        assert figure.rgba[y, x, 3] > 200, share
    assert (premultiplied(rgba)[..., 3] > 0).any()
