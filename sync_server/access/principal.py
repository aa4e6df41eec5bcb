"""Who makes a request: a signed-in device or an API key, proven anew with each request."""

from __future__ import annotations

from dataclasses import dataclass

from sync_server.access.roles import Scope


@dataclass(frozen=True)
class Principal:
    user_id: str
    device_id: str | None
    """None for an API key."""
    api_key_id: str | None
    scopes: frozenset[Scope]
    is_admin: bool = False


EVERYTHING = frozenset(Scope)
