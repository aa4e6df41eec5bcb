"""Comments over HTTP, for reading; they are written as facts, by a push."""

from __future__ import annotations

from fastapi import APIRouter

from sync_server.access.check import require_project
from sync_server.access.roles import Action
from sync_server.comments.reading import CommentPage, comments_after
from sync_server.http.dependencies import Caller, Reading
from sync_server.inputs import IdInPath, Limit
from sync_server.logs.routes import Number
from sync_server.problems import IN_WORKSPACE, documented

router = APIRouter(prefix="/projects", tags=["comments"])


@router.get("/{project_id}/comments", operation_id="list_comments", responses=documented(*IN_WORKSPACE))
def list_comments(
    project_id: IdInPath, caller: Caller, session: Reading, after: Number = 0, limit: Limit = 50
) -> CommentPage:
    """The comments of a project as they stand now"""
    project, _ = require_project(session, caller, Action.SEE, project_id)
    items = comments_after(session, project.id, after, limit)
    return CommentPage(items=items, next=items[-1].number if len(items) == limit else None)
