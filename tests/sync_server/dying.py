"""The server's program, which kills itself (SIGKILL) at a step that the environment names: `before module:name`."""

from __future__ import annotations

import os
import signal
import sys
from functools import wraps
from importlib import import_module
from typing import Any, NoReturn

from sync_server.main import main

DIES = "MASCOTFORGE_TEST_DIES"


def arm(step: str) -> None:
    """`before sync_server.blobs.completing:_settle`, `after sync_server.logs.writer:LogWriter._commit`."""
    when, _, place = step.partition(" ")
    module, _, path = place.partition(":")
    home: Any = import_module(module)
    *outer, name = path.split(".")
    for one in outer:
        home = getattr(home, one)
    real = getattr(home, name)

    @wraps(real)
    def dying(*given: Any, **named: Any) -> Any:
        if when == "before":
            die()
        real(*given, **named)
        return die()

    setattr(home, name, dying)


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


if __name__ == "__main__":
    arm(os.environ.pop(DIES))
    sys.exit(main([]))
