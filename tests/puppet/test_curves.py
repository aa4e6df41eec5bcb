"""Curves and springs close over the loop, in value and in velocity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.protocol.errors import UnknownAction
from engine.protocol.mascot import Pose
from engine.protocol.recipes import Action
from engine.protocol.sources import start_pose
from engine.puppet.actions import ACTIONS, CHANNELS, clip_for
from engine.puppet.curves import Curve, Key, Spring, flows, rests, sample

KEYS = st.lists(
    st.tuples(st.integers(0, 99).map(lambda n: n / 100), st.floats(-5, 5)),
    min_size=1,
    max_size=8,
    unique_by=lambda k: k[0],
).map(sorted)


@given(KEYS, st.booleans())
def test_a_curve_meets_its_keys_and_closes(keys: list[tuple[float, float]], smooth: bool) -> None:
    curve = flows(*keys) if smooth else rests(*keys)
    phases = np.array([phase for phase, _ in keys])
    assert np.allclose(curve.at(phases), [value for _, value in keys], atol=1e-9)
    assert np.allclose(curve.at(phases), curve.at(phases + 1), atol=1e-9)


@given(KEYS)
def test_resting_curves_never_overshoot_their_keys(keys: list[tuple[float, float]]) -> None:
    values = [value for _, value in keys]
    table = rests(*keys).table()
    assert table.min() >= min(values) - 1e-9
    assert table.max() <= max(values) + 1e-9


def test_keys_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="rising"):
        Curve((Key(0.5, 0.0), Key(0.2, 1.0)))


def test_a_spring_comes_after_its_carrier() -> None:
    carrier = np.sin(2 * np.pi * np.arange(360) / 360)
    follower = carrier + Spring({"carrier": 1.0}, frequency_hz=1.5, damping=0.7).table({"carrier": carrier}, 2.0)
    assert 0 < int(np.argmax(follower)) - int(np.argmax(carrier)) < 90


def test_a_spring_on_something_still_is_still() -> None:
    assert np.allclose(Spring({"x": 2.0}, 3.0).table({"x": np.full(360, 4.0)}, 2.0), 0.0)


@pytest.mark.parametrize("action", Action)
def test_every_channel_of_every_action_loops_smoothly(action: Action) -> None:
    tables = ACTIONS[action].tables()
    assert set(tables) == set(CHANNELS)
    step = 1e-4
    for name, table in tables.items():
        swing = max(np.ptp(table), 1e-9)
        assert sample(table, 0.0) == pytest.approx(sample(table, 1.0))
        before = (sample(table, 0.0) - sample(table, -step)) / step
        after = (sample(table, step) - sample(table, 0.0)) / step
        assert abs(after - before) < 0.2 * swing, name


def test_strength_scales_the_movement_but_still_lifts_the_arm() -> None:
    shy, bold = ACTIONS[Action.WAVE].tables(0.5), ACTIONS[Action.WAVE].tables(1.5)
    assert np.allclose(bold["swing"], 3 * shy["swing"])
    assert np.array_equal(bold["raise_arm"], shy["raise_arm"])


def test_an_unknown_action_is_one_sentence_that_names_the_known_ones() -> None:
    with pytest.raises(UnknownAction, match=r"no action 'somersault'.*idle, wave"):
        clip_for("somersault")


def test_a_wave_begins_with_an_open_hand_but_who_sits_stays_seated() -> None:
    assert start_pose(Action.WAVE, Pose.STANDING) is Pose.WAVING
    assert start_pose(Action.WAVE, Pose.SITTING) is Pose.SITTING
    assert start_pose(Action.IDLE, Pose.WAVING) is Pose.STANDING
