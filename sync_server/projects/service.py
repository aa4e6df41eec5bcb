"""Projects come into a workspace, are renamed, trashed and taken back, deleted, and erased 30 days after that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.protocol.ids import new_id
from engine.protocol.sync import Revoked
from sync_server.access.check import require, require_project, role_in
from sync_server.access.principal import Principal
from sync_server.access.roles import ALLOWED, Action, Role
from sync_server.audit.service import Audited, record
from sync_server.database.base import now
from sync_server.database.database import after_commit
from sync_server.problems import Conflict
from sync_server.projects.models import Project
from sync_server.projects.schemas import NewProject, ProjectChange
from sync_server.state import ServerState

ERASED_AFTER = timedelta(days=30)


def project_channel(project_id: str) -> str:
    return f"project:{project_id}"


def create(session: Session, principal: Principal, wanted: NewProject) -> tuple[Project, Role]:
    """Put a project into a workspace; the same again is the same project. Raises Missing, Forbidden, Conflict."""
    role = require(session, principal, Action.EDIT, wanted.workspace_id)
    known = session.get(Project, wanted.id, with_for_update=True)
    if known is not None and known.deleted_at is None:
        if known.workspace_id == wanted.workspace_id:
            return known, role
        raise _elsewhere(session, principal, known)
    if known is not None:
        if known.workspace_id == wanted.workspace_id:
            known.deleted_at, known.name, known.updated_at = None, wanted.name, now()
            _record(session, principal, Audited.PROJECT_RESTORED, known)
            return known, role
        there = role_in(session, principal, known.workspace_id)
        if there is None or Action.DELETE_PROJECT not in ALLOWED[there]:
            raise _taken()
        # Deleted where it was, and now put elsewhere by someone who may delete it there: it begins anew.
        erase(session, [known.id])
    project = Project(
        id=wanted.id,
        workspace_id=wanted.workspace_id,
        name=wanted.name,
        created_by=principal.user_id,
        updated_at=now(),
        epoch=new_id(),
    )
    session.add(project)
    session.flush()
    _record(session, principal, Audited.PROJECT_CREATED, project)
    return project, role


def list_in(
    session: Session, principal: Principal, workspace_id: str, *, after: str | None, limit: int, trashed: bool
) -> tuple[Sequence[Project], Role]:
    """The projects of a workspace by id, those in the trash or the others. Raises Missing, Forbidden."""
    role = require(session, principal, Action.SEE, workspace_id)
    found = select(Project).where(Project.workspace_id == workspace_id, Project.deleted_at.is_(None))
    found = found.where(Project.trashed_at.is_not(None) if trashed else Project.trashed_at.is_(None))
    if after is not None:
        found = found.where(Project.id > after)
    return session.scalars(found.order_by(Project.id).limit(limit)).all(), role


def change(session: Session, principal: Principal, project_id: str, change: ProjectChange) -> tuple[Project, Role]:
    """Rename a project, put it into the trash or take it out. Raises Missing, Forbidden."""
    project, role = require_project(session, principal, Action.EDIT, project_id)
    if change.name is not None:
        project.name = change.name
    if change.trashed is not None and change.trashed != (project.trashed_at is not None):
        project.trashed_at = now() if change.trashed else None
    project.updated_at = now()
    return project, role


def remove(state: ServerState, session: Session, principal: Principal, project_id: str) -> None:
    """Delete a project for everyone; whoever has a copy keeps it. Raises Missing, Forbidden."""
    project, _ = require_project(session, principal, Action.DELETE_PROJECT, project_id)
    project.deleted_at = project.updated_at = now()
    _record(session, principal, Audited.PROJECT_DELETED, project)
    channel = project_channel(project.id)
    told = Revoked(channel=channel, sentence="The project was deleted from the workspace; your copy stays yours.")
    after_commit(session, lambda: state.hub.publish(channel, told))


def erase(session: Session, project_ids: Sequence[str]) -> None:
    """Take projects away for good; their logs go with them."""
    session.execute(delete(Project).where(Project.id.in_(project_ids)))
    session.expire_all()


def erase_old(session: Session) -> int:
    """Erase what was deleted 30 days ago; returns how many projects that were."""
    old = session.scalars(select(Project.id).where(Project.deleted_at < now() - ERASED_AFTER)).all()
    erase(session, old)
    return len(old)


def _record(session: Session, principal: Principal, what: Audited, project: Project) -> None:
    record(session, principal, what, workspace_id=project.workspace_id, target=project.id, name=project.name)


def _elsewhere(session: Session, principal: Principal, project: Project) -> Conflict:
    if role_in(session, principal, project.workspace_id) is None:
        return _taken()
    return Conflict("This project is in another workspace already; delete it there first, or share a copy of it.")


def _taken() -> Conflict:
    return Conflict("A project with this id can't be put here; share a copy of it instead.")
