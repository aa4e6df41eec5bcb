"""What the log holds: for replicas that pull, and for the validator that builds a document anew."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.protocol.sync import Fact, Pull, Update
from sync_server.accounts.models import User
from sync_server.logs.models import DocumentSnapshot, DocumentUpdate, LoggedFact, Peer
from sync_server.projects.models import Project

MAX_PULL_BYTES = 8 * 2**20
"""A pull holds at least one entry, and no more after this many bytes."""
_WORTH_A_SNAPSHOT = 50
"""From how many missing entries on a snapshot is given in their place, when it is smaller."""


@dataclass(frozen=True)
class Parts:
    """Bytes that bring a document from one number of the log to another; with `anew` from nothing."""

    anew: bool
    number: int
    data: list[bytes]


def parts_between(session: Session, project_id: str, after: int | None, number: int) -> Parts:
    """The entries after `after` (None: from nothing) up to `number`; a newer snapshot stands for those before it."""
    snapshot = session.get(DocumentSnapshot, project_id)
    if snapshot is not None and (after is None or after < snapshot.number):
        updates = _data_between(session, project_id, snapshot.number, number)
        return Parts(True, max(number, snapshot.number), [snapshot.data, *updates])
    return Parts(after is None, number, _data_between(session, project_id, after or 0, number))


def pull(session: Session, project: Project, *, after_update: int, after_fact: int, limit: int) -> Pull:
    """What came after these numbers, at most `limit` of each kind."""
    facts = facts_after(session, project.id, after_fact, limit)
    return Pull(
        epoch=project.epoch,
        updates=_updates_after(session, project, after_update, limit),
        facts=facts,
        last_update=project.last_update,
        last_fact=project.last_fact,
    )


def version_of(session: Session, project_id: str) -> dict[str, int]:
    """How many operations of each peer the server's document has."""
    found = select(Peer.peer, Peer.counter).where(Peer.project_id == project_id)
    return dict(session.execute(found).tuples().all())


def names_of(session: Session, user_ids: Iterable[str | None]) -> dict[str, str]:
    wanted = {user_id for user_id in user_ids if user_id is not None}
    found = select(User.id, User.name).where(User.id.in_(wanted))
    return dict(session.execute(found).tuples().all()) if wanted else {}


def update_message(row: DocumentUpdate, names: dict[str, str]) -> Update:
    return Update(
        number=row.number,
        data=base64.b64encode(row.data or b"").decode(),
        author_id=row.author_id,
        author_name=names.get(row.author_id or "", ""),
        device_id=row.device_id,
        created_at=row.created_at.isoformat(),
        returned_by=row.returned_by,
    )


def fact_message(row: LoggedFact, names: dict[str, str]) -> Fact:
    return Fact.model_validate(
        {
            **(row.extra or {}),
            "id": row.id,
            "kind": row.kind,
            "made_at": row.made_at,
            "body": row.body,
            "number": row.number,
            "author_id": row.author_id,
            "author_name": names.get(row.author_id or "", ""),
            "returned_by": row.returned_by,
        }
    )


def facts_after(session: Session, project_id: str, after: int, limit: int) -> list[Fact]:
    found = select(LoggedFact).where(LoggedFact.project_id == project_id, LoggedFact.number > after)
    rows = session.scalars(found.order_by(LoggedFact.number).limit(limit)).all()
    names = names_of(session, (row.author_id for row in rows))
    return [fact_message(row, names) for row in rows]


def _updates_after(session: Session, project: Project, after: int, limit: int) -> list[Update]:
    result: list[Update] = []
    room = MAX_PULL_BYTES
    snapshot = _better_snapshot(session, project, after)
    if snapshot is not None:
        result.append(_snapshot_message(snapshot))
        after, room = snapshot.number, room - len(snapshot.data)
    rows = _rows_after(session, project.id, after, limit - len(result), room, first=not result)
    names = names_of(session, (row.author_id for row in rows))
    return result + [update_message(row, names) for row in rows]


def _better_snapshot(session: Session, project: Project, after: int) -> DocumentSnapshot | None:
    """The snapshot, when it takes fewer bytes than what it stands for, or when that isn't kept any more."""
    number = session.scalar(select(DocumentSnapshot.number).where(DocumentSnapshot.project_id == project.id))
    if number is None or number <= after:
        return None
    covered = (
        select(func.sum(DocumentUpdate.size), func.count(DocumentUpdate.data))
        .where(DocumentUpdate.project_id == project.id)
        .where(DocumentUpdate.number > after, DocumentUpdate.number <= number)
    )
    size, kept = session.execute(covered).one()
    snapshot = session.get(DocumentSnapshot, project.id)
    assert snapshot is not None
    if kept < number - after or (number - after >= _WORTH_A_SNAPSHOT and len(snapshot.data) < (size or 0)):
        return snapshot
    return None


def _rows_after(
    session: Session, project_id: str, after: int, limit: int, room: int, *, first: bool
) -> Sequence[DocumentUpdate]:
    """As many entries as there is room for, sizes first: their bytes are read only when they are sent."""
    found = (
        select(DocumentUpdate.number, DocumentUpdate.size)
        .where(DocumentUpdate.project_id == project_id, DocumentUpdate.number > after)
        .order_by(DocumentUpdate.number)
        .limit(max(0, limit))
    )
    last = after
    for number, size in session.execute(found):
        room -= size
        if room < 0 and not (first and last == after):
            break
        last = number
    rows = select(DocumentUpdate).where(
        DocumentUpdate.project_id == project_id, DocumentUpdate.number > after, DocumentUpdate.number <= last
    )
    return session.scalars(rows.order_by(DocumentUpdate.number)).all() if last > after else []


def _snapshot_message(snapshot: DocumentSnapshot) -> Update:
    return Update(
        number=snapshot.number,
        data=base64.b64encode(snapshot.data).decode(),
        author_id=None,
        created_at=snapshot.created_at.isoformat(),
        snapshot=True,
    )


def _data_between(session: Session, project_id: str, after: int, number: int) -> list[bytes]:
    found = select(DocumentUpdate.data).where(
        DocumentUpdate.project_id == project_id, DocumentUpdate.number > after, DocumentUpdate.number <= number
    )
    return [data for data in session.scalars(found.order_by(DocumentUpdate.number)) if data is not None]
