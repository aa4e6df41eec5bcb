"""One number for a job: weighted by measured time, sparing with events."""

from __future__ import annotations

from pathlib import Path

from engine.runner.progress import ProgressMeter
from engine.runner.step import Step, StepKind
from engine.runner.timings import Timings


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


Sent = list[tuple[float, str, float | None, str | None]]


def meter(expected: dict[str, float]) -> tuple[ProgressMeter, Sent, Clock]:
    sent: Sent = []
    clock = Clock()
    return ProgressMeter(expected, lambda *told: sent.append(told), clock), sent, clock


def test_steps_count_as_long_as_they_take() -> None:
    made, sent, clock = meter({"long": 9.0, "short": 1.0})
    made.begin("long", 9.0)
    clock.now += 9
    made.end("long")
    made.begin("short", 1.0)
    assert sent[-1][:3] == (0.9, "short", 1.0)


def test_the_time_left_follows_the_pace_of_the_step_itself() -> None:
    made, sent, clock = meter({"step": 10.0, "next": 5.0})
    made.begin("step", 10.0)
    assert sent[-1][2] == 15.0
    clock.now += 20
    made.advance(0.5)
    assert sent[-1][2] == 25.0


def test_at_most_twenty_events_and_five_previews_a_second() -> None:
    made, sent, clock = meter({"step": 1.0})
    made.begin("step", 1.0)
    drawn: list[float] = []

    def preview() -> bytes:
        drawn.append(clock.now)
        return b"png"

    for number in range(1000):
        clock.now += 0.001
        made.advance(number / 1000, preview)
    assert len(sent) <= 21
    assert len(drawn) <= 6
    assert [told[3] for told in sent if told[3]] == ["cG5n"] * len(drawn)


def test_measured_times_are_kept_and_follow_change(tmp_path: Path) -> None:
    step = Step("step", StepKind("kind", 1, lambda context: None, seconds_guess=3.0), {}, work=2.0)
    timings = Timings(tmp_path / "timings.json")
    assert timings.expected_seconds(step) == 6.0
    timings.measured(step, 10.0)
    timings.save()
    again = Timings(tmp_path / "timings.json")
    assert again.expected_seconds(step) == 10.0
    again.measured(step, 20.0)
    again.save()
    assert 10.0 < Timings(tmp_path / "timings.json").expected_seconds(step) < 20.0


def test_a_damaged_file_of_times_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "timings.json").write_text("{]")
    step = Step("step", StepKind("kind", 1, lambda context: None, seconds_guess=3.0), {})
    assert Timings(tmp_path / "timings.json").expected_seconds(step) == 3.0
