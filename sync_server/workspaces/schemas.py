"""Workspaces and members as they are asked for and told."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from sync_server.access.roles import Role
from sync_server.inputs import Identifier, Input, Name


class NewWorkspace(Input):
    name: Name


class WorkspaceName(Input):
    name: Name


class RoleGiven(Input):
    role: Role


class Heir(Input):
    user_id: Identifier = Field(description="The member who becomes an owner.")


class WorkspaceItem(BaseModel):
    id: str
    name: str
    role: Role
    """The caller's."""
    personal: bool
    """One's own: nobody else can be invited to it."""
    members: int
    used_bytes: int
    quota_bytes: int
    created_at: datetime
    trashed_at: datetime | None


class WorkspacePage(BaseModel):
    items: list[WorkspaceItem]
    next: str | None


class MemberItem(BaseModel):
    id: str
    """Of the membership."""
    user_id: str
    name: str
    email: str
    role: Role
    joined_at: datetime


class MemberPage(BaseModel):
    items: list[MemberItem]
    next: str | None
