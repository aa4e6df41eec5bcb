"""Projects over HTTP; their logs are in `sync_server/logs`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from sync_server.access.check import require_project
from sync_server.access.roles import Action, Role
from sync_server.http.dependencies import Caller, Reading, State, Writing
from sync_server.inputs import ID_PATTERN, After, IdInPath, Limit
from sync_server.problems import IN_WORKSPACE, Conflict, documented
from sync_server.projects import service
from sync_server.projects.models import Project
from sync_server.projects.schemas import NewProject, ProjectChange, ProjectItem, ProjectPage

router = APIRouter(prefix="/projects", tags=["projects"])
InWorkspace = Annotated[str, Query(max_length=64, pattern=ID_PATTERN)]
Trashed = Annotated[bool, Query(description="Those in the trash, instead of the others.")]


@router.get("", operation_id="list_projects", responses=documented(*IN_WORKSPACE))
def list_projects(
    workspace_id: InWorkspace,
    caller: Caller,
    session: Reading,
    after: After = None,
    limit: Limit = 50,
    trashed: Trashed = False,
) -> ProjectPage:
    """The projects of a workspace"""
    projects, role = service.list_in(session, caller, workspace_id, after=after, limit=limit, trashed=trashed)
    items = [project_item(project, role) for project in projects]
    return ProjectPage(items=items, next=items[-1].id if len(items) == limit else None)


@router.post("", status_code=201, operation_id="create_project", responses=documented(*IN_WORKSPACE, Conflict))
def create_project(caller: Caller, session: Writing, body: NewProject) -> ProjectItem:
    """Put a project into a workspace; the same again changes nothing"""
    return project_item(*service.create(session, caller, body))


@router.get("/{project_id}", operation_id="get_project", responses=documented(*IN_WORKSPACE))
def get_project(project_id: IdInPath, caller: Caller, session: Reading) -> ProjectItem:
    """One project"""
    return project_item(*require_project(session, caller, Action.SEE, project_id))


@router.patch("/{project_id}", operation_id="change_project", responses=documented(*IN_WORKSPACE))
def change_project(project_id: IdInPath, caller: Caller, session: Writing, body: ProjectChange) -> ProjectItem:
    """Rename it, put it into the trash or take it out"""
    return project_item(*service.change(session, caller, project_id, body))


@router.delete("/{project_id}", status_code=204, operation_id="delete_project", responses=documented(*IN_WORKSPACE))
def delete_project(project_id: IdInPath, caller: Caller, state: State, session: Writing) -> None:
    """Delete it for everyone; copies on people's own machines stay, and the server erases its own after 30 days"""
    service.remove(state, session, caller, project_id)


def project_item(project: Project, role: Role) -> ProjectItem:
    return ProjectItem(
        id=project.id,
        workspace_id=project.workspace_id,
        name=project.name,
        created_by=project.created_by,
        created_at=project.created_at.isoformat(),
        updated_at=project.updated_at.isoformat(),
        trashed_at=project.trashed_at.isoformat() if project.trashed_at else None,
        role=role,
        epoch=project.epoch,
        last_update=project.last_update,
        last_fact=project.last_fact,
        document_bytes=project.document_bytes,
    )
