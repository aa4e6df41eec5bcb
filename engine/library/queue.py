"""The local queue: a plain mutable table.

Whoever works on a job holds a lease on it, so several programs may share one library.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from pydantic import JsonValue
from sqlalchemy import Connection, Update, and_, func, or_, select, update

from engine.library.clock import now_ms
from engine.library.database import Database, Write
from engine.library.queued_job import Job, get_job, job_of
from engine.library.settings import read_setting, write_setting
from engine.library.tables import jobs
from engine.protocol.errors import BadInput, ErrorCode, NotFound
from engine.protocol.ids import new_id
from engine.protocol.jobs import FINAL_STATES, OPEN_STATES, JobState
from engine.protocol.lanes import lane_of
from engine.protocol.recipes import AnyRecipe
from engine.protocol.wire import Lane

MAX_ATTEMPTS = 3
PAUSED_KEY = "queue.paused"

_TURN = (jobs.c.priority.desc(), jobs.c.position, jobs.c.id)
_WAITING = (JobState.PENDING.value, JobState.QUEUED.value)


class JobQueue:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, project_id: str, recipe: AnyRecipe, *, priority: int = 0, parameters: dict[str, JsonValue] | None = None
    ) -> Job:
        """Put a recipe at the end of the queue. Raises NotFound for an unknown project, DiskFull, LibraryReadOnly."""
        id_ = new_id()

        def work(write: Write) -> Job:
            _require_project(write.connection, project_id)
            write.connection.execute(
                jobs.insert().values(
                    id=id_,
                    project_id=project_id,
                    recipe=recipe.model_dump_json(),
                    lane=lane_of(recipe).value,
                    state=JobState.QUEUED.value,
                    priority=priority,
                    position=_next_position(write.connection),
                    parameters=json.dumps(parameters or {}),
                    created_at=now_ms(),
                )
            )
            write.changed("job", id_)
            return get_job(write.connection, id_)

        return self._database.write(work)

    def list(
        self, states: Collection[JobState] | None = None, project_id: str | None = None, limit: int = 200
    ) -> list[Job]:
        """Jobs in the order of their turn: running, then waiting, then finished with the latest first."""
        rank = func.iif(jobs.c.state == JobState.RUNNING.value, 0, func.iif(jobs.c.state.in_(_WAITING), 1, 2))
        wanted = select(jobs).order_by(rank, jobs.c.finished_at.desc(), *_TURN).limit(limit)
        if states is not None:
            wanted = wanted.where(jobs.c.state.in_([state.value for state in states]))
        if project_id is not None:
            wanted = wanted.where(jobs.c.project_id == project_id)
        return [job_of(row) for row in self._database.read(lambda connection: connection.execute(wanted).all())]

    def get(self, job_id: str) -> Job:
        """Raises NotFound."""
        return self._database.read(lambda connection: get_job(connection, job_id))

    def claim(self, owner: str, lane: Lane, lease_s: float, *, only: Collection[str] | None = None) -> Job | None:
        """Take the next job of a lane for `lease_s` seconds, or None: nothing waits, or the queue is paused.

        A running job whose lease has run out is taken up again; after three attempts it fails instead. `only` narrows
        the choice to these jobs and works on a paused queue too: someone waits for just them. No two callers get one
        job.
        """

        def work(write: Write) -> Job | None:
            connection, now = write.connection, now_ms()
            if only is None and read_setting(connection, PAUSED_KEY, False):
                return None
            self._fail_worn_out(write, now)
            free = or_(
                jobs.c.state == JobState.QUEUED.value,
                and_(jobs.c.state == JobState.RUNNING.value, jobs.c.lease_until <= now),
            )
            wanted = select(jobs.c.id).where(jobs.c.lane == lane.value, free).order_by(*_TURN).limit(1)
            if only is not None:
                wanted = wanted.where(jobs.c.id.in_(list(only)))
            id_ = connection.execute(wanted).scalar()
            if id_ is None:
                return None
            connection.execute(
                _change(id_).values(
                    state=JobState.RUNNING.value,
                    lease_owner=owner,
                    lease_until=now + round(lease_s * 1000),
                    attempts=jobs.c.attempts + 1,
                    progress=0.0,
                    started_at=func.coalesce(jobs.c.started_at, now),
                )
            )
            write.changed("job", id_)
            return get_job(connection, id_)

        return self._database.write(work)

    def _fail_worn_out(self, write: Write, now: int) -> None:
        worn_out = (
            update(jobs)
            .where(jobs.c.state == JobState.RUNNING.value, jobs.c.lease_until <= now, jobs.c.attempts >= MAX_ATTEMPTS)
            .values(
                state=JobState.FAILED.value,
                lease_owner=None,
                lease_until=None,
                finished_at=now,
                error_code=ErrorCode.ENGINE_STOPPED.value,
                error_sentence=f"The engine stopped {MAX_ATTEMPTS} times while it worked on this; "
                "try a smaller picture or fewer steps, or retry.",
            )
            .returning(jobs.c.id)
        )
        for id_ in write.connection.execute(worn_out).scalars().all():
            write.changed("job", id_)

    def renew(self, owner: str, job_ids: Collection[str], lease_s: float) -> set[str]:
        """Prolong the owner's leases; returns the ids still held: a job that is missing was cancelled or taken over."""

        def work(write: Write) -> set[str]:
            mine = (
                update(jobs)
                .where(jobs.c.id.in_(list(job_ids)), *_held_by(owner))
                .values(lease_until=now_ms() + round(lease_s * 1000))
                .returning(jobs.c.id)
            )
            return set(write.connection.execute(mine).scalars().all())

        return self._database.write(work)

    def release(self, owner: str, job_ids: Collection[str] | None = None) -> None:
        """Give unfinished jobs back to the queue without counting the attempt: the program ends in good order."""

        def work(write: Write) -> None:
            back = (
                update(jobs)
                .where(*_held_by(owner))
                .values(
                    state=JobState.QUEUED.value,
                    lease_owner=None,
                    lease_until=None,
                    progress=0.0,
                    attempts=func.max(jobs.c.attempts - 1, 0),
                )
                .returning(jobs.c.id)
            )
            if job_ids is not None:
                back = back.where(jobs.c.id.in_(list(job_ids)))
            for id_ in write.connection.execute(back).scalars().all():
                write.changed("job", id_)

        self._database.write(work)

    def set_progress(self, job_id: str, fraction: float) -> None:
        """Note how far a running job is, 0..1; ignored for a job that no longer runs."""

        def work(write: Write) -> None:
            here = _change(job_id).where(jobs.c.state == JobState.RUNNING.value)
            if write.connection.execute(here.values(progress=min(max(fraction, 0.0), 1.0))).rowcount:
                write.changed("job", job_id)

        self._database.write(work)

    def finish(
        self,
        job_id: str,
        owner: str,
        state: JobState,
        *,
        error_code: str | None = None,
        error_sentence: str | None = None,
        error_details: str | None = None,
    ) -> bool:
        """End a job that `owner` holds, in COMPLETED, FAILED or CANCELLED; False when it is no longer the owner's."""
        if state not in FINAL_STATES:
            raise ValueError(f"{state} does not end a job")

        def work(write: Write) -> bool:
            values: dict[str, Any] = {
                "state": state.value,
                "lease_owner": None,
                "lease_until": None,
                "finished_at": now_ms(),
                "error_code": error_code,
                "error_sentence": error_sentence,
                "error_details": error_details,
            }
            if state is JobState.COMPLETED:
                values["progress"] = 1.0
            done = write.connection.execute(_change(job_id).where(*_held_by(owner)).values(values)).rowcount == 1
            if done:
                write.changed("job", job_id)
            return done

        return self._database.write(work)

    def cancel(self, job_id: str) -> Job:
        """Cancel a job that waits or runs (its owner learns it from `renew`); a finished one stays. Raises NotFound."""

        def work(write: Write) -> Job:
            get_job(write.connection, job_id)
            still_open = _change(job_id).where(jobs.c.state.in_([state.value for state in OPEN_STATES]))
            values = {
                "state": JobState.CANCELLED.value,
                "lease_owner": None,
                "lease_until": None,
                "finished_at": now_ms(),
            }
            if write.connection.execute(still_open.values(values)).rowcount:
                write.changed("job", job_id)
            return get_job(write.connection, job_id)

        return self._database.write(work)

    def retry(self, job_id: str) -> Job:
        """Queue a failed or cancelled job again, at the end, with all attempts ahead. Raises NotFound, BadInput."""

        def work(write: Write) -> Job:
            job = get_job(write.connection, job_id)
            if job.state not in (JobState.FAILED, JobState.CANCELLED):
                raise BadInput(
                    f"Job {job_id} is {job.state.value.lower()}; only a failed or cancelled job can be retried."
                )
            write.connection.execute(
                _change(job_id).values(
                    state=JobState.QUEUED.value,
                    position=_next_position(write.connection),
                    attempts=0,
                    progress=0.0,
                    error_code=None,
                    error_sentence=None,
                    error_details=None,
                    started_at=None,
                    finished_at=None,
                )
            )
            write.changed("job", job_id)
            return get_job(write.connection, job_id)

        return self._database.write(work)

    def move(self, job_id: str, position: int) -> None:
        """Put a waiting job at an index (0 = next) among all waiting ones; its priority follows.

        Raises NotFound, BadInput.
        """

        def work(write: Write) -> None:
            connection = write.connection
            moved = get_job(connection, job_id)
            waiting = [job_of(row) for row in connection.execute(select(jobs).where(_waits()).order_by(*_TURN))]
            others = [job for job in waiting if job.id != job_id]
            if len(others) == len(waiting):
                raise BadInput(f"Job {job_id} is {moved.state.value.lower()}; only a waiting job can be moved.")
            index = min(max(position, 0), len(others))
            priority = moved.priority
            if index > 0:
                priority = min(priority, others[index - 1].priority)
            if index < len(others):
                priority = max(priority, others[index].priority)
            connection.execute(_change(job_id).values(priority=priority))
            for place, job in enumerate([*others[:index], moved, *others[index:]]):
                connection.execute(_change(job.id).values(position=place))
            write.changed("queue", job_id)

        self._database.write(work)

    def set_priority(self, job_id: str, priority: int) -> None:
        """Higher goes first. Raises NotFound."""

        def work(write: Write) -> None:
            get_job(write.connection, job_id)
            write.connection.execute(_change(job_id).values(priority=priority))
            write.changed("queue", job_id)

        self._database.write(work)

    @property
    def paused(self) -> bool:
        return bool(self._database.read(lambda connection: read_setting(connection, PAUSED_KEY, False)))

    def pause(self) -> None:
        """No further job is started until `resume`; running ones go on."""
        self._set_paused(True)

    def resume(self) -> None:
        self._set_paused(False)

    def _set_paused(self, paused: bool) -> None:
        def work(write: Write) -> None:
            write_setting(write, PAUSED_KEY, paused)
            write.changed("queue", "paused")

        self._database.write(work)

    def clear_finished(self) -> int:
        """Forget finished jobs, not what they made; returns how many."""

        def work(write: Write) -> int:
            gone = jobs.delete().where(jobs.c.state.in_([state.value for state in FINAL_STATES]))
            count = write.connection.execute(gone).rowcount
            write.changed("queue", "cleared")
            return count

        return self._database.write(work)


def _waits() -> Any:
    return jobs.c.state.in_(_WAITING)


def _held_by(owner: str) -> Sequence[Any]:
    return (jobs.c.lease_owner == owner, jobs.c.state == JobState.RUNNING.value)


def _change(job_id: str) -> Update:
    return update(jobs).where(jobs.c.id == job_id)


def _next_position(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(jobs.c.position), -1) + 1)).scalar_one())


def _require_project(connection: Connection, project_id: str) -> None:
    from engine.library.tables import projects

    if connection.execute(select(projects.c.id).where(projects.c.id == project_id)).scalar() is None:
        raise NotFound(
            f"There is no project with the id {project_id} in this library; `mascotforge projects list` shows them."
        )
