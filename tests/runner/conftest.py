from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from engine.protocol.events import TERMINAL, AnyEvent
from engine.protocol.wire import Lane, Workplace
from engine.runner.client import EngineClient, EngineState

SCRIPTED_HOST = [sys.executable, "-m", "tests.runner.scripted_host"]


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    return Workplace(blobs=str(tmp_path / "blobs"), cache=str(tmp_path / "cache"), models=str(tmp_path / "models"))


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """A test leaves neither a child process nor a thread of ours."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        children = [c for c in psutil.Process().children(recursive=True) if c.status() != psutil.STATUS_ZOMBIE]
        threads = [t for t in threading.enumerate() if t not in before and t.name.startswith(("engine-", "Thread"))]
        if not children and not threads:
            return
        time.sleep(0.02)
    raise AssertionError(f"left behind: {children} {threads}")


class Client:
    """An EngineClient with everything that it told."""

    def __init__(self, workplace: Workplace, command: list[str] | None) -> None:
        self.events: list[AnyEvent] = []
        self.states: list[tuple[Lane, EngineState]] = []
        self.lost: list[tuple[Lane, str, str]] = []
        self._told = threading.Condition()
        self.engine = EngineClient(
            workplace,
            lambda event: self._note(self.events, event),
            lambda lane, state: self._note(self.states, (lane, state)),
            lambda lane, job_id, sentence: self._note(self.lost, (lane, job_id, sentence)),
            command=command,
        )

    def _note(self, heard: list, what: object) -> None:
        with self._told:
            heard.append(what)
            self._told.notify_all()

    def until(self, question: Callable[[], object], seconds: float = 240) -> None:
        with self._told:
            assert self._told.wait_for(question, seconds), f"not within {seconds} s: {self.events} {self.lost}"

    def of(self, job_id: str) -> list[AnyEvent]:
        return [event for event in self.events if event.job_id == job_id]

    def kinds(self, job_id: str) -> list[str]:
        return [event.kind for event in self.of(job_id)]

    def ended(self, job_id: str) -> bool:
        return any(isinstance(event, TERMINAL) for event in self.of(job_id))

    def until_ended(self, *job_ids: str) -> list[AnyEvent]:
        self.until(lambda: all(self.ended(job_id) for job_id in job_ids))
        return self.of(job_ids[-1])


@pytest.fixture
def client(workplace: Workplace) -> Iterator[Client]:
    made = Client(workplace, SCRIPTED_HOST)
    yield made
    made.engine.close()


def processes_of(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def until(question: Callable[[], object], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)


__all__ = ["SCRIPTED_HOST", "Client", "is_alive", "os", "processes_of", "subprocess", "until"]
