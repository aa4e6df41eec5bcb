"""Changing a password, forgetting one, changing the address."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session

from sync_server.accounts import devices, mail_tokens, throttle
from sync_server.accounts.hashing import PasswordHasher
from sync_server.accounts.people import by_email, get_user
from sync_server.accounts.proof import require_password
from sync_server.accounts.schemas import EmailChange, EmailOnly, Message, PasswordChange, PasswordReset
from sync_server.accounts.sign_up import CHECK_MAIL
from sync_server.accounts.writing import written
from sync_server.audit.service import Audited, record
from sync_server.http.address import client_address
from sync_server.http.dependencies import Person, State, Writing
from sync_server.mail.outbox import send_mail
from sync_server.problems import SIGNED_IN, Gone, Missing, documented

router = APIRouter(prefix="/auth", tags=["auth"])
CHANGED = "The password of your account was changed, and all other devices were signed out."


@router.post(
    "/change-password", status_code=204, responses=documented(*SIGNED_IN, Missing), operation_id="change_password"
)
async def change_password(state: State, request: Request, person: Person, given: PasswordChange) -> None:
    """Choose another password. All other devices are signed out."""
    address = client_address(request, state.config.trusted_proxies)
    await require_password(state, person, given.old_password, address)
    password_hash = await state.get(PasswordHasher).hash(given.new_password.get_secret_value())

    def change(session: Session) -> None:
        user = get_user(session, person.user_id)
        user.password_hash = password_hash
        devices.end_all(state, session, user.id, but=person.device_id)
        record(session, person, Audited.PASSWORD_CHANGED, target=user.id)
        send_mail(state, session, user.email, "account_changed", name=user.name, what="new password", sentence=CHANGED)

    await written(state, change)


@router.post("/forgot-password", status_code=202, responses=documented(), operation_id="forgot_password")
def forgot_password(state: State, request: Request, session: Writing, given: EmailOnly) -> Message:
    """Mail a link for a new password. The answer is the same for an unknown address, which gets no mail."""
    throttle.mail(state, client_address(request, state.config.trusted_proxies), given.email)
    user = by_email(session, given.email)
    if user is not None and user.disabled_at is None:
        token = mail_tokens.issue(session, mail_tokens.RESET, user.email, user_id=user.id)
        link = f"{state.config.url}/reset-password?token={quote(token)}"
        send_mail(state, session, user.email, "reset_password", name=user.name, link=link, code=token)
    return Message(message=CHECK_MAIL)


@router.post("/reset-password", status_code=204, responses=documented(Gone, Missing), operation_id="reset_password")
async def reset_password(state: State, request: Request, given: PasswordReset) -> None:
    """Choose a new password with the token of the mail. All devices are signed out."""
    throttle.guess(state, client_address(request, state.config.trusted_proxies))
    password_hash = await state.get(PasswordHasher).hash(given.password.get_secret_value())

    def reset(session: Session) -> None:
        found = mail_tokens.take(session, given.token, mail_tokens.RESET)
        assert found.user_id is not None
        user = get_user(session, found.user_id)
        if user.email != found.email:
            raise Gone("This link was for an address that the account no longer has; ask for a new one.")
        user.password_hash = password_hash
        devices.end_all(state, session, user.id)
        record(session, None, Audited.PASSWORD_RESET, user_id=user.id, target=user.id)
        send_mail(state, session, user.email, "account_changed", name=user.name, what="new password", sentence=CHANGED)

    await written(state, reset)


@router.post("/change-email", status_code=202, responses=documented(*SIGNED_IN, Missing), operation_id="change_email")
async def change_email(state: State, request: Request, person: Person, given: EmailChange) -> Message:
    """Ask for another address: it counts once the mail that is sent there is confirmed (`verify-email`)."""
    address = client_address(request, state.config.trusted_proxies)
    await require_password(state, person, given.password, address)
    throttle.mail(state, address, given.email)

    def ask(session: Session) -> None:
        known = by_email(session, given.email)
        if known is not None:
            send_mail(state, session, given.email, "known_address", name=known.name)
            return
        user = get_user(session, person.user_id)
        token = mail_tokens.issue(session, mail_tokens.EMAIL, given.email, user_id=user.id)
        link = f"{state.config.url}/verify-email?token={quote(token)}"
        send_mail(state, session, given.email, "change_email", name=user.name, link=link, code=token)

    await written(state, ask)
    return Message(message=CHECK_MAIL)
