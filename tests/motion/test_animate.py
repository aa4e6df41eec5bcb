"""The whole way: a mascot in, one loop per format out."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.motion.animate import animate, puppet_of_mascot
from engine.protocol.errors import UnknownAction
from engine.protocol.mascot import Mascot
from engine.protocol.recipes import Action, ExportFormat
from engine.puppet.performer import Performer


def test_a_mascot_becomes_files_of_one_loop(tmp_path: Path) -> None:
    told: list[float] = []
    puppet = puppet_of_mascot(Mascot(), Action.IDLE, 128)
    formats = (ExportFormat.GIF, ExportFormat.PNG_SEQUENCE)
    loop = animate(puppet, Action.IDLE, formats, tmp_path, "fox", size=64, fps=8, progress=told.append)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fox.gif", "fox.zip"]
    assert (loop.frames, loop.seconds) == (32, 4.0)
    assert (loop.width, loop.height) == (64, 64)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_an_unknown_action_is_refused_before_anything_is_written() -> None:
    with pytest.raises(UnknownAction):
        Performer(puppet_of_mascot(Mascot(), Action.IDLE, 64), "moonwalk")
