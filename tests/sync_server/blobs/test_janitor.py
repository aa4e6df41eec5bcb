"""Chores are done in their intervals; one that fails doesn't stop the others."""

from __future__ import annotations

import threading

from sync_server.blobs.janitor import Janitor
from sync_server.problems import Unavailable


def test_a_chore_that_fails_is_tried_again_and_stops_no_other() -> None:
    janitor = Janitor()
    failed, done = threading.Semaphore(0), threading.Semaphore(0)

    def fails() -> None:
        failed.release()
        raise Unavailable("The storage is away.")

    janitor.add("fails", 0.01, fails)
    janitor.add("works", 0.01, done.release)
    janitor.start()
    for _ in range(3):
        assert failed.acquire(timeout=5)
        assert done.acquire(timeout=5)
    janitor.close()
    assert not janitor._thread.is_alive()


def test_a_janitor_that_was_never_started_ends() -> None:
    Janitor().close()
