from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from engine.dispatch.dispatcher import Dispatcher
from engine.library.library import Library
from engine.protocol.events import AnyEvent
from tests.runner.conftest import SCRIPTED_HOST


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = Library.open(tmp_path / "library")
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """A test leaves neither a child process nor a thread of the dispatcher or its engine."""
    yield
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        children = [c for c in psutil.Process().children(recursive=True) if c.status() != psutil.STATUS_ZOMBIE]
        threads = [t for t in threading.enumerate() if t.name.startswith(("engine-", "dispatcher"))]
        if not children and not threads:
            return
        time.sleep(0.02)
    raise AssertionError(f"left behind: {children} {threads}")


class Desk:
    """Dispatchers of scripted engines, with everything that they told; stopped at the end of the test."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.events: list[AnyEvent] = []
        self._made: list[Dispatcher] = []

    def start(self, owner: str = "studio", *, library: Library | None = None, only_asked: bool = False) -> Dispatcher:
        dispatcher = Dispatcher(
            library or self.library,
            owner=owner,
            on_event=self.events.append,
            only_asked=only_asked,
            engine_command=SCRIPTED_HOST,
        )
        dispatcher.start()
        self._made.append(dispatcher)
        return dispatcher

    def kinds(self, job_id: str) -> list[str]:
        return [event.kind for event in list(self.events) if event.job_id == job_id]

    def stop(self) -> None:
        for dispatcher in self._made:
            dispatcher.stop()


@pytest.fixture
def desk(library: Library) -> Iterator[Desk]:
    made = Desk(library)
    yield made
    made.stop()


def until(question: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)
