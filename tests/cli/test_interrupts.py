"""Ctrl-C ends the command with one sentence, whatever it was at."""

from __future__ import annotations

import builtins
from typing import Any

import pytest

from engine.cli import exits
from engine.cli.main import main


def test_ctrl_c_while_the_program_is_still_being_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read = builtins.__import__

    def interrupted(name: str, *rest: Any, **options: Any) -> Any:
        if name == "engine.cli.program":
            raise KeyboardInterrupt
        return read(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", interrupted)
    assert main(["doctor"]) == exits.CANCELLED
    assert capsys.readouterr().err == "mascotforge: Cancelled before it began.\n"
