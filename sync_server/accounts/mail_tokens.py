"""Tokens that go out by mail and come back once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sync_server.accounts.models import MailToken
from sync_server.accounts.tokens import hash_of, new_token
from sync_server.database.base import now
from sync_server.problems import Gone

REGISTER, RESET, EMAIL = "register", "reset", "email"
LIFETIME_S = {REGISTER: 24 * 3600, RESET: 3600, EMAIL: 24 * 3600}


def issue(
    session: Session,
    purpose: str,
    email: str,
    *,
    user_id: str | None = None,
    name: str = "",
    password_hash: str | None = None,
) -> str:
    """The token to be mailed; older ones of the same purpose and address end."""
    session.execute(delete(MailToken).where(MailToken.expires_at < now() - timedelta(days=1)))
    session.execute(
        delete(MailToken).where(
            MailToken.purpose == purpose, MailToken.email == email, MailToken.user_id.is_not_distinct_from(user_id)
        )
    )
    token = new_token()
    session.add(
        MailToken(
            purpose=purpose,
            token_hash=hash_of(token),
            user_id=user_id,
            email=email,
            name=name,
            password_hash=password_hash,
            expires_at=now() + timedelta(seconds=LIFETIME_S[purpose]),
        )
    )
    return token


def take(session: Session, token: str, *purposes: str) -> MailToken:
    """The token's row, used up by this. Raises Gone when it is unknown, of another purpose, used or too old."""
    found = session.scalar(select(MailToken).where(MailToken.token_hash == hash_of(token.strip())).with_for_update())
    if found is None or found.purpose not in purposes or found.expires_at <= now():
        raise Gone("This link is not valid or too old; ask for a new one.")
    if found.used_at is not None:
        raise Gone("This link was used before; if that was you, just sign in.")
    found.used_at = now()
    return found
