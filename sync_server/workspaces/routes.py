"""Workspaces and their members over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from sync_server.access.check import require_scope
from sync_server.access.roles import Role, Scope
from sync_server.config import ServerConfig
from sync_server.http.dependencies import Caller, Person, Reading, State, Writing
from sync_server.inputs import After, IdInPath, Limit
from sync_server.problems import IN_WORKSPACE, SIGNED_IN, Conflict, documented
from sync_server.workspaces import members, service
from sync_server.workspaces.members import Member
from sync_server.workspaces.schemas import (
    Heir,
    MemberItem,
    MemberPage,
    NewWorkspace,
    RoleGiven,
    WorkspaceItem,
    WorkspaceName,
    WorkspacePage,
)
from sync_server.workspaces.service import Belonging

router = APIRouter(prefix="/workspaces", tags=["workspaces"])
Trashed = Annotated[bool, Query(description="Those in the trash which you own, instead of the others.")]


@router.get("", operation_id="list_workspaces", responses=documented(*SIGNED_IN))
def list_workspaces(
    caller: Caller, state: State, session: Reading, after: After = None, limit: Limit = 50, trashed: Trashed = False
) -> WorkspacePage:
    """The workspaces to which you belong"""
    require_scope(caller, Scope.READ)
    found = service.list_for(session, caller.user_id, after, limit, trashed=trashed)
    items = [workspace_item(state.config, belonging) for belonging in found]
    return WorkspacePage(items=items, next=items[-1].id if len(items) == limit else None)


@router.post("", status_code=201, operation_id="create_workspace", responses=documented(*SIGNED_IN, Conflict))
def create_workspace(person: Person, state: State, session: Writing, body: NewWorkspace) -> WorkspaceItem:
    """Make a workspace; you are its owner"""
    return workspace_item(state.config, service.create(session, person, body.name))


@router.get("/{workspace_id}", operation_id="get_workspace", responses=documented(*IN_WORKSPACE))
def get_workspace(workspace_id: IdInPath, caller: Caller, state: State, session: Reading) -> WorkspaceItem:
    """One workspace, with your role in it"""
    return workspace_item(state.config, service.see(session, caller, workspace_id))


@router.patch("/{workspace_id}", operation_id="rename_workspace", responses=documented(*IN_WORKSPACE))
def rename_workspace(
    workspace_id: IdInPath, caller: Caller, state: State, session: Writing, body: WorkspaceName
) -> WorkspaceItem:
    """Give it another name"""
    return workspace_item(state.config, service.rename(session, caller, workspace_id, body.name))


@router.delete(
    "/{workspace_id}",
    status_code=204,
    operation_id="delete_workspace",
    responses=documented(*IN_WORKSPACE, Conflict),
)
def delete_workspace(workspace_id: IdInPath, caller: Caller, state: State, session: Writing) -> None:
    """Put it into the trash with all it holds; it is erased after 30 days"""
    service.trash(state, session, caller, workspace_id)


@router.post(
    "/{workspace_id}/restore",
    operation_id="restore_workspace",
    responses=documented(*IN_WORKSPACE),
)
def restore_workspace(workspace_id: IdInPath, caller: Caller, state: State, session: Writing) -> WorkspaceItem:
    """Take it out of the trash"""
    return workspace_item(state.config, service.restore(session, caller, workspace_id))


@router.get("/{workspace_id}/members", operation_id="list_members", responses=documented(*IN_WORKSPACE))
def list_members(
    workspace_id: IdInPath, caller: Caller, session: Reading, after: After = None, limit: Limit = 50
) -> MemberPage:
    """Who belongs to it, in the order of joining"""
    items = [_member(one) for one in members.list_members(session, caller, workspace_id, after, limit)]
    return MemberPage(items=items, next=items[-1].id if len(items) == limit else None)


@router.patch(
    "/{workspace_id}/members/{user_id}",
    operation_id="change_member_role",
    responses=documented(*IN_WORKSPACE, Conflict),
)
def change_member_role(
    workspace_id: IdInPath, user_id: IdInPath, caller: Caller, state: State, session: Writing, body: RoleGiven
) -> MemberItem:
    """Give a member another role, below your own unless you are an owner"""
    return _member(members.change_role(state, session, caller, workspace_id, user_id, body.role))


@router.delete(
    "/{workspace_id}/members/{user_id}",
    status_code=204,
    operation_id="remove_member",
    responses=documented(*IN_WORKSPACE, Conflict),
)
def remove_member(workspace_id: IdInPath, user_id: IdInPath, person: Person, state: State, session: Writing) -> None:
    """Remove a member; live connections and signed links of this person end at once"""
    members.remove_member(state, session, person, workspace_id, user_id)


@router.post(
    "/{workspace_id}/leave",
    status_code=204,
    operation_id="leave_workspace",
    responses=documented(*IN_WORKSPACE, Conflict),
)
def leave_workspace(workspace_id: IdInPath, person: Person, state: State, session: Writing) -> None:
    """Leave it; the copies on your own machines stay yours"""
    members.leave(state, session, person, workspace_id)


@router.post(
    "/{workspace_id}/transfer",
    operation_id="transfer_ownership",
    responses=documented(*IN_WORKSPACE, Conflict),
)
def transfer_ownership(
    workspace_id: IdInPath, caller: Caller, state: State, session: Writing, body: Heir
) -> MemberItem:
    """Make another member the owner, and yourself an admin"""
    return _member(members.transfer_ownership(state, session, caller, workspace_id, body.user_id))


def workspace_item(config: ServerConfig, belonging: Belonging) -> WorkspaceItem:
    workspace = belonging.workspace
    return WorkspaceItem(
        id=workspace.id,
        name=workspace.name,
        role=belonging.role,
        personal=workspace.personal_of is not None,
        members=belonging.members,
        used_bytes=workspace.used_bytes,
        quota_bytes=config.quota_bytes,
        created_at=workspace.created_at,
        trashed_at=workspace.trashed_at,
    )


def _member(member: Member) -> MemberItem:
    membership, user = member
    return MemberItem(
        id=membership.id,
        user_id=user.id,
        name=user.name,
        email=user.email,
        role=Role(membership.role),
        joined_at=membership.created_at,
    )
