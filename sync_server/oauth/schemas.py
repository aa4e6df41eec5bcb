"""Signing in with a provider, as a studio asks for it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from sync_server.accounts.schemas import Code, Name, OldPassword
from sync_server.inputs import Input
from sync_server.oauth.loopback import Challenge, LoopbackUri, StudioState, Verifier

OneTimeCode = Annotated[str, Field(min_length=1, max_length=100)]


class ProviderItem(BaseModel):
    id: str
    title: str


class ProviderList(BaseModel):
    items: list[ProviderItem]


class LinkStart(Input):
    redirect_uri: LoopbackUri
    state: StudioState
    code_challenge: Challenge
    password: OldPassword | None = None
    """Not needed within ten minutes of signing in by those who have none."""


class BrowserAddress(BaseModel):
    """Where the studio opens the browser."""

    url: str


class Exchange(Input):
    code: OneTimeCode
    """From the studio's own port."""
    code_verifier: Verifier
    second_factor: Code | None = None
    """When the answer to a first try was `second_factor_needed`; the one-time code is still good then."""
    device_name: Name = ""


class LinkExchange(Input):
    code: OneTimeCode
    code_verifier: Verifier


class IdentityItem(BaseModel):
    id: str
    provider: str
    title: str
    email: str
    created_at: datetime


class IdentityList(BaseModel):
    items: list[IdentityItem]
