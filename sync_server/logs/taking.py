"""One push becomes entries of the logs, inside a transaction that holds its project's lock.

What is wrong with a push is found before anything of it is written, so that a bad one leaves no trace in a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from blake3 import blake3
from pydantic import JsonValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.protocol.comments import COMMENT, COMMENT_CHANGE
from engine.protocol.errors import ErrorCode
from engine.protocol.ids import canonical_json
from engine.protocol.sync import MAX_FACT_BYTES, Fact, Push, Pushed, RefusedFact
from sync_server.access.principal import Principal
from sync_server.access.roles import Action, Role
from sync_server.comments.rules import refusal_of
from sync_server.database.base import now
from sync_server.logs.binding import Owned, is_return, really_new
from sync_server.logs.models import DocumentUpdate, LoggedFact, Peer
from sync_server.logs.table import Table
from sync_server.logs.validator import Checked
from sync_server.problems import Conflict
from sync_server.projects.epochs import may_return
from sync_server.projects.models import Project

_OWN_FIELDS = frozenset(Fact.model_fields)


@dataclass
class Taken:
    """What a push became, and the new rows that teammates are told of."""

    answer: Pushed
    update: DocumentUpdate | None = None
    facts: list[LoggedFact] = field(default_factory=list[LoggedFact])


def action_of(push: Push) -> Action:
    """What one must be allowed to do for this push."""
    comments_alone = push.update is None and all(fact.kind in (COMMENT, COMMENT_CHANGE) for fact in push.facts)
    return Action.COMMENT if comments_alone else Action.EDIT


class HasEpoch(Protocol):
    epoch: Any


def require_epoch(project: HasEpoch, push: Push) -> None:
    """Raises Conflict."""
    if push.epoch != project.epoch:
        raise Conflict("The project's log has begun anew since; pull, then push again what the server lacks.")


def take(
    table: Table,
    project: Project,
    role: Role,
    principal: Principal,
    push: Push,
    data: bytes,
    checked: Checked | None,
) -> Taken:
    """Write what is new of a push. Raises Conflict, Forbidden."""
    require_epoch(project, push)
    update = None if checked is None else _take_update(table, project, principal, push, data, checked)
    facts, refused = _take_facts(table.session, project, role, principal, push)
    if update is not None or facts:
        project.updated_at = now()
    number = update.number if update is not None else _number_of(table.session, project.id, data)
    answer = Pushed(
        epoch=project.epoch,
        update_number=number,
        last_update=project.last_update,
        last_fact=project.last_fact,
        refused=refused,
    )
    return Taken(answer, update, facts)


def _take_update(
    table: Table, project: Project, principal: Principal, push: Push, data: bytes, checked: Checked
) -> DocumentUpdate | None:
    rows = table.peers(project.id, checked.spans)
    known = {peer: Owned(row.user_id, row.counter) for peer, row in rows.items()}
    spans = really_new(checked.spans, known)
    if not spans:
        return None
    allowed = may_return(project)
    returned = is_return(spans, known, principal.user_id, asked=push.returning, allowed=allowed)
    for peer, (_, end) in spans.items():
        row = rows.get(peer)
        if row is None:
            row = Peer(project_id=project.id, peer=peer, user_id=None)
            table.add_peer(row)
        if row.user_id is None and not returned:
            row.user_id, row.device_id = principal.user_id, principal.device_id
        row.counter = end
    project.last_update += 1
    project.document_bytes = checked.weight
    entry = DocumentUpdate(
        project_id=project.id,
        number=project.last_update,
        digest=blake3(data).digest(),
        data=data,
        size=len(data),
        spans={peer: list(span) for peer, span in spans.items()},
        author_id=None if returned else principal.user_id,
        returned_by=principal.user_id if returned else None,
        device_id=principal.device_id,
        created_at=now(),
    )
    table.session.add(entry)
    return entry


def _take_facts(
    session: Session, project: Project, role: Role, principal: Principal, push: Push
) -> tuple[list[LoggedFact], list[RefusedFact]]:
    if not push.facts:
        return [], []
    # Facts of pushes before this one, in the same batch, are looked for as well.
    session.flush()
    taken: list[LoggedFact] = []
    unfit = {id(fact): problem for fact in push.facts if (problem := _unfit(fact)) is not None}
    refused = list(unfit.values())
    fit = [fact for fact in push.facts if id(fact) not in unfit]
    known = _known_facts(session, project.id, [fact.id for fact in fit])
    for fact in fit:
        if fact.id in known:
            if not _same(known[fact.id], fact):
                refused.append(_refused(fact, ErrorCode.CONFLICT, "Another fact has this id; give this one its own."))
            continue
        problem = refusal_of(session, project, role, principal, fact, known)
        if problem is not None:
            refused.append(problem)
            continue
        row = _row(project, principal, push, fact)
        known[fact.id] = row
        taken.append(row)
    session.add_all(taken)
    return taken, refused


def _row(project: Project, principal: Principal, push: Push, fact: Fact) -> LoggedFact:
    project.last_fact += 1
    # What a replica gives back after a restore is its caller's own only if it says so; who else made it, it can't say.
    returned = push.returning and may_return(project) and fact.author_id != principal.user_id
    return LoggedFact(
        project_id=project.id,
        number=project.last_fact,
        id=fact.id,
        kind=fact.kind,
        made_at=fact.made_at,
        body=fact.body,
        extra=_unknown_fields(fact) or None,
        author_id=None if returned else principal.user_id,
        returned_by=principal.user_id if returned else None,
        created_at=now(),
    )


def _unknown_fields(fact: Fact) -> dict[str, JsonValue]:
    return {name: value for name, value in (fact.model_extra or {}).items() if name not in _OWN_FIELDS}


def _unfit(fact: Fact) -> RefusedFact | None:
    try:
        text = canonical_json({"body": fact.body, "extra": fact.model_extra, "id": fact.id, "kind": fact.kind})
    except (ValueError, RecursionError):
        return _refused(fact, ErrorCode.BAD_INPUT, "This fact holds a number or a text that can't be kept.")
    if len(text) > MAX_FACT_BYTES:
        return _refused(fact, ErrorCode.TOO_LARGE, f"A fact may take {MAX_FACT_BYTES // 1024} KiB; this takes more.")
    if b"\\u0000" in text or not -(2**63) <= fact.made_at < 2**63:
        return _refused(fact, ErrorCode.BAD_INPUT, "This fact holds a number or a text that can't be kept.")
    return None


def _refused(fact: Fact, code: ErrorCode, sentence: str) -> RefusedFact:
    return RefusedFact(id=fact.id, code=code, sentence=sentence)


def _same(row: LoggedFact, fact: Fact) -> bool:
    # As values: a database may write 1e2 as 100.
    return row.kind == fact.kind and row.body == fact.body


def _known_facts(session: Session, project_id: str, ids: Sequence[str]) -> dict[str, LoggedFact]:
    if not ids:
        return {}
    found = select(LoggedFact).where(LoggedFact.project_id == project_id, LoggedFact.id.in_(ids))
    return {row.id: row for row in session.scalars(found)}


def _number_of(session: Session, project_id: str, data: bytes) -> int | None:
    if not data:
        return None
    session.flush()
    found = select(DocumentUpdate.number).where(
        DocumentUpdate.project_id == project_id, DocumentUpdate.digest == blake3(data).digest()
    )
    return session.scalar(found)
