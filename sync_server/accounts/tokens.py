"""Signing a device in: a short access token that is signed, a long refresh token that is stored as a hash."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sync_server.access.principal import EVERYTHING, Principal
from sync_server.accounts import devices
from sync_server.accounts.models import Device, RefreshToken, User
from sync_server.audit.service import Audited, record
from sync_server.database.base import now
from sync_server.problems import Unauthenticated
from sync_server.secrets.signatures import BadSignature, Signer
from sync_server.state import ServerState

PURPOSE = "access"
REFRESH_PREFIX = "mfr_"
ENDED = "This sign-in has ended; sign in again."


@dataclass(frozen=True)
class TokenPair:
    access_token: str
    refresh_token: str
    expires_in: int
    """Seconds until the access token ends."""


def hash_of(token: str) -> str:
    """Tokens are long and random: a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token(prefix: str = "") -> str:
    return prefix + secrets.token_urlsafe(32)


def sign_in(state: ServerState, session: Session, user: User, *, device_name: str, address: str) -> TokenPair:
    """A new device of this user and its first tokens. The caller has proven who it is."""
    device = Device(user_id=user.id, name=device_name, address=address, seen_at=now())
    session.add(device)
    session.flush()
    record(session, None, Audited.SIGNED_IN, user_id=user.id, target=device.id, device=device_name)
    return _issue(state, session, device)


def refresh(state: ServerState, session: Session, token: str, *, address: str) -> TokenPair | None:
    """The next pair for a refresh token. None for one that was used before: then its device is signed out by this
    transaction, which has to be committed before Unauthenticated is answered. Raises Unauthenticated for any other."""
    found = session.scalar(
        select(RefreshToken).where(RefreshToken.token_hash == hash_of(token)).with_for_update().limit(1)
    )
    device = None if found is None else session.get(Device, found.device_id, with_for_update=True)
    user = None if device is None else session.get(User, device.user_id)
    at = now()
    if found is None or device is None or user is None or device.revoked_at is not None or user.disabled_at is not None:
        raise Unauthenticated(ENDED)
    if found.expires_at <= at:
        raise Unauthenticated("This sign-in is too old; sign in again.")
    if found.used_at is None:
        found.used_at = at
    elif at - found.used_at > timedelta(seconds=state.config.refresh_grace_s):
        record(session, None, Audited.TOKEN_REUSED, user_id=user.id, target=device.id)
        devices.end(state, session, user.id, device.id)
        return None
    device.seen_at = at
    device.address = address
    return _issue(state, session, device)


def principal_of_access_token(state: ServerState, session: Session, token: str) -> Principal:
    """Raises Unauthenticated when the token isn't ours or its time is over, or device or user have ended."""
    try:
        claims = state.get(Signer).verify(PURPOSE, token)
    except BadSignature as error:
        raise Unauthenticated(ENDED) from error
    row = session.execute(
        select(Device.user_id, User.is_admin)
        .join(User, User.id == Device.user_id)
        .where(Device.id == str(claims.get("did")), Device.revoked_at.is_(None), User.disabled_at.is_(None))
    ).one_or_none()
    if row is None or row.user_id != claims.get("sub"):
        raise Unauthenticated(ENDED)
    return Principal(row.user_id, str(claims["did"]), None, EVERYTHING, row.is_admin)


def _issue(state: ServerState, session: Session, device: Device) -> TokenPair:
    config, token, at = state.config, new_token(REFRESH_PREFIX), now()
    session.execute(delete(RefreshToken).where(RefreshToken.device_id == device.id, RefreshToken.expires_at < at))
    expires = at + timedelta(seconds=config.refresh_token_s)
    session.add(RefreshToken(device_id=device.id, token_hash=hash_of(token), expires_at=expires))
    claims = {"sub": device.user_id, "did": device.id}
    access = state.get(Signer).sign(PURPOSE, claims, config.access_token_s)
    return TokenPair(access, token, config.access_token_s)
