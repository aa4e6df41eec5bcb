"""One lane's engine process seen from its client: started when needed, watched, restarted, ended."""

from __future__ import annotations

import logging
import os
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path

from pydantic import ValidationError

from engine.protocol.errors import ErrorCode
from engine.protocol.events import TERMINAL, AnyEvent, CancelledJob, Failed, Started
from engine.protocol.recipes import AnyRecipe
from engine.protocol.wire import (
    FROM_ENGINE,
    PROTOCOL_VERSION,
    Cancel,
    EventMessage,
    Hello,
    Lane,
    Message,
    Run,
    Shutdown,
    Workplace,
)
from engine.runner.child import bury, close_pipes, kill, reason_of, start_child, tail_of

LOG = logging.getLogger("mascotforge.client")
CANCEL_SECONDS = 2.0
CLOSE_SECONDS = 1.0
FIRST_BACKOFF_SECONDS = 0.2
LONGEST_BACKOFF_SECONDS = 10.0
MAX_FAILED_STARTS = 3


class EngineState(StrEnum):
    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    BUSY = "busy"
    FAILED = "failed"
    """It could not be started; the next job tries again."""


class _Job:
    def __init__(self, job_id: str, recipe: AnyRecipe) -> None:
        self.message = Run(job_id=job_id, recipe=recipe)
        self.cancelled = False
        self.started = False
        self.deaths = 0


