"""Signed addresses of private files: they expire, and the person's right to see is asked anew at each use."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from sync_server.access.principal import Principal
from sync_server.access.revocation import require_signed
from sync_server.access.roles import Action
from sync_server.api_keys.service import is_alive
from sync_server.blobs.models import Blob
from sync_server.blobs.schemas import Address
from sync_server.blobs.service import blob_to_see
from sync_server.database.base import now
from sync_server.problems import Missing
from sync_server.secrets.signatures import BadSignature, Signer
from sync_server.state import ServerState

PURPOSE = "blob"
ENDED = "This link has ended; open the file in the studio again."


def signed_address(state: ServerState, caller: Principal, blob: Blob, lifetime_s: int) -> Address:
    """An address that needs no sign-in. Its token holds no secret: who made it, and what it is for."""
    claims = {
        "sub": caller.user_id,
        "device": caller.device_id,
        "key": caller.api_key_id,
        "workspace": blob.workspace_id,
        "hash": blob.hash,
    }
    token = state.get(Signer).sign(PURPOSE, claims, lifetime_s)
    return Address(url=f"{state.config.url}/signed/{token}", expires_at=now() + timedelta(seconds=lifetime_s))


def blob_at(state: ServerState, session: Session, token: str) -> Blob:
    """What a signed address points to. Raises Missing when it ended or its maker lost the right."""
    try:
        claims = state.get(Signer).verify(PURPOSE, token)
    except BadSignature as error:
        raise Missing(ENDED) from error
    key = claims["key"]
    if key is not None and not is_alive(session, key):
        raise Missing(ENDED)
    principal, _ = require_signed(session, claims["sub"], claims["device"], Action.SEE, claims["workspace"])
    return blob_to_see(session, principal, claims["workspace"], claims["hash"])
