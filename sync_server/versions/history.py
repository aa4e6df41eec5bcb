"""The history of a project: who changed it when, what one person did in a row as one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.logs.models import DocumentUpdate

ONE_SITTING = timedelta(minutes=15)
"""Edits of one person with shorter pauses than this are one line of the history."""
_READ_AT_ONCE = 1000


@dataclass
class Sitting:
    """What one person did in a row."""

    author_id: str | None
    returned_by: str | None
    first: int
    last: int
    began_at: datetime
    ended_at: datetime
    operations: int


def history(session: Session, project_id: str, before: int | None, limit: int) -> list[Sitting]:
    """The newest sittings first, those before an entry's number."""
    found = select(DocumentUpdate).where(DocumentUpdate.project_id == project_id)
    if before is not None:
        found = found.where(DocumentUpdate.number < before)
    sittings: list[Sitting] = []
    columns = found.with_only_columns(
        DocumentUpdate.number,
        DocumentUpdate.author_id,
        DocumentUpdate.returned_by,
        DocumentUpdate.created_at,
        DocumentUpdate.spans,
    ).order_by(DocumentUpdate.number.desc())
    for number, author_id, returned_by, created_at, spans in session.execute(
        columns.execution_options(yield_per=_READ_AT_ONCE)
    ):
        operations = sum(end - first for first, end in _pairs(spans))
        last = sittings[-1] if sittings else None
        if last is not None and _continues(last, author_id, returned_by, created_at):
            last.first, last.began_at = number, created_at
            last.operations += operations
            continue
        if len(sittings) == limit:
            break
        sittings.append(Sitting(author_id, returned_by, number, number, created_at, created_at, operations))
    return sittings


def _continues(last: Sitting, author_id: str | None, returned_by: str | None, created_at: datetime) -> bool:
    same = (last.author_id, last.returned_by) == (author_id, returned_by)
    return same and last.began_at - created_at < ONE_SITTING


def _pairs(spans: dict[str, Sequence[int]]) -> list[tuple[int, int]]:
    return [(first, end) for first, end in spans.values()]
