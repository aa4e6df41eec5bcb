"""Workspaces, who belongs to them, and invitations. Raises of all: what `Session.call` raises."""

from __future__ import annotations

from engine.cloud.answers import understood
from engine.cloud.paging import pages, records
from engine.cloud.records import Invitation, Member, RemoteProject, Role, WorkspaceInfo
from engine.cloud.session import Session


def list_workspaces(session: Session) -> list[WorkspaceInfo]:
    """The personal one first."""
    found = records(WorkspaceInfo, pages(session, "/workspaces"))
    return sorted(found, key=lambda one: not one.personal)


def create_workspace(session: Session, name: str) -> WorkspaceInfo:
    return understood(WorkspaceInfo, session.call("POST", "/workspaces", {"name": name}))


def rename_workspace(session: Session, workspace_id: str, name: str) -> WorkspaceInfo:
    return understood(WorkspaceInfo, session.call("PATCH", f"/workspaces/{workspace_id}", {"name": name}))


def delete_workspace(session: Session, workspace_id: str) -> None:
    session.call("DELETE", f"/workspaces/{workspace_id}")


def members(session: Session, workspace_id: str) -> list[Member]:
    return records(Member, pages(session, f"/workspaces/{workspace_id}/members"))


def change_role(session: Session, workspace_id: str, user_id: str, role: Role) -> Member:
    body = {"role": role.value}
    return understood(Member, session.call("PATCH", f"/workspaces/{workspace_id}/members/{user_id}", {**body}))


def remove_member(session: Session, workspace_id: str, user_id: str) -> None:
    session.call("DELETE", f"/workspaces/{workspace_id}/members/{user_id}")


def leave(session: Session, workspace_id: str) -> None:
    session.call("POST", f"/workspaces/{workspace_id}/leave")


def transfer(session: Session, workspace_id: str, user_id: str) -> None:
    """Make another member the owner."""
    session.call("POST", f"/workspaces/{workspace_id}/transfer", {"user_id": user_id})


def invite(session: Session, workspace_id: str, email: str, role: Role) -> Invitation:
    body = {"email": email, "role": role.value}
    return understood(Invitation, session.call("POST", f"/workspaces/{workspace_id}/invitations", {**body}))


def open_invitations(session: Session, workspace_id: str) -> list[Invitation]:
    """Those that a workspace has sent."""
    return records(Invitation, pages(session, f"/workspaces/{workspace_id}/invitations"))


def revoke_invitation(session: Session, workspace_id: str, invitation_id: str) -> None:
    session.call("DELETE", f"/workspaces/{workspace_id}/invitations/{invitation_id}")


def my_invitations(session: Session) -> list[Invitation]:
    """Those that one has received."""
    return records(Invitation, pages(session, "/invitations"))


def accept(session: Session, invitation_id: str) -> WorkspaceInfo:
    return understood(WorkspaceInfo, session.call("POST", f"/invitations/{invitation_id}/accept"))


def decline(session: Session, invitation_id: str) -> None:
    session.call("POST", f"/invitations/{invitation_id}/decline")


def projects(session: Session, workspace_id: str) -> list[RemoteProject]:
    """Its projects, without those in its trash."""
    return records(RemoteProject, pages(session, "/projects", {"workspace_id": workspace_id}))
