"""Which projects of a library sync: putting one into a workspace, taking in those of others, ending it.

A project keeps its id everywhere. Ending never takes anything away: the copy here stays, and so do the others'.
"""

from __future__ import annotations

import re

from engine.cloud import unsent, workspaces
from engine.cloud.api import models, operations
from engine.cloud.records import RemoteProject, WorkspaceInfo
from engine.cloud.session import Session
from engine.library.library import Library
from engine.library.shared import ACTIVE, ENDED, LOST, SharedProject
from engine.protocol.errors import NotFound

MAX_NAME_CHARACTERS = 100
_UNFIT = re.compile(r"[\x00-\x1f\x7f/\\]+")


def share_project(library: Library, session: Session, project_id: str, workspace_id: str) -> SharedProject:
    """Put a project into a workspace; from now on it syncs. The same again goes on after it was ended.

    Raises NotFound, Forbidden (a VIEWER), Conflict (it is in another workspace).
    """
    account = session.require()
    project = library.projects.get(project_id)
    wanted = models.NewProject(id=project_id, workspace_id=workspace_id, name=plain_name(project.name))
    said = session.ask(operations.create_project(wanted))
    whose = unsent.account_for(library, session, project_id)
    return library.shared.begin(project_id, account.server, workspace_id, whose, said.role)


def stop_sharing(library: Library, project_id: str) -> None:
    """Sync it no more; the copy here stays, and so does the workspace's. Raises NotFound when it isn't shared."""
    if library.shared.get(project_id) is None:
        raise NotFound("This project is not shared.")
    library.shared.change(project_id, state=ENDED, sentence="You stopped sharing it; your copy stays yours.")


def lose(library: Library, project_id: str, sentence: str) -> None:
    """It ended elsewhere: removed from the workspace, deleted there."""
    known = library.shared.get(project_id)
    if known is not None and known.state == ACTIVE:
        library.shared.change(project_id, state=LOST, sentence=sentence)


def find_projects(library: Library, session: Session) -> list[RemoteProject]:
    """All projects of all workspaces of the account; `here` says which this library has."""
    known = library.shared.names()
    return [
        project.model_copy(update={"here": project.id in known})
        for workspace in workspaces.list_workspaces(session)
        for project in workspaces.projects(session, workspace.id)
    ]


def join_all(library: Library, session: Session) -> list[SharedProject]:
    """Let every project of one's workspaces sync with this library, but those that were ended here by choice.

    One that lies here unshared under the same id is left alone: what is private goes out only when its owner shares it.
    Returns those that sync now.
    """
    found = workspaces.list_workspaces(session)
    workspaces.remember(library.settings, found)
    for workspace in found:
        for project in workspaces.projects(session, workspace.id):
            _join(library, session, workspace, project)
    return active(library, session)


def active(library: Library, session: Session) -> list[SharedProject]:
    """The projects that sync with the server of the sign-in."""
    account = session.known()
    if account is None:
        return []
    return [one for one in library.shared.all() if one.state == ACTIVE and one.server == account.server]


def _join(library: Library, session: Session, workspace: WorkspaceInfo, project: RemoteProject) -> None:
    server = session.require().server
    known = library.shared.get(project.id)
    role = (project.role or workspace.role).value
    is_back = known is not None and known.state == LOST
    if known is None and project.id in library.shared.names():
        return
    if known is None or (is_back and (known.server, known.workspace_id) == (server, workspace.id)):
        library.shared.begin(project.id, server, workspace.id, unsent.account_for(library, session, project.id), role)
    elif known.state == ACTIVE and known.role != role:
        library.shared.change(project.id, role=role)


def rename_remote(session: Session, project_id: str, name: str) -> None:
    """Let the server's lists show the name that the document says."""
    session.ask(operations.change_project(project_id, models.ProjectChange(name=plain_name(name))))


def plain_name(name: str) -> str:
    """A name as a server takes it."""
    return " ".join(_UNFIT.sub(" ", name).split())[:MAX_NAME_CHARACTERS].strip(". ") or "Project"
