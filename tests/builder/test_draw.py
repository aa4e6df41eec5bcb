"""A mascot's parameters always give one valid drawing that stays within its canvas."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings

from engine.builder.draw import PARTS, draw
from engine.protocol.mascot import JOINT_NAMES, Accessory, Mascot, Mood, Pose, Species
from tests.builder.mascots import mascots, spread

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {SVG + tag for tag in ("svg", "g", "path", "clipPath", "linearGradient", "stop")}


@settings(max_examples=120, deadline=None)
@given(mascots())
def test_equal_mascots_draw_equal_svg(mascot: Mascot) -> None:
    assert draw(mascot).svg() == draw(mascot.model_copy()).svg()


@settings(max_examples=120, deadline=None)
@given(mascots())
def test_every_mascot_is_clean_svg_of_paths_alone(mascot: Mascot) -> None:
    drawing = draw(mascot)
    root = ET.fromstring(drawing.svg(300))
    assert root.get("viewBox") == "0 0 1024 1024"
    assert (root.get("width"), root.get("height")) == ("300", "300")
    assert {element.tag for element in root.iter()} <= ALLOWED
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    used = set(re.findall(r"url\(#([^)]+)\)", drawing.svg()))
    assert used <= set(ids)
    groups = [element for element in root if element.tag == SVG + "g"]
    assert [(g.get("id"), g.get("data-part")) for g in groups] == [(x.name, x.part) for x in drawing.layers]
    assert {g.get("data-part") for g in groups} <= set(PARTS)


@settings(max_examples=120, deadline=None)
@given(mascots())
def test_joints_have_the_protocols_names_and_lie_in_the_canvas(mascot: Mascot) -> None:
    joints = draw(mascot).joints
    tail = {"tail_base", "tail_tip"}
    assert set(JOINT_NAMES) - tail <= set(joints) <= set(JOINT_NAMES)
    assert tail <= set(joints) or not tail & set(joints)
    assert all(0.02 < x < 0.98 and 0.02 < y < 0.98 for x, y in joints.values())


@pytest.mark.parametrize("mascot", spread(), ids=lambda m: f"{m.species}-{m.pose}")
def test_left_is_the_viewers_left_and_up_is_up(mascot: Mascot) -> None:
    j = draw(mascot).joints
    for bone in ("shoulder", "elbow", "hand", "hip", "knee", "foot"):
        assert j[f"left_{bone}"][0] < j[f"right_{bone}"][0]
    assert j["head_top"][1] < j["neck"][1] < j["hips"][1]


def test_each_part_appears_once_as_one_run_of_layers() -> None:
    for mascot in spread():
        parts = [layer.part for layer in draw(mascot).layers]
        runs = [part for i, part in enumerate(parts) if i == 0 or parts[i - 1] != part]
        assert len(runs) == len(set(runs))


def test_only_robots_and_people_have_no_tail() -> None:
    without = {species for species in Species if "tail_base" not in draw(Mascot(species=species)).joints}
    assert without == {Species.ROBOT, Species.PERSON}


@pytest.mark.parametrize(
    "slot,values", [("accessory", Accessory), ("mood", Mood), ("pose", Pose), ("species", Species)]
)
def test_each_value_of_a_slot_draws_differently(slot: str, values: type) -> None:
    drawn = {draw(Mascot(seed=3).model_copy(update={slot: value})).svg() for value in values}
    assert len(drawn) == len(list(values))


def test_a_cape_hangs_behind_and_clasps_in_front() -> None:
    parts = [layer.part for layer in draw(Mascot(accessory=Accessory.CAPE)).layers]
    assert parts[0] == "accessory_back"
    assert parts[-1] == "accessory_front"


def test_one_arm_is_up_when_waving_both_when_jumping_none_when_standing() -> None:
    def raised(pose: Pose) -> list[bool]:
        j = draw(Mascot(species=Species.BEAR, pose=pose)).joints
        return [j[f"{side}_hand"][1] < j[f"{side}_shoulder"][1] for side in ("left", "right")]

    assert raised(Pose.STANDING) == [False, False]
    assert raised(Pose.WAVING) == [False, True]
    assert raised(Pose.JUMPING) == [True, True]


def test_the_seed_moves_details_and_keeps_the_figure() -> None:
    first, second = draw(Mascot(seed=1)), draw(Mascot(seed=2))
    assert first.svg() != second.svg()
    for name in ("left_hand", "right_foot", "neck"):
        (x0, y0), (x1, y1) = first.joints[name], second.joints[name]
        assert abs(x0 - x1) < 0.08 and abs(y0 - y1) < 0.04
