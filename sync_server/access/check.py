"""May this caller do that? Asked within the transaction that does it, so that a role lost a moment ago counts."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.orm import Session

from sync_server.access.principal import Principal
from sync_server.access.roles import ALLOWED, SCOPE_OF, Action, Role, Scope
from sync_server.accounts.models import User
from sync_server.limits.counting import count_workspace
from sync_server.problems import Forbidden, Missing
from sync_server.projects.models import Project
from sync_server.workspaces.models import Membership, Workspace


def role_in(session: Session, principal: Principal, workspace_id: str, *, trashed: bool = False) -> Role | None:
    """None for strangers, and for everybody while the workspace is in the trash (`trashed` asks for just those)."""
    found = (
        select(Membership.role)
        .join(Workspace)
        .where(Membership.workspace_id == workspace_id, Membership.user_id == principal.user_id)
        .where(Workspace.trashed_at.is_not(None) if trashed else Workspace.trashed_at.is_(None))
    )
    role = session.scalar(found)
    return None if role is None else Role(role)


def workspaces_of(session: Session, user_id: str) -> dict[str, Role]:
    """The role in each workspace that this person belongs to."""
    found = (
        select(Membership.workspace_id, Membership.role)
        .join(Workspace)
        .where(Membership.user_id == user_id, Workspace.trashed_at.is_(None))
    )
    return {workspace_id: Role(role) for workspace_id, role in session.execute(found)}


def require_scope(principal: Principal, scope: Scope) -> None:
    """Raises Forbidden when an API key lacks it."""
    if scope not in principal.scopes:
        raise Forbidden(f"This API key has no “{scope}” scope; make one that has it, or sign in.")


_ROLES = (
    select(Membership.workspace_id, Membership.user_id, Membership.role, User.name)
    .join(Workspace, Workspace.id == Membership.workspace_id)
    .join(User, User.id == Membership.user_id)
    .where(tuple_(Membership.workspace_id, Membership.user_id).in_(bindparam("pairs", expanding=True)))
    .where(Workspace.trashed_at.is_(None))
)


def roles_of(session: Session, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], tuple[Role, str]]:
    """The roles and names of many at once: (workspace, user) → both; without strangers and trashed workspaces."""
    rows = session.execute(_ROLES, {"pairs": list(pairs)}) if pairs else ()
    return {(workspace_id, user_id): (Role(role), name) for workspace_id, user_id, role, name in rows}


def require(
    session: Session, principal: Principal, action: Action, workspace_id: str, *, trashed: bool = False
) -> Role:
    """The caller's role. Raises Missing for those who don't belong to the workspace, Forbidden for too low a role."""
    role = role_in(session, principal, workspace_id, trashed=trashed)
    if role is None:
        raise Missing("There is no such workspace, or you don't belong to it.")
    return require_role(role, principal, action, workspace_id)


def require_role(role: Role, principal: Principal, action: Action, workspace_id: str) -> Role:
    """Whether this role, which the caller has there, allows it. Raises Forbidden."""
    if action not in ALLOWED[role]:
        raise Forbidden(f"As {role} of this workspace you can't {action.replace('_', ' ')}; ask one of its admins.")
    require_scope(principal, SCOPE_OF[action])
    count_workspace(workspace_id)
    return role


def require_project(session: Session, principal: Principal, action: Action, project_id: str) -> tuple[Project, Role]:
    """The project and the caller's role in its workspace. Raises Missing, Forbidden."""
    project = session.get(Project, project_id)
    gone = project is None or project.deleted_at is not None
    role = None if project is None or gone else role_in(session, principal, project.workspace_id)
    if project is None or role is None:
        raise Missing("There is no such project, or it isn't shared with you.")
    return project, require_role(role, principal, action, project.workspace_id)