class LaneProcess:
    """The jobs of one lane, and the process that runs them. All callbacks come on this lane's thread.

    The thread that starts the process must outlive it: Linux ends a child whose starting *thread* is gone.
    """

    def __init__(
        self,
        lane: Lane,
        workplace: Workplace,
        command: Sequence[str],
        *,
        modest: bool,
        on_event: Callable[[AnyEvent], None],
        on_state: Callable[[Lane, EngineState], None],
        on_lost: Callable[[Lane, str, str], None],
    ) -> None:
        self._lane = lane
        self._workplace = workplace
        self._command = [*command, "--lane", lane.value, "--parent", str(os.getpid())]
        self._command += ["--modest"] if modest else []
        self._modest = modest
        self._log = Path(workplace.cache) / "logs" / f"engine-{lane}.log"
        self._on_event = on_event
        self._on_state = on_state
        self._on_lost = on_lost
        self._changed = threading.Condition(threading.RLock())
        self._jobs: dict[str, _Job] = {}
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._timers: dict[str, threading.Timer] = {}
        self._wanted = False
        self._closing = False
        self._failed_starts = 0
        self._deaths_in_a_row = 0
        self._other_version: int | None = None
        self.state = EngineState.STOPPED

    @property
    def process_id(self) -> int | None:
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def warm_up(self) -> None:
        with self._changed:
            self._wanted = True
            self._need_thread()

    def submit(self, job_id: str, recipe: AnyRecipe) -> None:
        with self._changed:
            if job_id in self._jobs or self._closing:
                return
            job = self._jobs[job_id] = _Job(job_id, recipe)
            self._need_thread()
            self._send(job.message)

    def cancel(self, job_id: str) -> None:
        with self._changed:
            job = self._jobs.get(job_id)
            if job is None or job.cancelled:
                return
            job.cancelled = True
            self._send(Cancel(job_id=job_id))
            timer = threading.Timer(CANCEL_SECONDS, self._kill_for, (job_id,))
            timer.daemon = True
            self._timers[job_id] = timer
            timer.start()
            self._changed.notify_all()

    def begin_close(self) -> None:
        with self._changed:
            self._closing = True
            self._jobs.clear()
            self._send(Shutdown())
            self._changed.notify_all()

    def finish_close(self) -> None:
        with self._changed:
            timers = list(self._timers.values())
            thread, process = self._thread, self._process
        for timer in timers:
            timer.cancel()
            timer.join()
        if thread is None or thread is threading.current_thread():
            return
        thread.join(CLOSE_SECONDS)
        if thread.is_alive() and process is not None:
            kill(process)
        thread.join()

    def _need_thread(self) -> None:
        if self._thread is None and not self._closing:
            self._thread = threading.Thread(target=self._live, name=f"engine-{self._lane}", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _send(self, message: Message) -> None:
        """To the running process, if there is one; one that is dying shows on its reading side."""
        process = self._process
        if process is None or process.stdin is None:
            return
        try:
            process.stdin.write(message.model_dump_json().encode() + b"\n")
            process.stdin.flush()
        except (OSError, ValueError) as error:
            LOG.info("the %s engine can't be written to: %s", self._lane, error)

    def _live(self) -> None:
        """The lane's thread: a process at a time, as long as there is work or someone wants it warm."""
        while self._wait_for_work():
            answered = self._serve()
            if self._closing:
                break
            self._after_death(answered)
        self._tell(EngineState.STOPPED)

    def _wait_for_work(self) -> bool:
        """Also drops jobs that were cancelled while no process was there. False when closing."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._jobs or self._wanted or self._closing)
                if self._closing:
                    return False
                dropped = [job for job in self._jobs.values() if job.cancelled]
            for job in dropped:
                self._end(CancelledJob(job_id=job.message.job_id, at=time.time()))
            if self._jobs or self._wanted:
                self._wanted = False
                return True

    def _serve(self) -> bool:
        """Start a process and pass on what it says until it ends. Whether it answered the hello."""
        self._tell(EngineState.STARTING)
        process = self._start()
        if process is None:
            return False
        assert process.stdout is not None
        answered = False
        for line in process.stdout:
            try:
                message = FROM_ENGINE.validate_json(line)
            except ValidationError:
                LOG.warning("ignored a line from the %s engine: %.200r", self._lane, line)
                continue
            if isinstance(message, EventMessage):
                self._take(message.event)
            elif message.version == PROTOCOL_VERSION:
                answered = True
                self._failed_starts = 0
                self._tell(EngineState.BUSY if self._jobs else EngineState.READY)
            else:
                self._other_version = message.version
                kill(process)
        bury(process)
        with self._changed:
            close_pipes(process)
        return answered

    def _start(self) -> subprocess.Popen[bytes] | None:
        try:
            process = start_child(self._command, self._log, modest=self._modest)
        except OSError as error:
            LOG.error("the %s engine can't be started: %s", self._lane, error)
            return None
        with self._changed:
            self._process = process
            self._send(Hello(lane=self._lane, workplace=self._workplace))
            for job in self._jobs.values():
                self._send(job.message)
                if job.cancelled:
                    self._send(Cancel(job_id=job.message.job_id))
            if self._closing:
                self._send(Shutdown())
        return process

    def _take(self, event: AnyEvent) -> None:
        job = self._jobs.get(event.job_id)
        if job is None:
            return
        if isinstance(event, TERMINAL):
            self._deaths_in_a_row = 0
            self._end(event)
            return
        if isinstance(event, Started):
            job.started = True
            self._tell(EngineState.BUSY)
        self._on_event(event)

    def _end(self, event: AnyEvent) -> None:
        """The job's last event; the lane is free before anyone hears of it."""
        with self._changed:
            if self._jobs.pop(event.job_id, None) is None:
                return
            timer = self._timers.pop(event.job_id, None)
            running = bool(self._jobs)
        if timer is not None:
            timer.cancel()
        if not running and self.process_id is not None:
            self._tell(EngineState.READY)
        self._on_event(event)

    def _after_death(self, answered: bool) -> None:
        with self._changed:
            process, self._process = self._process, None
            jobs = list(self._jobs.values())
        self._tell(EngineState.STOPPED)
        reason = reason_of(process.returncode) if process is not None else "it could not be started"
        LOG.warning("the %s engine stopped: %s", self._lane, reason)
        for job in [job for job in jobs if job.cancelled]:
            self._end(CancelledJob(job_id=job.message.job_id, at=time.time()))
        left = [job for job in jobs if not job.cancelled]
        was_killed_for_cancel = len(left) < len(jobs)
        if not answered and not was_killed_for_cancel:
            self._failed_starts += 1
            if self._failed_starts >= MAX_FAILED_STARTS or self._other_version is not None:
                self._give_up(left, reason)
                return
        elif left and not was_killed_for_cancel:
            self._lose(left[0], reason)
        if self._jobs:
            self._back_off()

    def _lose(self, job: _Job, reason: str) -> None:
        """A job that hadn't started may never have arrived; it gets one more process before it is given back."""
        job.deaths += 1
        if not job.started and job.deaths < 2:
            return
        with self._changed:
            self._jobs.pop(job.message.job_id, None)
        self._on_lost(self._lane, job.message.job_id, f"The engine stopped unexpectedly ({reason}).")

    def _give_up(self, jobs: Sequence[_Job], reason: str) -> None:
        self._failed_starts = 0
        self._tell(EngineState.FAILED)
        sentence = (
            f"The engine can't be started ({reason}); {self._log} says why, and `mascotforge doctor` checks the rest."
        )
        if self._other_version is not None:
            sentence = (
                f"The engine process speaks protocol {self._other_version} and this program {PROTOCOL_VERSION}; "
                "reinstall MascotForge so that both are of one version."
            )
            self._other_version = None
        for job in jobs:
            self._end(
                Failed(
                    job_id=job.message.job_id,
                    at=time.time(),
                    code=ErrorCode.ENGINE_STOPPED,
                    sentence=sentence,
                    details=tail_of(self._log),
                )
            )

    def _back_off(self) -> None:
        seconds = min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2**self._deaths_in_a_row)
        self._deaths_in_a_row += 1
        with self._changed:
            self._changed.wait_for(lambda: self._closing, timeout=seconds)

    def _kill_for(self, job_id: str) -> None:
        """The process had its time to answer a cancel; only the job that it is at is worth killing it for."""
        with self._changed:
            job, process = self._jobs.get(job_id), self._process
            if job is None or process is None or next(iter(self._jobs.values())) is not job:
                return
        LOG.warning("the %s engine didn't answer a cancel and is killed", self._lane)
        kill(process)

    def _tell(self, state: EngineState) -> None:
        if state is not self.state:
            self.state = state
            self._on_state(self._lane, state)
