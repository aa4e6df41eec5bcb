"""What the workspaces' sheet asks beyond the desk's own methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from app.account.calls import items
from engine.cloud.records import Invitation, Role, WorkspaceInfo

if TYPE_CHECKING:
    from engine.cloud.desk import CloudDesk

_WORKSPACES: TypeAdapter[list[WorkspaceInfo]] = TypeAdapter(list[WorkspaceInfo])
_INVITATIONS: TypeAdapter[list[Invitation]] = TypeAdapter(list[Invitation])


def rename(desk: CloudDesk, workspace_id: str, name: str) -> None:
    desk.call("PATCH", f"/workspaces/{workspace_id}", {"name": name})


def delete(desk: CloudDesk, workspace_id: str) -> None:
    """To the server's trash, from which it can come back for 30 days."""
    desk.call("DELETE", f"/workspaces/{workspace_id}")


def trashed(desk: CloudDesk) -> list[WorkspaceInfo]:
    """One's own workspaces in the server's trash."""
    found = _WORKSPACES.validate_python(items(desk.call("GET", "/workspaces", params={"trashed": True})))
    return [one for one in found if one.role is Role.OWNER]


def restore(desk: CloudDesk, workspace_id: str) -> None:
    """Out of the server's trash."""
    desk.call("POST", f"/workspaces/{workspace_id}/restore")


def transfer(desk: CloudDesk, workspace_id: str, user_id: str) -> None:
    """Another member becomes the owner."""
    desk.call("POST", f"/workspaces/{workspace_id}/transfer", {"user_id": user_id})


def open_invitations(desk: CloudDesk, workspace_id: str) -> list[Invitation]:
    """Those that nobody answered yet."""
    return _INVITATIONS.validate_python(items(desk.call("GET", f"/workspaces/{workspace_id}/invitations")))


def resend(desk: CloudDesk, workspace_id: str, invitation_id: str) -> None:
    desk.call("POST", f"/workspaces/{workspace_id}/invitations/{invitation_id}/resend")


def revoke(desk: CloudDesk, workspace_id: str, invitation_id: str) -> None:
    desk.call("DELETE", f"/workspaces/{workspace_id}/invitations/{invitation_id}")
