"""Comments on a shared project and its entries, as facts: what one says may be changed later, and every change is kept.

A comment says what its latest change says; the server numbers changes, and one's own that wait come after those.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import Connection, Row, delete, select
from sqlalchemy.dialects.sqlite import insert

from engine.library import facts as journal
from engine.library.clock import moment, now_ms
from engine.library.database import Database, Write
from engine.library.tables import comments, facts
from engine.protocol.comments import (
    COMMENT,
    COMMENT_CHANGE,
    MAX_COMMENT_CHARACTERS,
    MAX_MENTIONS,
    CommentBody,
    CommentChangeBody,
)
from engine.protocol.errors import BadInput, NotFound
from engine.protocol.ids import new_id

ON_ENTRY = "entry_id"


@dataclass(frozen=True)
class Comment:
    """`entry_id` is None for one on the project itself. `waits`: the server doesn't have all of it yet."""

    id: str
    project_id: str
    entry_id: str | None
    text: str
    mentions: tuple[str, ...]
    author_id: str | None
    author_name: str
    created_at: datetime
    edited: bool
    waits: bool


class Comments:
    """`said` are the comments of a project; the others write. All edits raise DiskFull, LibraryReadOnly."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def said(self, project_id: str, entry_id: str | None = None) -> list[Comment]:
        """Oldest first; those on one entry, or all of the project."""
        wanted = select(comments).where(comments.c.project_id == project_id, comments.c.deleted.is_(False))
        if entry_id is not None:
            wanted = wanted.where(comments.c.entry_id == entry_id)

        def work(connection: Connection) -> list[Comment]:
            there = (
                facts.c.project_id == project_id,
                facts.c.state.in_((journal.WAITING, journal.OWED, journal.REFUSED)),
            )
            waits = select(facts.c.subject).where(*there)
            waiting = set(connection.execute(waits).scalars())
            return [
                _comment(row, row.id in waiting)
                for row in connection.execute(wanted.order_by(comments.c.created_at, comments.c.id)).all()
            ]

        return self._database.read(work)

    def add(
        self,
        project_id: str,
        text: str,
        *,
        entry_id: str | None = None,
        mentions: Sequence[str] = (),
        author_id: str | None = None,
        author_name: str = "",
    ) -> str:
        """Say something; returns the comment's id. The author stands for this machine alone until the server has said
        who it is. Raises BadInput."""
        body = CommentBody(
            text=_checked(text), on={} if entry_id is None else {ON_ENTRY: entry_id}, mentions=_people(mentions)
        )
        id_ = new_id()

        def work(write: Write) -> None:
            journal.note_own(write, project_id, id_, COMMENT, id_, now_ms(), body.model_dump(mode="json"))
            mine = {"author_id": author_id, "author_name": author_name}
            write.connection.execute(facts.update().where(facts.c.id == id_).values(mine))
            rebuild_comment(write, project_id, id_)

        self._database.write(work)
        return id_

    def change(self, comment_id: str, text: str, mentions: Sequence[str] = ()) -> None:
        """Say it in other words. Raises BadInput, NotFound."""
        body = CommentChangeBody(comment_id=comment_id, text=_checked(text), mentions=_people(mentions))
        self._change(comment_id, body)

    def remove(self, comment_id: str) -> None:
        """Raises NotFound."""
        self._change(comment_id, CommentChangeBody(comment_id=comment_id, deleted=True))

    def _change(self, comment_id: str, body: CommentChangeBody) -> None:
        def work(write: Write) -> None:
            found = select(comments.c.project_id).where(comments.c.id == comment_id, comments.c.deleted.is_(False))
            project_id = write.connection.execute(found).scalar()
            if project_id is None:
                raise NotFound("This comment is gone; someone may have deleted it.")
            values = body.model_dump(mode="json", exclude_none=True)
            journal.note_own(write, project_id, new_id(), COMMENT_CHANGE, comment_id, now_ms(), values)
            rebuild_comment(write, project_id, comment_id)

        self._database.write(work)


def rebuild_comment(write: Write, project_id: str, comment_id: str) -> bool:
    """Let a comment say what its facts say now; False when its first fact isn't here or makes no sense."""
    connection = write.connection
    mine = (facts.c.project_id == project_id, facts.c.state != journal.ERASED)
    first = select(facts).where(facts.c.id == comment_id, facts.c.kind == COMMENT, *mine)
    row = connection.execute(first).one_or_none()
    try:
        said = None if row is None else CommentBody.model_validate_json(row.body)
    except ValidationError:
        said = None
    if row is None or said is None:
        connection.execute(delete(comments).where(comments.c.id == comment_id))
        return False
    changes = (facts.c.subject == comment_id, facts.c.kind == COMMENT_CHANGE, facts.c.state != journal.REFUSED)
    wanted = select(facts).where(*changes, *mine)
    text, mentions, deleted, edited = said.text, said.mentions, False, False
    for change in connection.execute(wanted.order_by(facts.c.number.is_(None), facts.c.number, facts.c.id)).all():
        try:
            later = CommentChangeBody.model_validate_json(change.body)
        except ValidationError:
            continue
        edited, deleted = True, later.deleted
        if later.text is not None:
            text, mentions = later.text, later.mentions
    on = said.on.get(ON_ENTRY)
    shown = {"text": text, "mentions": json.dumps(mentions), "deleted": deleted, "edited": edited}
    shown |= {"author_id": row.author_id, "author_name": row.author_name}
    put = insert(comments).values(
        id=comment_id,
        project_id=project_id,
        entry_id=on if isinstance(on, str) else "",
        created_at=row.made_at,
        **shown,
    )
    connection.execute(put.on_conflict_do_update(index_elements=["id"], set_=shown))
    write.changed("comment", comment_id)
    return True


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise BadInput("A comment needs a few words; write something.")
    if len(text) > MAX_COMMENT_CHARACTERS:
        raise BadInput(f"A comment has at most {MAX_COMMENT_CHARACTERS:,} characters; this one has {len(text):,}.")
    return text


def _people(mentions: Sequence[str]) -> list[str]:
    if len(mentions) > MAX_MENTIONS:
        raise BadInput(f"A comment mentions at most {MAX_MENTIONS} people; this one has {len(mentions)}.")
    return list(dict.fromkeys(mentions))


def _comment(row: Row[tuple[object, ...]], waits: bool) -> Comment:
    return Comment(
        id=row.id,
        project_id=row.project_id,
        entry_id=row.entry_id or None,
        text=row.text,
        mentions=tuple(json.loads(row.mentions)),
        author_id=row.author_id,
        author_name=row.author_name,
        created_at=moment(row.created_at),
        edited=row.edited,
        waits=waits,
    )
