"""From the `Authorization` header to the caller. The only place where tokens are read from a request."""

from __future__ import annotations

from fastapi import Request
from sqlalchemy.orm import Session

from sync_server.access.principal import Principal
from sync_server.accounts.tokens import principal_of_access_token
from sync_server.api_keys.service import PREFIX, principal_of_key
from sync_server.api_keys.uses import KeyUses
from sync_server.problems import Unauthenticated
from sync_server.state import ServerState


def principal_of_request(state: ServerState, session: Session, request: Request) -> Principal:
    """Raises Unauthenticated when the header is missing, its token wrong or ended, or its device signed out."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("This needs an account: sign in, or send an API key as a bearer token.")
    return principal_of_token(state, session, token)


def principal_of_token(state: ServerState, session: Session, token: str) -> Principal:
    """The same for a token that came another way: the first message of a WebSocket."""
    if not token.startswith(PREFIX):
        return principal_of_access_token(state, session, token)
    principal = principal_of_key(session, token)
    state.get(KeyUses).saw(principal.api_key_id or "")
    return principal
