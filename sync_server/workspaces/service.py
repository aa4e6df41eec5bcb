"""Workspaces: made, named, put into the trash and taken out again. Members are next door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sync_server.access.check import require, workspaces_of
from sync_server.access.principal import Principal
from sync_server.access.revocation import lost_workspace
from sync_server.access.roles import Action, Role
from sync_server.audit.service import Audited, record
from sync_server.database.base import now
from sync_server.problems import Conflict, Missing
from sync_server.state import ServerState
from sync_server.workspaces.models import Membership, Workspace

TRASH_TIME = timedelta(days=30)
MAX_WORKSPACES = 200
"""Of one person."""


@dataclass(frozen=True)
class Belonging:
    """A workspace as one of its members sees it."""

    workspace: Workspace
    role: Role
    members: int


def list_for(session: Session, user_id: str, after: str | None, limit: int, *, trashed: bool) -> list[Belonging]:
    """The workspaces of a person; those in the trash only for their owners, who alone can take them out."""
    found = (
        select(Workspace, Membership.role)
        .join(Membership, Membership.workspace_id == Workspace.id)
        .where(Membership.user_id == user_id)
        .where(Workspace.trashed_at.is_not(None) if trashed else Workspace.trashed_at.is_(None))
        .order_by(Workspace.id)
        .limit(limit)
    )
    if trashed:
        found = found.where(Membership.role == Role.OWNER)
    if after is not None:
        found = found.where(Workspace.id > after)
    rows = session.execute(found).tuples().all()
    members = _members(session, [workspace.id for workspace, _ in rows])
    return [Belonging(workspace, Role(role), members[workspace.id]) for workspace, role in rows]


def see(session: Session, principal: Principal, workspace_id: str) -> Belonging:
    """Raises Missing for strangers."""
    return _belonging(session, workspace_id, require(session, principal, Action.SEE, workspace_id))


def create(session: Session, principal: Principal, name: str) -> Belonging:
    """A workspace with the caller as its owner. Raises Conflict when the caller is in too many."""
    if len(workspaces_of(session, principal.user_id)) >= MAX_WORKSPACES:
        raise Conflict(f"You belong to {MAX_WORKSPACES} workspaces, which is the most; leave one first.")
    workspace = Workspace(name=name)
    session.add(workspace)
    session.flush()
    session.add(Membership(workspace_id=workspace.id, user_id=principal.user_id, role=Role.OWNER))
    record(session, principal, Audited.WORKSPACE_CREATED, workspace_id=workspace.id, target=workspace.id, name=name)
    return Belonging(workspace, Role.OWNER, 1)


def rename(session: Session, principal: Principal, workspace_id: str, name: str) -> Belonging:
    role = require(session, principal, Action.RENAME, workspace_id)
    belonging = _belonging(session, workspace_id, role)
    workspace = belonging.workspace
    record(
        session,
        principal,
        Audited.WORKSPACE_RENAMED,
        workspace_id=workspace_id,
        target=workspace_id,
        before=workspace.name,
        after=name,
    )
    workspace.name = name
    return belonging


def trash(state: ServerState, session: Session, principal: Principal, workspace_id: str) -> None:
    """From now on nobody sees the workspace and what it holds; an owner can restore it for 30 days.

    Raises Conflict for a personal workspace, which goes with its account.
    """
    require(session, principal, Action.TRANSFER, workspace_id)
    workspace = locked(session, workspace_id)
    if workspace.personal_of is not None:
        raise Conflict("This is your own workspace; it goes only with your account.")
    workspace.trashed_at = now()
    record(session, principal, Audited.WORKSPACE_DELETED, workspace_id=workspace_id, target=workspace_id)
    lost_workspace(state, session, workspace_id, None, f"The workspace “{workspace.name}” was deleted.")


def restore(session: Session, principal: Principal, workspace_id: str) -> Belonging:
    """Take it out of the trash. Raises Missing when it isn't there, or was erased."""
    role = require(session, principal, Action.TRANSFER, workspace_id, trashed=True)
    belonging = _belonging(session, workspace_id, role)
    belonging.workspace.trashed_at = None
    record(session, principal, Audited.WORKSPACE_RESTORED, workspace_id=workspace_id, target=workspace_id)
    return belonging


def locked(session: Session, workspace_id: str) -> Workspace:
    """The workspace, whose members nobody else changes until this transaction ends."""
    found = select(Workspace).where(Workspace.id == workspace_id)
    workspace = session.scalar(found.with_for_update().execution_options(populate_existing=True))
    if workspace is None:
        raise Missing("There is no such workspace, or you don't belong to it.")
    return workspace


def _belonging(session: Session, workspace_id: str, role: Role) -> Belonging:
    workspace = session.get_one(Workspace, workspace_id)
    return Belonging(workspace, role, _members(session, [workspace_id])[workspace_id])


def _members(session: Session, workspace_ids: list[str]) -> dict[str, int]:
    counted = (
        select(Membership.workspace_id, func.count())
        .where(Membership.workspace_id.in_(workspace_ids))
        .group_by(Membership.workspace_id)
    )
    return dict(session.execute(counted).tuples().all())
