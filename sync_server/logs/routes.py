"""The logs over HTTP: pull what came after, push what is new."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from engine.protocol.sync import Pull, Push, Pushed
from sync_server.access.check import require_project
from sync_server.access.roles import Action
from sync_server.http.dependencies import Caller, State
from sync_server.inputs import IdInPath
from sync_server.logs import reading
from sync_server.logs.merging import merge
from sync_server.logs.validator import Validator
from sync_server.logs.writer import LogWriter
from sync_server.problems import IN_WORKSPACE, Conflict, TooLarge, documented

router = APIRouter(prefix="/projects", tags=["sync"])
MAX_NUMBER = 2**63 - 1
Number = Annotated[int, Query(ge=0, le=MAX_NUMBER, description="The last number that the replica has.")]
Entries = Annotated[int, Query(ge=1, le=1000, description="How many entries of each log at most.")]
WithVersion = Annotated[bool, Query(description="Also say which operations the server's document holds.")]

Merged = Annotated[bool, Query(description="Many entries may come as one update; else each by itself.")]


@router.get("/{project_id}/log", operation_id="pull_log", responses=documented(*IN_WORKSPACE))
def pull_log(
    project_id: IdInPath,
    caller: Caller,
    state: State,
    after_update: Number = 0,
    after_fact: Number = 0,
    limit: Entries = 500,
    version: WithVersion = False,
    merged: Merged = True,
) -> Pull:
    """What came to a project's logs after these numbers"""
    with state.database.read() as session:
        project, _ = require_project(session, caller, Action.SEE, project_id)
        found = reading.pull(session, project, after_update=after_update, after_fact=after_fact, limit=limit)
        if version:
            found = found.model_copy(update={"version": reading.version_of(session, project.id)})
    return merge(state.database, state.get(Validator), project_id, found) if merged else found


@router.post("/{project_id}/log", operation_id="push_log", responses=documented(*IN_WORKSPACE, Conflict, TooLarge))
def push_log(project_id: IdInPath, caller: Caller, state: State, body: Push) -> Pushed:
    """Add to a project's logs; durable when it is answered"""
    return state.get(LogWriter).submit(caller, project_id, body).result()
