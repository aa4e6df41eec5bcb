"""Registration: the answer is the same whether or not an address is known; only its owner learns more, by mail.

One for a known address waits, too, though no mail holds its token: else whoever registers an address and then signs in
with that password would learn by the answer whether there was an account.
"""

from __future__ import annotations

from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.accounts import mail_tokens
from sync_server.accounts.models import MailToken, User
from sync_server.accounts.people import by_email, create_user, get_user
from sync_server.audit.service import Audited, record
from sync_server.database.base import now
from sync_server.mail.outbox import send_mail
from sync_server.problems import Conflict
from sync_server.state import ServerState

CHECK_MAIL = "We have sent a mail to this address; follow its link to go on."


def register(state: ServerState, session: Session, email: str, name: str, password_hash: str | None) -> None:
    """Mail a link that makes the account, or say by mail that there is one."""
    token = mail_tokens.issue(session, mail_tokens.REGISTER, email, name=name, password_hash=password_hash)
    _mail(state, session, email, name, token)


def resend(state: ServerState, session: Session, email: str) -> None:
    """The mail of a registration that waits, again, with a new link; nothing when none waits."""
    waiting = waiting_registration(session, email)
    if waiting is not None:
        register(state, session, email, waiting.name, waiting.password_hash)


def waiting_registration(session: Session, email: str) -> MailToken | None:
    """The newest one of this address that may still be confirmed."""
    return session.scalar(
        select(MailToken)
        .where(
            MailToken.purpose == mail_tokens.REGISTER,
            MailToken.email == email,
            MailToken.used_at.is_(None),
            MailToken.expires_at > now(),
        )
        .order_by(MailToken.id.desc())
        .limit(1)
    )


def confirm(state: ServerState, session: Session, token: str) -> User:
    """Make the account of a registration, or give an account its new address. Raises Gone, Conflict."""
    found = mail_tokens.take(session, token, mail_tokens.REGISTER, mail_tokens.EMAIL)
    if found.purpose == mail_tokens.REGISTER:
        user = create_user(session, found.email, name=found.name, password_hash=found.password_hash)
        record(session, None, Audited.SIGNED_UP, user_id=user.id, target=user.id)
        return user
    assert found.user_id is not None
    user = get_user(session, found.user_id)
    if by_email(session, found.email) is not None:
        raise Conflict("There is an account with this address already; choose another one.")
    sentence = f"The address of your account is {found.email} from now on."
    send_mail(state, session, user.email, "account_changed", name=user.name, what="new address", sentence=sentence)
    record(session, None, Audited.EMAIL_CHANGED, user_id=user.id, target=user.id, old=user.email, new=found.email)
    user.email, user.email_verified_at = found.email, now()
    return user


def _mail(state: ServerState, session: Session, email: str, name: str, token: str) -> None:
    known = by_email(session, email)
    if known is not None:
        send_mail(state, session, email, "known_address", name=known.name)
        return
    link = f"{state.config.url}/verify-email?token={quote(token)}"
    send_mail(state, session, email, "confirm", name=name, link=link, code=token)
