"""Whose request it is, as far as its token says so: for counting, never for permission."""

from __future__ import annotations

from starlette.types import Scope

from sync_server.accounts.tokens import PURPOSE, hash_of
from sync_server.api_keys.service import PREFIX
from sync_server.http.context import header
from sync_server.secrets.signatures import BadSignature, Signer


def account_of(scope: Scope, signer: Signer) -> str | None:
    """The user's id by a valid access token, or the API key's hash; None for nobody."""
    scheme, _, token = header(scope, b"authorization").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    if token.startswith(PREFIX):
        return hash_of(token)
    try:
        return str(signer.verify(PURPOSE, token)["sub"])
    except (BadSignature, KeyError):
        return None
