"""The engine process: `python -m engine.runner.host --lane gpu|cpu`, a child of the studio or of the command line.

It speaks newline-delimited JSON (`engine/protocol/wire.py`) over its stdin and stdout, runs one job at a time, and
ends with its parent. The main thread works, one thread listens, and in the GPU lane one imports the heavy stack.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import BinaryIO

from pydantic import ValidationError

from engine.protocol.errors import MascotError
from engine.protocol.events import AnyEvent, CancelledJob
from engine.protocol.wire import (
    PROTOCOL_VERSION,
    TO_ENGINE,
    Cancel,
    EventMessage,
    Hello,
    Lane,
    Message,
    Run,
    Shutdown,
    Workplace,
)
from engine.runner.execute import Planner, Workbench, execute
from engine.runner.plan import plan
from engine.runner.process import LOG, be_modest, end_with_parent, leave, take_over_pipes
from engine.runner.warmup import TorchWarmup

WRONG_VERSION_EXIT = 3
TIDY_EVERY_JOBS = 50


class Wire:
    """Sends messages, from any thread, one whole line each. A client that is gone ends the process."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._lock = threading.Lock()

    def send(self, message: Message) -> None:
        line = memoryview(message.model_dump_json().encode() + b"\n")
        try:
            with self._lock:
                while line:
                    line = line[self._out.write(line) :]
        except OSError:
            LOG.info("the client is gone")
            leave()

    def event(self, event: AnyEvent) -> None:
        self.send(EventMessage(event=event))


class Inbox:
    """Jobs in the order they came. A cancelled one leaves the line, or is told to stop when it is running."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._changed = threading.Condition()
        self._waiting: deque[Run] = deque()
        self._running: Run | None = None
        self._stop = threading.Event()

    def has_waiting(self) -> bool:
        """Whether a job is in line."""
        with self._changed:
            return bool(self._waiting)

    def cancelled(self) -> bool:
        """Whether the running job is to stop."""
        return self._stop.is_set()

    def put(self, job: Run) -> None:
        with self._changed:
            self._waiting.append(job)
            self._changed.notify()

    def take(self) -> Run:
        """The next job, once there is one."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting)
            self._running = self._waiting.popleft()
            self._stop.clear()
            return self._running

    def finished(self) -> None:
        with self._changed:
            self._running = None

    def cancel(self, job_id: str) -> None:
        with self._changed:
            if self._running is not None and self._running.job_id == job_id:
                self._stop.set()
                return
            kept = deque(job for job in self._waiting if job.job_id != job_id)
            was_waiting = len(kept) < len(self._waiting)
            self._waiting = kept
        if was_waiting:
            self._wire.event(CancelledJob(job_id=job_id, at=time.time()))


def main(arguments: Sequence[str] | None = None, planner: Planner = plan, *, warm_up: bool = True) -> None:
    """Serve one client until it leaves. `warm_up`: the GPU lane imports the heavy stack before a job asks for it."""
    options = _options(arguments)
    wire_in, wire_out = take_over_pipes()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format=f"%(asctime)s {options.lane} %(message)s")
    end_with_parent(options.parent)
    if options.modest:
        be_modest()
    wire, lane = Wire(wire_out), Lane(options.lane)
    workplace = _shake_hands(wire_in, wire, lane)
    warmup = TorchWarmup()
    if warm_up and lane is Lane.GPU:
        warmup.start()
    bench = Workbench.at(workplace, warmup.wait)
    inbox = Inbox(wire)
    threading.Thread(target=_listen, args=(wire_in, inbox), name="listen", daemon=True).start()
    _work(inbox, wire, bench, planner)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The engine process; the studio and the command line start it.")
    parser.add_argument("--lane", choices=[lane.value for lane in Lane], required=True)
    parser.add_argument("--parent", type=int, default=None, help="process id of the client")
    parser.add_argument("--modest", action="store_true", help="leave the client's window its core")
    return parser.parse_args(arguments)


def _shake_hands(wire_in: BinaryIO, wire: Wire, lane: Lane) -> Workplace:
    """Answer the client's hello at once. Ends the process, with a sentence in the log, when the two don't match."""
    line = wire_in.readline()
    if not line:
        leave()
    wire.send(Hello(lane=lane, pid=os.getpid()))
    try:
        hello = TO_ENGINE.validate_json(line)
    except ValidationError:
        hello = None
    if not isinstance(hello, Hello) or hello.workplace is None:
        LOG.error("The first line was not a hello with a workplace; start the engine from MascotForge.")
        sys.exit(WRONG_VERSION_EXIT)
    if hello.version != PROTOCOL_VERSION:
        LOG.error(
            "The program speaks protocol %s and this engine %s; reinstall MascotForge so that both are of one version.",
            hello.version,
            PROTOCOL_VERSION,
        )
        sys.exit(WRONG_VERSION_EXIT)
    return hello.workplace


def _listen(wire_in: BinaryIO, inbox: Inbox) -> None:
    for line in wire_in:
        try:
            message = TO_ENGINE.validate_json(line)
        except ValidationError:
            LOG.warning("ignored a line that is no message: %.200r", line)
            continue
        match message:
            case Run():
                inbox.put(message)
            case Cancel():
                inbox.cancel(message.job_id)
            case Shutdown():
                leave()
            case Hello():
                LOG.warning("ignored a second hello")
    leave()


def _work(inbox: Inbox, wire: Wire, bench: Workbench, planner: Planner) -> None:
    jobs = 0
    while True:
        job = inbox.take()
        execute(job.job_id, job.recipe, planner=planner, bench=bench, emit=wire.event, cancelled=inbox.cancelled)
        inbox.finished()
        _keep_house(bench, tidy=jobs % TIDY_EVERY_JOBS == 0)
        _stay_warm(inbox.has_waiting)
        jobs += 1


def _stay_warm(job_waits: Callable[[], bool]) -> None:
    """Compile a model that has just made its first picture, on the machines where that pays."""
    if "engine.picture.pipeline" in sys.modules:
        from engine.picture.keep_warm import keep_warm

        keep_warm(job_waits)


def _keep_house(bench: Workbench, *, tidy: bool) -> None:
    """After the client has heard that the job is done: what may be late, and may fail without harm."""
    try:
        bench.timings.save()
        if tidy:
            bench.cache.tidy()
    except (MascotError, OSError) as error:
        LOG.warning("housekeeping was left undone: %s", error)


if __name__ == "__main__":
    main()
