"""The jobs that one program holds: claimed, renewed, their facts written, given back."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection
from typing import TYPE_CHECKING

from engine.library.queue import MAX_ATTEMPTS
from engine.protocol.errors import EngineStopped, MascotError
from engine.protocol.events import (
    TERMINAL,
    AnyEvent,
    ArtifactMade,
    CancelledJob,
    Done,
    Failed,
    Progress,
    Queued,
    Warned,
)
from engine.protocol.jobs import JobState
from engine.protocol.sources import recipe_of_result
from engine.protocol.wire import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.library.library import Library
    from engine.library.queued_job import Job
    from engine.runner.client import EngineClient

LOG = logging.getLogger("mascotforge.dispatch")
LEASE_SECONDS = 30.0
RENEW_SECONDS = 10.0
CHECK_SECONDS = 1.0
"""How often it is looked whether a held job was cancelled elsewhere, and whether another program left work."""


class _Held:
    def __init__(self, job: Job) -> None:
        self.job = job
        self.fraction = 0.0
        self.written_fraction = 0.0
        self.let_go = False
        """Cancelled in the table or taken over by another program; the engine has yet to stop."""


class Desk:
    """Not for several threads at once, but for `holds` and `wait_until_free`: the dispatcher's thread does the rest."""

    def __init__(
        self,
        library: Library,
        owner: str,
        client: EngineClient,
        tell: Callable[[AnyEvent], None],
        *,
        only: Callable[[], Collection[str] | None],
    ) -> None:
        """`only`: the jobs to take up, or None for all."""
        self._library = library
        self._owner = owner
        self._client = client
        self._tell = tell
        self._only = only
        self._held: dict[str, _Held] = {}
        self._ever_held: set[str] = set()
        self._freed = threading.Condition()
        self._renew_at = 0.0
        self._check_at = 0.0
        self._lane_is_free = False

    def holds(self, job_id: str) -> bool:
        return job_id in self._held

    def has_held(self, job_id: str) -> bool:
        """Whether the job's events came from here, now or before."""
        return job_id in self._ever_held

    def wait_until_free(self, job_ids: Collection[str], seconds: float) -> None:
        """Return when none of the jobs is held any more, or after `seconds`."""
        with self._freed:
            self._freed.wait_for(lambda: not any(job_id in self._held for job_id in job_ids), seconds)

    def keep_in_time(self, now: float, *, asked: bool) -> None:
        """What has to be done now and then; `asked` when the queue may have changed.

        A library that can't be written to for a while (a full disk) is tried again the next time.
        """
        try:
            if now >= self._renew_at:
                self._renew_at = now + RENEW_SECONDS
                self._renew()
            elif now >= self._check_at:
                self._let_go_of_lost_leases()
            if now >= self._check_at:
                self._check_at = now + CHECK_SECONDS
                self._write_progress()
                asked = True
            if asked or self._lane_is_free:
                self._fill_lanes()
        except MascotError as error:
            LOG.warning("the queue can't be served now: %s", error.sentence)
            self._check_at = now + CHECK_SECONDS

    def event(self, event: AnyEvent) -> None:
        """Write what the event means, then pass it on. An event of a job that is no longer held is dropped."""
        held = self._held.get(event.job_id)
        if held is None:
            return
        if held.let_go:
            if isinstance(event, TERMINAL):
                self._end(CancelledJob(job_id=event.job_id, at=event.at))
            return
        try:
            self._write(held, event)
        except MascotError as error:
            # What the library can't take (a full disk) ends the job; its finished steps are kept by the engine.
            LOG.warning("job %s: %s", event.job_id, error.sentence)
            self._client.cancel(event.job_id)
            self._fail(held, error)
            return
        if isinstance(event, TERMINAL):
            self._end(event)
        else:
            self._tell(event)

    def lost(self, job_id: str, sentence: str) -> None:
        """The engine died under a job: it is taken up again, with what the cache has, at most three times in all."""
        held = self._held.get(job_id)
        if held is None:
            return
        if held.let_go:
            self._end(CancelledJob(job_id=job_id, at=time.time()))
        elif held.job.attempts >= MAX_ATTEMPTS:
            self._fail(held, _given_up(sentence))
        else:
            self._take_up_again(held, sentence)

    def _take_up_again(self, held: _Held, sentence: str) -> None:
        queue, job_id = self._library.queue, held.job.id
        try:
            # A lease that has run out makes this one more attempt, counted in the table.
            queue.renew(self._owner, [job_id], 0.0)
            job = queue.claim(self._owner, held.job.lane, LEASE_SECONDS, only=[job_id])
        except MascotError as error:
            LOG.warning("job %s waits for its lease to run out: %s", job_id, error.sentence)
            job = None
        self._free(job_id)
        if job is None:
            return
        self._tell(
            Warned(
                job_id=job_id,
                at=time.time(),
                code="engine_restarted",
                sentence=f"{sentence.rstrip('.')}; the job was taken up again.",
                parameters={"attempt": job.attempts},
            )
        )
        self._submit(job)

    def give_back(self) -> None:
        """Return unfinished jobs to the queue."""
        self._held.clear()
        try:
            self._library.queue.release(self._owner)
        except MascotError as error:
            LOG.warning("the jobs wait for their leases to run out: %s", error.sentence)

    def _fill_lanes(self) -> None:
        self._lane_is_free = False
        only = self._only()
        busy = {held.job.lane for held in self._held.values()}
        idle = [lane for lane in Lane if lane not in busy]
        if not idle or not self._something_waits(idle, only):
            return
        for lane in idle:
            job = self._library.queue.claim(self._owner, lane, LEASE_SECONDS, only=only)
            if job is not None:
                self._submit(job)

    def _something_waits(self, lanes: Collection[Lane], only: Collection[str] | None) -> bool:
        """A look that takes no lock: a claim is worth its transaction only when there may be work."""
        if only is not None and not only:
            return False
        for job in self._library.queue.list([JobState.QUEUED, JobState.RUNNING]):
            wanted = job.lane in lanes and (only is None or job.id in only)
            if wanted and job.id not in self._held and (job.state is JobState.QUEUED or _lease_ran_out(job)):
                return True
        return False

    def _submit(self, job: Job) -> None:
        self._held[job.id] = _Held(job)
        self._ever_held.add(job.id)
        self._tell(Queued(job_id=job.id, at=time.time()))
        self._client.submit(job.id, job.recipe)

    def _write(self, held: _Held, event: AnyEvent) -> None:
        match event:
            case Progress():
                held.fraction = event.fraction
            case ArtifactMade():
                # Said twice by a job that was taken up again, it is still one fact: the gallery sees to that.
                job, artifact = held.job, event.artifact
                recipe = recipe_of_result(job.recipe, artifact.role)
                self._library.gallery.add(job.project_id, job.id, artifact, recipe)
            case Done():
                self._finish(held, JobState.COMPLETED)
            case CancelledJob():
                self._finish(held, JobState.CANCELLED)
            case Failed():
                self._finish(held, JobState.FAILED, event)
            case _:
                return

    def _finish(self, held: _Held, state: JobState, failure: Failed | None = None) -> None:
        self._library.queue.finish(
            held.job.id,
            self._owner,
            state,
            error_code=failure.code.value if failure else None,
            error_sentence=failure.sentence if failure else None,
            error_details=failure.details if failure else None,
        )

    def _fail(self, held: _Held, error: MascotError) -> None:
        failure = Failed(
            job_id=held.job.id, at=time.time(), code=error.code, sentence=error.sentence, details=error.details
        )
        try:
            self._finish(held, JobState.FAILED, failure)
        except MascotError as second:
            # The lease will run out, and the job be tried again by whoever is there then.
            LOG.warning("job %s can't be ended in the library: %s", held.job.id, second.sentence)
        self._end(failure)

    def _end(self, event: AnyEvent) -> None:
        """Tell the job's last event; then its lane is free."""
        self._tell(event)
        self._free(event.job_id)

    def _free(self, job_id: str) -> None:
        with self._freed:
            self._held.pop(job_id, None)
            self._lane_is_free = True
            self._freed.notify_all()

    def _renew(self) -> None:
        if not self._held:
            return
        kept = self._library.queue.renew(self._owner, list(self._held), LEASE_SECONDS)
        self._drop(set(self._held) - kept)

    def _let_go_of_lost_leases(self) -> None:
        """Cheaper than a renewal, and often enough that a cancel from elsewhere is felt at once."""
        if not self._held:
            return
        running = {job.id for job in self._library.queue.list([JobState.RUNNING]) if job.lease_owner == self._owner}
        self._drop(set(self._held) - running)

    def _drop(self, job_ids: Collection[str]) -> None:
        """Jobs that were cancelled in the table, or taken over after a long sleep. Each keeps its lane until the
        engine has stopped: a retry must not meet its own past."""
        for job_id in job_ids:
            if not self._held[job_id].let_go:
                self._held[job_id].let_go = True
                self._client.cancel(job_id)

    def _write_progress(self) -> None:
        for held in self._held.values():
            if held.fraction != held.written_fraction:
                held.written_fraction = held.fraction
                self._library.queue.set_progress(held.job.id, held.fraction)


def _lease_ran_out(job: Job) -> bool:
    return job.lease_until is not None and job.lease_until.timestamp() <= time.time()


def _given_up(sentence: str) -> MascotError:
    how = sentence[sentence.find("(") : sentence.rfind(")") + 1] or "(unknown cause)"
    return EngineStopped(
        f"The engine stopped unexpectedly {MAX_ATTEMPTS} times while it worked on this {how}; "
        "try a smaller picture or fewer steps, or retry."
    )
