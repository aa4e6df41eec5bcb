"""A job as it lies in the queue's table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import JsonValue
from sqlalchemy import Connection, Row, select

from engine.library.clock import maybe_moment, moment
from engine.library.tables import jobs
from engine.protocol.errors import NotFound
from engine.protocol.jobs import JobState
from engine.protocol.recipes import AnyRecipe, recipe_from_json
from engine.protocol.wire import Lane


@dataclass(frozen=True)
class Job:
    """`progress` is 0..1; `attempts` counts how often the job was started; `position` only orders jobs of one
    priority.
    """

    id: str
    project_id: str
    recipe: AnyRecipe
    lane: Lane
    state: JobState
    priority: int
    position: int
    attempts: int
    progress: float
    parameters: dict[str, JsonValue]
    error_code: str | None
    error_sentence: str | None
    error_details: str | None
    lease_owner: str | None
    lease_until: datetime | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def get_job(connection: Connection, job_id: str) -> Job:
    """Raises NotFound."""
    row = connection.execute(select(jobs).where(jobs.c.id == job_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no job {job_id} in the queue; `mascotforge jobs` lists them.")
    return job_of(row)


def job_of(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        project_id=row.project_id,
        recipe=recipe_from_json(row.recipe),
        lane=Lane(row.lane),
        state=JobState(row.state),
        priority=row.priority,
        position=row.position,
        attempts=row.attempts,
        progress=row.progress,
        parameters=json.loads(row.parameters),
        error_code=row.error_code,
        error_sentence=row.error_sentence,
        error_details=row.error_details,
        lease_owner=row.lease_owner,
        lease_until=maybe_moment(row.lease_until),
        created_at=moment(row.created_at),
        started_at=maybe_moment(row.started_at),
        finished_at=maybe_moment(row.finished_at),
    )
