"""Progress bars are for people at a terminal, and never more than fit on it."""

from __future__ import annotations

import io
import sys

import pytest

from engine.cli.console import Console, JobProgress
from engine.protocol.events import Done, Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown_of(count: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is on the screen while the second job runs."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    titles = {f"job-{number}": f"fox {number}" for number in range(count)}
    with JobProgress(Console(as_json=False, verbose=False), titles) as progress:
        progress.event(Done(job_id="job-0", at=0.0, seconds=1.0))
        progress.event(Progress(job_id="job-1", at=0.0, fraction=0.5, step="generate"))
        screen.truncate(0)
        progress._bars.refresh()
        return screen.getvalue()


def test_a_bar_for_each_of_a_few_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    middle = shown_of(3, monkeypatch)
    assert all(f"fox {number} " in middle for number in range(3))
    assert "50% generate" in middle and "waiting" in middle and "All" not in middle


def test_of_many_jobs_those_being_worked_on_and_one_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    middle = shown_of(100, monkeypatch)
    assert "All 100" in middle and "1 done" in middle
    assert "fox 1 " in middle and "fox 0 " not in middle and "fox 2 " not in middle


def test_nothing_for_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    with JobProgress(Console(as_json=True, verbose=False), {"job": "fox"}) as progress:
        progress.event(Progress(job_id="job", at=0.0, fraction=0.5, step="generate"))
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")
