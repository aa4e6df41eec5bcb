"""The memory behind idempotency keys."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError

from sync_server.database.base import now
from sync_server.database.database import Database
from sync_server.http.models import IdempotentAnswer
from sync_server.problems import BadRequest, Conflict

KEPT = timedelta(hours=24)
LONGEST = timedelta(seconds=60)
"""A request that began longer ago and has no answer died with its process."""


class Answers:
    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, owner: str, key: str, request_hash: str) -> IdempotentAnswer | None:
        """The answer given before; None when this request is the first and may run.

        Raises BadRequest when the key was used for something else, Conflict while the first request still runs.
        """
        try:
            return self._begin(owner, key, request_hash)
        except IntegrityError:  # PostgreSQL: another process was first, between our look and our row
            return self._begin(owner, key, request_hash)

    def finish(self, owner: str, key: str, status: int, media_type: str, body: bytes) -> None:
        with self._database.write() as session:
            found = session.scalar(_of(owner, key))
            if found is not None:
                found.status, found.media_type, found.body, found.finished_at = status, media_type, body, now()

    def forget(self, owner: str, key: str) -> None:
        """The request changed nothing, or its answer can't be kept: the same key may try again."""
        with self._database.write() as session:
            session.execute(
                delete(IdempotentAnswer).where(
                    IdempotentAnswer.owner == owner, IdempotentAnswer.key == key, IdempotentAnswer.finished_at.is_(None)
                )
            )

    def _begin(self, owner: str, key: str, request_hash: str) -> IdempotentAnswer | None:
        at = now()
        with self._database.write() as session:
            session.execute(delete(IdempotentAnswer).where(IdempotentAnswer.began_at < at - KEPT))
            found = session.scalar(_of(owner, key))
            if found is None:
                session.add(IdempotentAnswer(owner=owner, key=key, request_hash=request_hash, began_at=at))
                return None
            if found.request_hash != request_hash:
                raise BadRequest("This Idempotency-Key was used for another request; take a new one.")
            if found.finished_at is not None:
                return found
            if at - found.began_at < LONGEST:
                raise Conflict("The same request is being answered now; try again in a moment.", retry_after_s=1.0)
            found.began_at = at
            return None


def _of(owner: str, key: str) -> Select[IdempotentAnswer]:
    return (
        select(IdempotentAnswer).where(IdempotentAnswer.owner == owner, IdempotentAnswer.key == key).with_for_update()
    )
