"""The comments of a project as they stand: their latest text, or that they were deleted."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, JsonValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.protocol.comments import COMMENT, COMMENT_CHANGE
from sync_server.logs.models import LoggedFact
from sync_server.logs.reading import names_of


class CommentItem(BaseModel):
    id: str
    number: int
    author_id: str | None
    """None when it was given back after a restore: who wrote it isn't known then."""
    author_name: str
    text: str
    """Empty when it was deleted."""
    deleted: bool
    edited: bool
    on: dict[str, JsonValue]
    reply_to: str | None
    made_at: int
    """Milliseconds since 1970 by the maker's clock."""


class CommentPage(BaseModel):
    items: list[CommentItem]
    next: int | None
    """Ask for what came `after` this number."""


def comments_after(session: Session, project_id: str, after: int, limit: int) -> list[CommentItem]:
    """In the order in which the server got them; the latest change of each that the server numbered stands."""
    found = select(LoggedFact).where(
        LoggedFact.project_id == project_id, LoggedFact.kind == COMMENT, LoggedFact.number > after
    )
    rows = session.scalars(found.order_by(LoggedFact.number).limit(limit)).all()
    changes = _changes(session, project_id, rows)
    names = names_of(session, (row.author_id for row in rows))
    return [_item(row, changes.get(row.id, []), names) for row in rows]


def _changes(session: Session, project_id: str, rows: Sequence[LoggedFact]) -> dict[str, list[dict[str, JsonValue]]]:
    wanted = {row.id for row in rows}
    if not wanted:
        return {}
    found = select(LoggedFact.body).where(
        LoggedFact.project_id == project_id,
        LoggedFact.kind == COMMENT_CHANGE,
        LoggedFact.number > rows[0].number,
    )
    result: dict[str, list[dict[str, JsonValue]]] = {}
    for body in session.scalars(found.order_by(LoggedFact.number)):
        comment_id = str(body.get("comment_id"))
        if comment_id in wanted:
            result.setdefault(comment_id, []).append(body)
    return result


def _item(row: LoggedFact, changes: list[dict[str, JsonValue]], names: dict[str, str]) -> CommentItem:
    texts = [str(change["text"]) for change in changes if change.get("text") is not None]
    deleted = any(bool(change.get("deleted")) for change in changes)
    text = texts[-1] if texts else str(row.body.get("text", ""))
    return CommentItem(
        id=row.id,
        number=row.number,
        author_id=row.author_id,
        author_name=names.get(row.author_id or "", ""),
        text="" if deleted else text,
        deleted=deleted,
        edited=bool(texts),
        on=row.body.get("on") or {},
        reply_to=row.body.get("reply_to"),
        made_at=row.made_at,
    )
