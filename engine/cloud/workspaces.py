"""Workspaces, who belongs to them, and invitations. Raises of all: what `Session.ask` raises."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from engine.cloud.answers import understood
from engine.cloud.api import models, operations
from engine.cloud.paging import AT_ONCE, pages, records
from engine.cloud.records import Invitation, Member, RemoteProject, Role, WorkspaceInfo
from engine.cloud.session import Session
from engine.library.settings import Settings

NAMES_KEY = "cloud.workspaces"


def list_workspaces(session: Session) -> list[WorkspaceInfo]:
    """The personal one first."""
    found = pages(session, lambda after: operations.list_workspaces(after=after, limit=AT_ONCE))
    return sorted(records(WorkspaceInfo, found), key=lambda one: not one.personal)


def remember(settings: Settings, found: Sequence[WorkspaceInfo]) -> None:
    """Keep their names, to be said without a connection."""
    known = names(settings)
    fresh = known | {workspace.id: workspace.name for workspace in found}
    if fresh != known:
        settings.set(NAMES_KEY, dict(fresh))


def names(settings: Settings) -> dict[str, str]:
    """The names of workspaces by id, as they were called when they were asked for last."""
    value = settings.get(NAMES_KEY)
    return {id_: str(name) for id_, name in value.items()} if isinstance(value, dict) else {}


def create_workspace(session: Session, name: str) -> WorkspaceInfo:
    return _workspace(session.ask(operations.create_workspace(models.NewWorkspace(name=name))))


def rename_workspace(session: Session, workspace_id: str, name: str) -> WorkspaceInfo:
    return _workspace(session.ask(operations.rename_workspace(workspace_id, models.WorkspaceName(name=name))))


def delete_workspace(session: Session, workspace_id: str) -> None:
    session.ask(operations.delete_workspace(workspace_id))


def members(session: Session, workspace_id: str) -> list[Member]:
    found = pages(session, lambda after: operations.list_members(workspace_id, after=after, limit=AT_ONCE))
    return records(Member, found)


def change_role(session: Session, workspace_id: str, user_id: str, role: Role) -> Member:
    said = session.ask(operations.change_member_role(workspace_id, user_id, models.RoleGiven(role=role.value)))
    return understood(Member, said.model_dump())


def remove_member(session: Session, workspace_id: str, user_id: str) -> None:
    session.ask(operations.remove_member(workspace_id, user_id))


def leave(session: Session, workspace_id: str) -> None:
    session.ask(operations.leave_workspace(workspace_id))


def transfer(session: Session, workspace_id: str, user_id: str) -> None:
    """Make another member the owner."""
    session.ask(operations.transfer_ownership(workspace_id, models.Heir(user_id=user_id)))


def invite(session: Session, workspace_id: str, email: str, role: Role) -> Invitation:
    wanted = models.NewInvitation(email=email, role=role.value)
    return understood(Invitation, session.ask(operations.create_invitation(workspace_id, wanted)).model_dump())


def open_invitations(session: Session, workspace_id: str) -> list[Invitation]:
    """Those that a workspace has sent."""
    found = pages(session, lambda after: operations.list_invitations(workspace_id, after=after, limit=AT_ONCE))
    return records(Invitation, found)


def revoke_invitation(session: Session, workspace_id: str, invitation_id: str) -> None:
    session.ask(operations.revoke_invitation(workspace_id, invitation_id))


def my_invitations(session: Session) -> list[Invitation]:
    """Those that one has received."""
    found = pages(session, lambda after: operations.list_my_invitations(after=after, limit=AT_ONCE))
    return records(Invitation, found)


def accept(session: Session, invitation_id: str) -> WorkspaceInfo:
    return _workspace(session.ask(operations.accept_invitation(invitation_id)))


def decline(session: Session, invitation_id: str) -> None:
    session.ask(operations.decline_invitation(invitation_id))


def projects(session: Session, workspace_id: str) -> list[RemoteProject]:
    """Its projects, without those in its trash."""
    found = pages(
        session, lambda after: operations.list_projects(workspace_id=workspace_id, after=after, limit=AT_ONCE)
    )
    return records(RemoteProject, found)


def _workspace(said: BaseModel) -> WorkspaceInfo:
    return understood(WorkspaceInfo, said.model_dump())
