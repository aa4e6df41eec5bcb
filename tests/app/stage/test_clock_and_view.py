"""The loop's clock never jumps; zoom keeps what is under the pointer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.stage.clock import PlaybackClock
from app.stage.meter import FrameMeter
from app.stage.view import MAX_SCALE, MIN_SCALE, View


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@given(steps=st.lists(st.tuples(st.sampled_from(["play", "pause", "faster", "slower"]), st.floats(0, 3)), max_size=12))
def test_the_place_never_jumps_when_playing_pausing_or_changing_speed(
    steps: list[tuple[str, float]],
) -> None:
    time = Time()
    clock = PlaybackClock(2.0, time)
    for step, wait in steps:
        before = clock.seconds()
        match step:
            case "play":
                clock.play()
            case "pause":
                clock.pause()
            case "faster":
                clock.set_speed(2.0)
            case _:
                clock.set_speed(0.5)
        moved = abs(clock.seconds() - before) % 2.0
        assert min(moved, 2.0 - moved) < 1e-9
        time.now += wait
        assert 0 <= clock.seconds() < 2.0


def test_a_loop_wraps_and_speed_scales_it() -> None:
    time = Time()
    clock = PlaybackClock(2.0, time)
    clock.play()
    clock.set_speed(0.5)
    time.now = 5.0
    assert clock.seconds() == pytest.approx(0.5)
    clock.set_loop(4.0)
    assert clock.phase() == pytest.approx(0.25)


@given(
    factor=st.floats(0.01, 100), x=st.floats(-500, 500), y=st.floats(-500, 500), scale=st.floats(MIN_SCALE, MAX_SCALE)
)
def test_zoom_keeps_the_point_under_the_pointer(factor: float, x: float, y: float, scale: float) -> None:
    view = View(scale, 10, 20)
    zoomed = view.zoomed(factor, (x, y))
    assert zoomed.to_picture(x, y) == pytest.approx(view.to_picture(x, y), rel=1e-6, abs=1e-4)
    assert MIN_SCALE <= zoomed.scale <= MAX_SCALE


def test_a_fitted_frame_is_centred_also_where_it_reaches_beyond_the_picture() -> None:
    view = View.fitted((-100, 0, 200, 100), (400, 400))
    left, top = view.to_widget(-100, 0)
    right, bottom = view.to_widget(100, 100)
    assert (left + right) / 2 == pytest.approx(200)
    assert (top + bottom) / 2 == pytest.approx(200)
    assert 0 < left < right < 400


def test_the_meter_counts_frames_and_their_cost() -> None:
    time = Time()
    meter = FrameMeter(time)
    for _ in range(31):
        meter.frame(0.004)
        time.now += 1 / 60
    assert meter.frames_per_second == pytest.approx(60)
    assert meter.frame_milliseconds == pytest.approx(4)
