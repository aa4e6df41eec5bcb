"""Who is told of a comment: members whom it mentions, and the author of the comment that it answers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.protocol.comments import COMMENT, COMMENT_CHANGE, CommentBody, CommentChangeBody
from sync_server.access.principal import Principal
from sync_server.accounts.models import User
from sync_server.logs.models import LoggedFact
from sync_server.notifications.kinds import Kind
from sync_server.notifications.telling import notify
from sync_server.projects.models import Project
from sync_server.state import ServerState
from sync_server.workspaces.models import Membership

_SHOWN_CHARACTERS = 200


def notify_mentioned(
    state: ServerState, session: Session, project: Project, principal: Principal, facts: Sequence[LoggedFact]
) -> None:
    """Tell members whom these new facts concern, and nobody else; what was given back is old news."""
    for fact in facts:
        if fact.returned_by is None and fact.kind in (COMMENT, COMMENT_CHANGE):
            _tell(state, session, project, principal, fact)


def _tell(state: ServerState, session: Session, project: Project, principal: Principal, fact: LoggedFact) -> None:
    mentioned, answered, text = _read(session, fact)
    mentioned = _members(session, project.workspace_id, mentioned - {principal.user_id})
    answered = _members(session, project.workspace_id, answered - mentioned - {principal.user_id})
    author = session.get(User, principal.user_id)
    name = author.name if author is not None and author.name else "Someone"
    words = text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
    for people, kind, did in (
        (mentioned, Kind.MENTIONED, "mentioned you in"),
        (answered, Kind.COMMENTED, "answered your comment in"),
    ):
        if people:
            notify(
                state,
                session,
                people,
                kind,
                f"{name} {did} “{project.name}”: {words}",
                actor_id=principal.user_id,
                workspace_id=project.workspace_id,
                project_id=project.id,
                target=fact.id,
            )


def _read(session: Session, fact: LoggedFact) -> tuple[set[str], set[str], str]:
    """Who is mentioned for the first time, whose comment is answered, and the words."""
    if fact.kind == COMMENT_CHANGE:
        change = CommentChangeBody.model_validate(fact.body)
        before = _fact(session, fact.project_id, change.comment_id)
        known = set(CommentBody.model_validate(before.body).mentions) if before is not None else set[str]()
        return (set[str]() if change.deleted else set(change.mentions) - known), set(), change.text or ""
    body = CommentBody.model_validate(fact.body)
    answered = _fact(session, fact.project_id, body.reply_to) if body.reply_to is not None else None
    authors = {answered.author_id} if answered is not None and answered.author_id is not None else set[str]()
    return set(body.mentions), authors, body.text


def _fact(session: Session, project_id: str, fact_id: str) -> LoggedFact | None:
    return session.scalar(select(LoggedFact).where(LoggedFact.project_id == project_id, LoggedFact.id == fact_id))


def _members(session: Session, workspace_id: str, user_ids: set[str]) -> set[str]:
    if not user_ids:
        return set()
    found = select(Membership.user_id).where(Membership.workspace_id == workspace_id, Membership.user_id.in_(user_ids))
    return set(session.scalars(found))
