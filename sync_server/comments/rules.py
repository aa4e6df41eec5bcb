"""Which comments are taken: who wrote one is attested by the server, and only that person rewrites it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.protocol.comments import COMMENT, COMMENT_CHANGE, CommentBody, CommentChangeBody
from engine.protocol.errors import ErrorCode
from engine.protocol.sync import Fact, RefusedFact
from sync_server.access.principal import Principal
from sync_server.access.roles import RANK, Role
from sync_server.logs.models import LoggedFact
from sync_server.projects.models import Project


def refusal_of(
    session: Session,
    project: Project,
    role: Role,
    principal: Principal,
    fact: Fact,
    known: Mapping[str, LoggedFact],
) -> RefusedFact | None:
    """Why this fact can't be taken as a comment; None when it can, or is none. `known` are facts of the same push."""
    try:
        if fact.kind == COMMENT:
            body = CommentBody.model_validate(fact.body)
            if body.reply_to is not None and _comment(session, project, body.reply_to, known) is None:
                return _refused(fact, ErrorCode.NOT_FOUND, "The comment that this one answers isn't in the project.")
        elif fact.kind == COMMENT_CHANGE:
            return _refusal_of_change(session, project, role, principal, fact, known)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        return _refused(fact, ErrorCode.BAD_INPUT, f"The comment can't be used: look at its {where}.")
    return None


def _refusal_of_change(
    session: Session,
    project: Project,
    role: Role,
    principal: Principal,
    fact: Fact,
    known: Mapping[str, LoggedFact],
) -> RefusedFact | None:
    body = CommentChangeBody.model_validate(fact.body)
    comment = _comment(session, project, body.comment_id, known)
    if comment is None:
        return _refused(fact, ErrorCode.NOT_FOUND, "The comment that this changes isn't in the project.")
    if comment.author_id == principal.user_id:
        return None
    if body.deleted and body.text is None and RANK[role] >= RANK[Role.ADMIN]:
        return None
    return _refused(
        fact, ErrorCode.FORBIDDEN, "Only its author can change a comment; an admin of the workspace can delete it."
    )


def _comment(session: Session, project: Project, comment_id: str, known: Mapping[str, LoggedFact]) -> LoggedFact | None:
    found = known.get(comment_id) or session.scalar(
        select(LoggedFact).where(LoggedFact.project_id == project.id, LoggedFact.id == comment_id)
    )
    return found if found is not None and found.kind == COMMENT else None


def _refused(fact: Fact, code: ErrorCode, sentence: str) -> RefusedFact:
    return RefusedFact(id=fact.id, code=code, sentence=sentence)
