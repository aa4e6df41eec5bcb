"""What steers the next picture besides its words."""

from __future__ import annotations

import pytest

from app.painting.guidance import Guidance
from engine.protocol.picture_options import Control, ControlKind, ReferencePicture, StartPicture

BLOB, OTHER = "a" * 64, "b" * 64


def test_every_change_is_told_once_and_no_change_is_not_told() -> None:
    guidance, told = Guidance(), []
    guidance.changed.connect(lambda: told.append(guidance.guide))
    guidance.set_start(StartPicture(blob=BLOB))
    guidance.set_strength(0.25)
    guidance.set_strength(0.25)
    assert [guide.start.strength for guide in told] == [0.6, 0.25]
    guidance.clear()
    guidance.clear()
    assert len(told) == 3 and not guidance.guide.any


def test_a_control_takes_the_place_of_one_of_its_kind() -> None:
    guidance = Guidance()
    guidance.add_control(Control(kind=ControlKind.POSE, blob=BLOB))
    guidance.add_control(Control(kind=ControlKind.DEPTH, blob=BLOB))
    guidance.add_control(Control(kind=ControlKind.POSE, blob=OTHER))
    assert [(control.kind, control.blob) for control in guidance.guide.controls] == [
        (ControlKind.DEPTH, BLOB),
        (ControlKind.POSE, OTHER),
    ]
    guidance.change_control(0, None)
    assert [control.kind for control in guidance.guide.controls] == [ControlKind.POSE]


@pytest.mark.parametrize("strength", [-1.0, 4.0])
def test_a_strength_stays_between_keeping_and_forgetting(strength: float) -> None:
    guidance = Guidance()
    guidance.set_start(StartPicture(blob=BLOB))
    guidance.set_strength(strength)
    assert 0.0 <= guidance.guide.start.strength <= 1.0


def test_a_fifth_reference_is_refused_and_the_same_picture_counts_once() -> None:
    guidance = Guidance()
    for digit in "1234":
        assert guidance.add_reference(ReferencePicture(blob=digit * 64))
    assert guidance.add_reference(ReferencePicture(blob="4" * 64, weight=0.3))
    assert not guidance.add_reference(ReferencePicture(blob="5" * 64))
    assert [reference.weight for reference in guidance.guide.references] == [0.7, 0.7, 0.7, 0.3]
