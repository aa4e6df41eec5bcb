"""Notifications and preferences as they are told and taken."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from sync_server.inputs import Identifier, Input
from sync_server.notifications.kinds import Digest, Kind


class NotificationItem(BaseModel):
    id: str
    kind: str
    sentence: str
    actor_id: str | None
    workspace_id: str | None
    project_id: str | None
    target: str
    """The id of the comment, invitation or job; empty when it is about none."""
    created_at: datetime
    read_at: datetime | None


class NotificationPage(BaseModel):
    items: list[NotificationItem]
    next: str | None


class Unread(BaseModel):
    unread: int


class MarkRead(Input):
    ids: Annotated[list[Identifier], Field(min_length=1, max_length=200)]


class MarkAllRead(Input):
    up_to: Identifier | None = None
    """The newest one that the person has seen; all when missing."""


class KindPreference(BaseModel):
    kind: Kind
    title: str
    app: bool
    mail: bool


class Preferences(BaseModel):
    digest: Digest
    kinds: list[KindPreference]


class KindChange(Input):
    kind: Kind
    app: bool | None = None
    mail: bool | None = None


class PreferencesChange(Input):
    digest: Digest | None = None
    kinds: Annotated[tuple[KindChange, ...], Field(max_length=50)] = ()
