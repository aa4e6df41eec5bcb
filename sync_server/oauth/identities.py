"""Whose an account at a provider is. An address alone never decides it: accounts are linked by their own people."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sync_server.accounts.lock import lock_user
from sync_server.accounts.models import User
from sync_server.accounts.people import by_email, create_user, get_user
from sync_server.audit.service import Audited, record
from sync_server.config import ServerConfig
from sync_server.oauth.models import Identity, OAuthGrant
from sync_server.problems import Conflict, Forbidden, Missing


def identities_of(session: Session, user_id: str) -> Sequence[Identity]:
    return session.scalars(select(Identity).where(Identity.user_id == user_id).order_by(Identity.id)).all()


def user_of(session: Session, config: ServerConfig, grant: OAuthGrant) -> User:
    """The person who signs in: known by the provider's account, or new.

    Raises Conflict when somebody has the address already, Forbidden when a new account can't be made.
    """
    known = _find(session, grant.provider, grant.subject)
    if known is not None:
        user = get_user(session, known.user_id)
        if user.disabled_at is not None:
            raise Forbidden("This account was closed by the server's administrator.")
        return user
    if not grant.email or not grant.email_verified:
        raise Forbidden("Your address isn't confirmed there; confirm it there first, or sign up here with a password.")
    if by_email(session, grant.email) is not None:
        raise Conflict(
            f"There is an account with {grant.email}; sign in with its password and link this one in your profile."
        )
    if not config.sign_up:
        raise Forbidden("This server makes no accounts by itself; ask its administrator for one.")
    user = create_user(session, grant.email, name=grant.name)
    record(session, None, Audited.SIGNED_UP, user_id=user.id, target=user.id, provider=grant.provider)
    _add(session, user.id, grant)
    return user


def link(session: Session, user_id: str, grant: OAuthGrant) -> Identity:
    """Raises Conflict when it belongs to somebody else, or the person has another one of this provider."""
    lock_user(session, user_id)
    known = _find(session, grant.provider, grant.subject)
    if known is not None and known.user_id == user_id:
        return known
    if known is not None:
        raise Conflict("It is linked to another account of this server; unlink it there first.")
    if any(one.provider == grant.provider for one in identities_of(session, user_id)):
        raise Conflict("You have linked another account of this provider; unlink that one first.")
    return _add(session, user_id, grant)


def unlink(session: Session, user_id: str, identity_id: str) -> Identity:
    """Raises Missing, and Conflict when the person could no longer sign in."""
    user = lock_user(session, user_id)
    identity = session.get(Identity, identity_id)
    if identity is None or identity.user_id != user_id:
        raise Missing("You have linked no such account.")
    others = session.scalar(select(func.count()).where(Identity.user_id == user_id, Identity.id != identity_id)) or 0
    if user.password_hash is None and others == 0:
        raise Conflict("Choose a password first: without it you could no longer sign in.")
    session.delete(identity)
    return identity


def _find(session: Session, provider: str, subject: str) -> Identity | None:
    return session.scalar(select(Identity).where(Identity.provider == provider, Identity.subject == subject))


def _add(session: Session, user_id: str, grant: OAuthGrant) -> Identity:
    identity = Identity(user_id=user_id, provider=grant.provider, subject=grant.subject, email=grant.email)
    try:
        with session.begin_nested():
            session.add(identity)
    except IntegrityError as error:  # somebody else was faster
        raise Conflict("It was linked to an account of this server a moment ago.") from error
    return identity
