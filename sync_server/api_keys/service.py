"""Making, rotating and revoking keys, and finding the one that a secret belongs to."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from sync_server.access.principal import Principal
from sync_server.access.roles import Scope
from sync_server.accounts.lock import lock_user
from sync_server.accounts.models import User
from sync_server.api_keys.models import ApiKey
from sync_server.api_keys.schemas import NewApiKey
from sync_server.database.base import now
from sync_server.problems import Conflict, Missing, Unauthenticated

PREFIX = "mfk_"
SHOWN = 10
MAX_KEYS = 50


def create_key(session: Session, user_id: str, new: NewApiKey) -> tuple[ApiKey, str]:
    """The key and its secret, which is stored nowhere. Raises Conflict when there are too many."""
    lock_user(session, user_id)
    if (session.scalar(select(func.count()).where(ApiKey.user_id == user_id)) or 0) >= MAX_KEYS:
        raise Conflict(f"You have {MAX_KEYS} API keys already; revoke those that you don't need.")
    secret = _new_secret()
    lifetime = new.expires_in_days
    key = ApiKey(
        user_id=user_id,
        name=new.name,
        beginning=secret[:SHOWN],
        secret_hash=_hash(secret),
        scopes=sorted(set(new.scopes)),
        expires_at=None if lifetime is None else now() + timedelta(days=lifetime),
    )
    session.add(key)
    session.flush()
    return key, secret


def list_keys(session: Session, user_id: str, after: str | None, limit: int) -> Sequence[ApiKey]:
    """The oldest first."""
    own = select(ApiKey).where(ApiKey.user_id == user_id)
    if after is not None:
        own = own.where(ApiKey.id > after)
    return session.scalars(own.order_by(ApiKey.id).limit(limit)).all()


def get_key(session: Session, user_id: str, key_id: str, *, lock: bool = False) -> ApiKey:
    """Raises Missing, also for those of others."""
    own = select(ApiKey).where(ApiKey.id == key_id, ApiKey.user_id == user_id)
    key = session.scalar(own.with_for_update() if lock else own)
    if key is None:
        raise Missing("You have no such API key.")
    return key


def rotate_key(session: Session, user_id: str, key_id: str, grace_s: int) -> tuple[ApiKey, str]:
    """A new secret; the old one stays good for a while, an older one ends now. Raises Missing, Conflict."""
    key = get_key(session, user_id, key_id, lock=True)
    if key.expires_at is not None and key.expires_at <= now():
        raise Conflict("This API key has expired; make a new one.")
    secret = _new_secret()
    key.former_secret_hash = key.secret_hash if grace_s else None
    key.former_until = now() + timedelta(seconds=grace_s) if grace_s else None
    key.secret_hash, key.beginning, key.rotated_at = _hash(secret), secret[:SHOWN], now()
    return key, secret


def revoke_key(session: Session, user_id: str, key_id: str) -> None:
    """Raises Missing."""
    session.delete(get_key(session, user_id, key_id))


def principal_of_key(session: Session, secret: str) -> Principal:
    """Who may do what with this secret. Raises Unauthenticated when it is unknown, revoked, rotated away or expired."""
    hashed, at = _hash(secret), now()
    row = session.execute(
        select(ApiKey)
        .join(User, User.id == ApiKey.user_id)
        .where(
            or_(ApiKey.secret_hash == hashed, and_(ApiKey.former_secret_hash == hashed, ApiKey.former_until > at)),
            or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > at),
            User.disabled_at.is_(None),
        )
    ).scalar_one_or_none()
    if row is None:
        raise Unauthenticated("This API key is unknown, revoked or expired; make a new one in your account.")
    # Never an administrator: a leaked key mustn't open the whole server.
    return Principal(row.user_id, None, row.id, frozenset(Scope(scope) for scope in row.scopes), is_admin=False)


def is_alive(session: Session, key_id: str) -> bool:
    """Neither revoked nor expired: for what goes on after the key was shown, an open socket or a signed address."""
    key = session.get(ApiKey, key_id)
    return key is not None and (key.expires_at is None or key.expires_at > now())


def _new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
