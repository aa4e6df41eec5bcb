"""Waiting for jobs wherever they run: here, or in another program that has the same library open."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from engine.protocol.errors import ErrorCode
from engine.protocol.events import AnyEvent, CancelledJob, Done, Failed, Progress
from engine.protocol.jobs import FINAL_STATES, JobState

if TYPE_CHECKING:
    from engine.dispatch.desk import Desk
    from engine.library.queue import JobQueue
    from engine.library.queued_job import Job

GLANCE_SECONDS = 0.3


class JobWatch:
    """Looks into the queue now and then, and at once when told to. A job that runs in another program is told of by
    progress and its end; the events of one that runs here come from the engine."""

    def __init__(
        self,
        queue: JobQueue,
        job_ids: Sequence[str],
        on_event: Callable[[AnyEvent], None],
        desk: Desk,
    ) -> None:
        self._queue = queue
        self._job_ids = list(job_ids)
        self._on_event = on_event
        self._desk = desk
        self._look = threading.Event()
        self._ended: set[str] = set()
        self._told: dict[str, float] = {}

    def look(self) -> None:
        """Something may have changed."""
        self._look.set()

    def wait(self) -> None:
        """Return when all jobs have ended. Raises NotFound when one was removed from the queue."""
        while True:
            self._look.clear()
            for job in self.jobs():
                self._note(job)
            if len(self._ended) == len(set(self._job_ids)):
                return
            self._look.wait(GLANCE_SECONDS)

    def jobs(self) -> list[Job]:
        """The jobs as they are now, in the order asked for."""
        return [self._queue.get(job_id) for job_id in self._job_ids]

    def _note(self, job: Job) -> None:
        if self._desk.holds(job.id):
            return
        if job.state in FINAL_STATES and job.id not in self._ended:
            self._ended.add(job.id)
            if not self._desk.has_held(job.id):
                self._on_event(_end_of(job))
        elif job.state is JobState.RUNNING and job.progress > self._told.get(job.id, 0.0):
            self._told[job.id] = job.progress
            self._on_event(Progress(job_id=job.id, at=time.time(), fraction=job.progress, step=""))


def _end_of(job: Job) -> AnyEvent:
    now = time.time()
    if job.state is JobState.COMPLETED:
        seconds = (job.finished_at - job.started_at).total_seconds() if job.finished_at and job.started_at else 0.0
        return Done(job_id=job.id, at=now, seconds=max(0.0, seconds))
    if job.state is JobState.CANCELLED:
        return CancelledJob(job_id=job.id, at=now)
    code = ErrorCode(job.error_code) if job.error_code in ErrorCode else ErrorCode.INTERNAL
    return Failed(job_id=job.id, at=now, code=code, sentence=job.error_sentence or "", details=job.error_details or "")
