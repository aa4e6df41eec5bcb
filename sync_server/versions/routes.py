"""Who changed a project and when, and how it was then."""

from __future__ import annotations

import base64
import json
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi import Path as PathParameter

from sync_server.access.check import require_project
from sync_server.access.principal import Principal
from sync_server.access.roles import Action
from sync_server.http.dependencies import Caller, Reading, State
from sync_server.inputs import IdInPath, Limit
from sync_server.logs.past import version_at
from sync_server.logs.reading import names_of
from sync_server.logs.routes import MAX_NUMBER
from sync_server.logs.validator import Validator
from sync_server.problems import IN_WORKSPACE, Missing, TooLarge, documented
from sync_server.state import ServerState
from sync_server.versions.history import Sitting, history
from sync_server.versions.schemas import DocumentVersion, HistoryItem, HistoryPage

router = APIRouter(prefix="/projects", tags=["versions"])
Number = Annotated[int, PathParameter(ge=0, le=MAX_NUMBER, description="An entry of the document's log.")]
Before = Annotated[int | None, Query(ge=1, le=MAX_NUMBER, description="Only what was before this entry.")]
WithSnapshot = Annotated[bool, Query(description="Loro's snapshot instead of the content as JSON.")]


@router.get("/{project_id}/history", operation_id="list_history", responses=documented(*IN_WORKSPACE))
def list_history(
    project_id: IdInPath, caller: Caller, session: Reading, before: Before = None, limit: Limit = 50
) -> HistoryPage:
    """Who changed the project, newest first; edits of one person in a row are one line"""
    project, _ = require_project(session, caller, Action.SEE, project_id)
    sittings = history(session, project.id, before, limit)
    names = names_of(session, (sitting.author_id for sitting in sittings))
    items = [_item(sitting, names) for sitting in sittings]
    return HistoryPage(items=items, next=items[-1].first_number if len(items) == limit else None)


@router.get(
    "/{project_id}/versions/{number}", operation_id="get_version", responses=documented(*IN_WORKSPACE, TooLarge)
)
def get_version(
    project_id: IdInPath, number: Number, caller: Caller, state: State, snapshot: WithSnapshot = False
) -> DocumentVersion:
    """The project's document as it was after an entry of its log"""
    head, version = _version(state, caller, project_id, number)
    validator = state.get(Validator)
    if snapshot:
        data = validator.snapshot_at(project_id, head, version)
        return DocumentVersion(number=number, version=version, snapshot=base64.b64encode(data).decode())
    value = json.loads(validator.value_at(project_id, head, version))
    return DocumentVersion(number=number, version=version, value=value)


def _version(state: ServerState, caller: Principal, project_id: str, number: int) -> tuple[int, dict[str, int]]:
    """The log's head and the version; no transaction is held while the validator works on it."""
    with state.database.read() as session:
        project, _ = require_project(session, caller, Action.SEE, project_id)
        if number > project.last_update:
            raise Missing(f"The project's log has {project.last_update} entries; there is no number {number}.")
        return project.last_update, version_at(session, project.id, number)


def _item(sitting: Sitting, names: dict[str, str]) -> HistoryItem:
    return HistoryItem(
        number=sitting.last,
        first_number=sitting.first,
        author_id=sitting.author_id,
        author_name=names.get(sitting.author_id or "", ""),
        returned_by=sitting.returned_by,
        began_at=sitting.began_at.isoformat(),
        ended_at=sitting.ended_at.isoformat(),
        operations=sitting.operations,
    )
