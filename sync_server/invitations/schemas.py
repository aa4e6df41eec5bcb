"""Invitations as they are asked for and told."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from sync_server.access.roles import Role
from sync_server.inputs import Email, Input
from sync_server.invitations.models import InvitationState


class NewInvitation(Input):
    email: Email
    role: Role = Role.MEMBER


class InvitationItem(BaseModel):
    id: str
    workspace_id: str
    workspace_name: str
    email: str
    role: Role
    invited_by: str
    """The name of who invites; empty when the account is gone."""
    state: InvitationState
    expired: bool
    created_at: datetime
    expires_at: datetime


class InvitationPage(BaseModel):
    items: list[InvitationItem]
    next: str | None
