"""`jobs` tells what waits, and what a program that died has left."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from engine.cli import exits
from engine.cli.main import main
from engine.library.library import Library
from engine.protocol.mascot import Mascot
from engine.protocol.recipes import DrawingRecipe
from engine.protocol.wire import Lane


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library with a job that another program works on, one whose program died, and one that waits."""
    folder = tmp_path / "library"
    with Library.open(folder) as library:
        project = library.projects.default()
        for _ in range(3):
            library.queue.add(project.id, DrawingRecipe(mascot=Mascot(), size=64))
        assert library.queue.claim("alive", Lane.CPU, 600.0)
        assert library.queue.claim("dead", Lane.CPU, 0.001)
    time.sleep(0.05)
    return folder


def test_an_interrupted_job_does_not_pass_for_a_running_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs", "list", "--json", "--library", str(folder)]) == exits.OK
    said = json.loads(capsys.readouterr().out)
    assert sorted(row["state"] for row in said["rows"]) == ["INTERRUPTED", "QUEUED", "RUNNING"]
    assert said["notes"] == [
        "1 job was interrupted as its program ended; `mascotforge jobs run` goes on with what waits."
    ]


def test_times_are_those_of_the_clock_on_the_wall(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs", "list", "--library", str(folder)]) == exits.OK
    lines = capsys.readouterr().out.splitlines()
    assert time.strftime("%Y-%m-%d %H:") in lines[1] and "+00:00" not in lines[1]
