"""The owner's side of a job: takes jobs from the queue by lease, feeds the engine, and writes the facts.

The studio and the command line each have one; on an open library they share the work, and no job runs twice.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.dispatch.desk import Desk
from engine.dispatch.watching import JobWatch
from engine.protocol.events import AnyEvent
from engine.protocol.ids import new_id
from engine.protocol.wire import Lane
from engine.runner.client import EngineClient, EngineState

if TYPE_CHECKING:
    from engine.library.library import Library
    from engine.library.queued_job import Job

TICK_SECONDS = 0.25
CANCEL_PATIENCE_SECONDS = 5.0
_QUEUE_CHANGES = ("job", "queue")


@dataclass(frozen=True)
class _Lost:
    lane: Lane
    job_id: str
    sentence: str


@dataclass(frozen=True)
class _Look:
    """Someone changed the queue, or asks for a job to be looked at."""


@dataclass(frozen=True)
class _CancelRequest:
    job_id: str


_Letter = AnyEvent | _Lost | _Look | _CancelRequest


class Dispatcher:
    """Works on a library's queue until stopped. One thread of its own does all; `on_event` is called on it,
    `on_state(lane, state)` on the engine client's threads."""

    def __init__(
        self,
        library: Library,
        *,
        owner: str,
        on_event: Callable[[AnyEvent], None] | None = None,
        on_state: Callable[[Lane, EngineState], None] | None = None,
        only_asked: bool = False,
        engine_command: Sequence[str] | None = None,
    ) -> None:
        """`owner` names the program in the queue's leases. With `only_asked` it takes up just the jobs that
        `run_until_done` was asked for, as the command line does: others' waiting jobs are not its business,
        and no window waits beside its engine."""
        self._library = library
        self._letters: queue.SimpleQueue[_Letter] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._client = EngineClient(
            library.workplace,
            self._letters.put,
            on_state,
            lambda lane, job_id, sentence: self._letters.put(_Lost(lane, job_id, sentence)),
            command=engine_command,
            modest=not only_asked,
        )
        self._asked: frozenset[str] = frozenset()
        self._on_event = on_event or (lambda event: None)
        self._desk = Desk(
            library,
            f"{owner} {os.getpid()} {new_id()[-12:]}",
            self._client,
            self._on_event,
            only=lambda: self._asked if only_asked else None,
        )
        self._watchers: list[JobWatch] = []

    def start(self) -> None:
        """Begin to take jobs. Engine processes start when a first job needs them."""
        if self._thread is None:
            self._library.changed.append(self._library_changed)
            self._thread = threading.Thread(target=self._work, name="dispatcher", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End in good order: running jobs go back to the queue, to be resumed by whoever comes next."""
        if self._thread is None:
            return
        self._library.changed.remove(self._library_changed)
        self._stopping.set()
        self._letters.put(_Look())
        self._thread.join()
        self._thread = None
        self._client.close()
        self._desk.give_back()

    def state(self, lane: Lane) -> EngineState:
        return self._client.state(lane)

    def process_id(self, lane: Lane) -> int | None:
        """Of the lane's engine process, if it runs."""
        return self._client.process_id(lane)

    def warm_up(self, lane: Lane) -> None:
        """Start the lane's engine now, so that its imports are done when the first job comes."""
        self._client.warm_up(lane)

    def cancel(self, job_id: str) -> None:
        """Cancel a job, whether it waits, runs here, or runs in another program. Raises NotFound."""
        self._library.queue.cancel(job_id)
        self._letters.put(_CancelRequest(job_id))

    def run_until_done(self, job_ids: Sequence[str]) -> list[Job]:
        """Wait until these jobs have ended, here or in another program that took them up; the jobs as they ended, in
        the given order. Ctrl-C cancels them and raises KeyboardInterrupt again. `start` comes first."""
        self._asked |= frozenset(job_ids)
        watch = JobWatch(self._library.queue, job_ids, self._on_event, self._desk)
        self._watchers.append(watch)
        self._letters.put(_Look())
        try:
            watch.wait()
        except KeyboardInterrupt:
            for job_id in job_ids:
                self.cancel(job_id)
            self._desk.wait_until_free(job_ids, CANCEL_PATIENCE_SECONDS)
            raise
        finally:
            self._watchers.remove(watch)
            self._asked -= frozenset(job_ids)
        return watch.jobs()

    def _library_changed(self, kind: str, id_: str) -> None:
        if kind in _QUEUE_CHANGES:
            self._letters.put(_Look())

    def _work(self) -> None:
        while not self._stopping.is_set():
            letters = self._next_letters()
            for letter in letters:
                self._handle(letter)
            self._desk.keep_in_time(time.monotonic(), asked=any(isinstance(letter, _Look) for letter in letters))
            if letters:
                for watch in list(self._watchers):
                    watch.look()

    def _next_letters(self) -> list[_Letter]:
        """Everything that has come, after at most a tick."""
        try:
            letters = [self._letters.get(timeout=TICK_SECONDS)]
        except queue.Empty:
            return []
        while not self._letters.empty():
            letters.append(self._letters.get())
        return letters

    def _handle(self, letter: _Letter) -> None:
        match letter:
            case _Lost():
                self._desk.lost(letter.job_id, letter.sentence)
            case _CancelRequest():
                self._client.cancel(letter.job_id)
            case _Look():
                return
            case _:
                self._desk.event(letter)
