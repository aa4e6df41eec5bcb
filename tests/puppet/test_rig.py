"""The rig: bones carry what hangs on them, it is saved and read back without loss, bad ones are refused."""

from __future__ import annotations

import numpy as np
import pytest

from engine.protocol.errors import BadInput, BadPicture
from engine.puppet.parts import Part, PartRole
from engine.puppet.puppet import in_pixels, puppet_from_parts
from engine.puppet.rig import Rig
from engine.puppet.skeleton import BonePose, Skeleton
from tests.puppet.figures import JOINTS, bear

PIXELS = in_pixels(JOINTS, 512, 512)


def _place(transform: np.ndarray, point: tuple[float, float]) -> np.ndarray:
    return transform[:, :2] @ np.array(point) + transform[:, 2]


def test_at_rest_every_bone_leaves_every_point_where_it_is() -> None:
    for transform in Skeleton(PIXELS).transforms(BonePose()).values():
        assert np.allclose(_place(transform, (123.0, 45.0)), (123.0, 45.0))


def test_a_turned_upper_arm_carries_the_hand_and_keeps_its_distance() -> None:
    skeleton = Skeleton(PIXELS)
    moved = skeleton.transforms(BonePose({"right_arm": -1.2}))
    shoulder, hand = PIXELS["right_shoulder"], PIXELS["right_hand"]
    assert np.allclose(_place(moved["right_arm"], shoulder), shoulder)
    carried = _place(moved["right_palm"], hand)
    assert np.hypot(*(carried - shoulder)) == pytest.approx(np.hypot(*np.subtract(hand, shoulder)))
    assert carried[1] < hand[1]


def test_the_ground_never_moves_and_the_pelvis_takes_the_body_along() -> None:
    moved = Skeleton(PIXELS).transforms(BonePose(offsets={"pelvis": (7.0, -3.0)}))
    assert np.allclose(_place(moved["ground"], (1.0, 2.0)), (1.0, 2.0))
    assert np.allclose(_place(moved["left_palm"], (1.0, 2.0)), (8.0, -1.0))


def test_a_missing_joint_is_named_in_one_sentence() -> None:
    parts, joints = bear(128)
    del joints["left_elbow"]
    with pytest.raises(BadInput, match="left elbow"):
        puppet_from_parts(parts, joints)


def test_a_joint_that_is_no_number_is_named() -> None:
    with pytest.raises(BadInput, match="neck"):
        Skeleton({**PIXELS, "neck": (float("nan"), 3.0)})


def test_a_mascot_without_a_tail_has_a_rig_without_one() -> None:
    parts, joints = bear(128)
    del joints["tail_base"], joints["tail_tip"]
    puppet = puppet_from_parts(parts, joints)
    tail = next(layer for layer in puppet.rig.layers if layer.role is PartRole.TAIL)
    assert set(tail.bones) == {"pelvis"}


def test_an_empty_picture_is_refused() -> None:
    with pytest.raises(BadPicture, match="nothing visible"):
        puppet_from_parts([Part(PartRole.FIGURE, np.zeros((64, 64, 4), np.uint8))], JOINTS)


def test_a_rig_survives_being_saved() -> None:
    rig = puppet_from_parts(*bear(256)).rig
    again = Rig.from_json(rig.to_json())
    assert again.joints == rig.joints
    assert (again.width, again.height) == (rig.width, rig.height)
    for before, after in zip(rig.layers, again.layers, strict=True):
        assert after.role is before.role
        assert after.bones == before.bones
        assert np.array_equal(after.triangles, before.triangles)
        assert np.abs(after.vertices - before.vertices).max() <= 0.006


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 99}', '{"version": 1, "layers": 3}'])
def test_what_is_no_rig_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(BadInput):
        Rig.from_json(text)


def test_moved_joints_bind_the_same_meshes_anew() -> None:
    puppet = puppet_from_parts(*bear(256))
    joints = {**JOINTS, "right_elbow": (0.66, 0.63)}
    moved = puppet.with_joints(joints)
    assert moved.rig.joints["right_elbow"] == pytest.approx((0.66 * 256, 0.63 * 256))
    for before, after in zip(puppet.rig.layers, moved.rig.layers, strict=True):
        assert np.array_equal(before.vertices, after.vertices)
