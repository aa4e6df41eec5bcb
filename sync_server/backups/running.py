"""A server that runs holds a lock on its data folder, shared with its sister processes; a restore wants it alone."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sync_server.trouble import CommandFailed

NAME = "server.lock"


@contextmanager
def in_use(data: Path, *, alone: bool = False) -> Generator[None]:
    """Hold the folder's lock while the block lasts. Raises CommandFailed when somebody else holds it otherwise."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (data / NAME).open("a")
    except OSError as error:
        raise CommandFailed(
            f"The folder {data} can't be used ({error.strerror}); name another one with --data."
        ) from error
    if sys.platform == "win32":  # no shared locks there: the administrator has to know
        lock.close()
        yield
        return
    import fcntl

    with lock as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            other = "a server runs" if alone else "a restore is at work"
            raise CommandFailed(f"In {data} {other}; wait for its end or stop it, then try again.") from error
        yield
