"""API keys as they are told and asked for. The secret is told once, when it is made."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from sync_server.inputs import Input, Name

DAY_S = 24 * 3600
KeyScope = Literal["read", "write", "publish"]
Scopes = Annotated[list[KeyScope], Field(min_length=1, max_length=3)]


class NewApiKey(Input):
    name: Name
    scopes: Scopes
    expires_in_days: Annotated[int, Field(ge=1, le=3650)] | None = 365
    """None makes a key that stays good until it is revoked."""


class ApiKeyChange(Input):
    """What isn't named stays. Scopes can only be given when a key is made."""

    name: Name


class Rotation(Input):
    grace_s: Annotated[int, Field(ge=0, le=7 * DAY_S)] = DAY_S
    """For how long the old secret stays good."""


class ApiKeyItem(BaseModel):
    id: str
    name: str
    beginning: str
    """The first letters of its secret."""
    scopes: list[str]
    created_at: datetime
    rotated_at: datetime | None
    former_until: datetime | None
    """Until when the secret before the last rotation is good, too."""
    expires_at: datetime | None
    last_used_at: datetime | None
    last_address: str


class ApiKeyPage(BaseModel):
    items: list[ApiKeyItem]
    next: str | None


class ApiKeySecret(ApiKeyItem):
    secret: str
    """Told this once: keep it where others can't read it."""
