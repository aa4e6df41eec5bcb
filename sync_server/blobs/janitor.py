"""A thread that does small chores of the server, each in its interval; a chore that fails is tried again next time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from sync_server.problems import Problem

LOG = logging.getLogger("mascotforge.server.janitor")


@dataclass
class _Chore:
    name: str
    every_s: float
    work: Callable[[], object]
    due: float = field(default_factory=time.monotonic)


class Janitor:
    """Chores are added before the start. Several processes may do the same chore at once."""

    def __init__(self) -> None:
        self._chores: list[_Chore] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="janitor", daemon=True)

    def add(self, name: str, every_s: float, work: Callable[[], object]) -> None:
        """Have `work` done every so many seconds, the first time after that long."""
        self._chores.append(_Chore(name, every_s, work, time.monotonic() + every_s))

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """End after the chore in hand."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._ending.is_set():
            chore = min(self._chores, key=lambda one: one.due)
            if self._ending.wait(max(0.0, chore.due - time.monotonic())):
                return
            chore.due = time.monotonic() + chore.every_s
            try:
                chore.work()
            except (Problem, SQLAlchemyError, OSError):
                LOG.exception("the chore “%s” failed", chore.name)
