"""Signing up, in and out. What hashes passwords is asynchronous: it waits without holding a thread or a transaction."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.accounts import devices, sign_up, throttle, tokens
from sync_server.accounts.hashing import PasswordHasher
from sync_server.accounts.models import User
from sync_server.accounts.people import by_email, me_of
from sync_server.accounts.schemas import (
    Confirmation,
    Confirmed,
    EmailOnly,
    Login,
    Message,
    Refresh,
    Registration,
    SignedIn,
    Tokens,
)
from sync_server.accounts.second_step import SecondSteps
from sync_server.accounts.writing import written
from sync_server.audit.service import Audited, record
from sync_server.http.address import client_address
from sync_server.http.dependencies import Person, State, Writing
from sync_server.problems import (
    SIGNED_IN,
    AddressUnconfirmed,
    Conflict,
    Forbidden,
    Gone,
    Missing,
    SecondFactorNeeded,
    Unauthenticated,
    documented,
)
from sync_server.state import ServerState

router = APIRouter(prefix="/auth", tags=["auth"])
WRONG = "The address or the password is wrong; try again, or ask for a new password."
UNCONFIRMED = "This address isn't confirmed yet: follow the link in the mail that we sent to it, or have it sent again."


@router.post("/register", status_code=202, responses=documented(Forbidden), operation_id="register")
async def register(state: State, request: Request, given: Registration) -> Message:
    """Begin an account: a mail with a link follows, whether or not the address is known."""
    if not state.config.sign_up:
        raise Forbidden("This server makes no accounts by itself; ask its administrator for one.")
    throttle.mail(state, client_address(request, state.config.trusted_proxies), given.email)
    password_hash = await state.get(PasswordHasher).hash(given.password.get_secret_value())
    await written(state, lambda session: sign_up.register(state, session, given.email, given.name, password_hash))
    return Message(message=sign_up.CHECK_MAIL)


@router.post("/resend-verification", status_code=202, responses=documented(), operation_id="resend_verification")
def resend_verification(state: State, request: Request, session: Writing, given: EmailOnly) -> Message:
    """Mail the link of a registration again."""
    throttle.mail(state, client_address(request, state.config.trusted_proxies), given.email)
    sign_up.resend(state, session, given.email)
    return Message(message=sign_up.CHECK_MAIL)


@router.post("/verify-email", responses=documented(Gone, Conflict, Missing), operation_id="verify_email")
def verify_email(state: State, session: Writing, given: Confirmation) -> Confirmed:
    """Confirm an address with the token of the mail: of a registration, or of a change of address."""
    return Confirmed(email=sign_up.confirm(state, session, given.token).email)


@router.post("/login", responses=documented(Unauthenticated, Forbidden), operation_id="login")
async def login(state: State, request: Request, given: Login) -> SignedIn:
    """Sign in on a device. `second_factor_needed` asks for the same again with a code; `address_unconfirmed` says that
    the password is right, but the registration's mail waits to be confirmed.
    """
    address = client_address(request, state.config.trusted_proxies)
    throttle.check_login(state, address, given.email)
    stored, waiting = await run_in_threadpool(_stored_hashes, state, given.email)
    hasher, password = state.get(PasswordHasher), given.password.get_secret_value()
    if not await hasher.matches(password, stored):
        if await hasher.matches(password, waiting):  # as much work where none waits
            raise AddressUnconfirmed(UNCONFIRMED)
        await _failed(state, address, given.email)
        raise Unauthenticated(WRONG)

    def enter(session: Session) -> SignedIn:
        user = by_email(session, given.email)
        if user is None or user.password_hash != stored:
            raise Unauthenticated(WRONG)
        if user.disabled_at is not None:
            raise Forbidden("This account was closed by the server's administrator.")
        state.get(SecondSteps).check(session, user, given.code)
        pair = tokens.sign_in(state, session, user, device_name=given.device_name, address=address)
        return SignedIn(**vars(pair), user=me_of(session, user))

    try:
        return await written(state, enter)
    except Unauthenticated as error:
        if given.code is not None or not isinstance(error, SecondFactorNeeded):
            await _failed(state, address, given.email)
        raise


def _stored_hashes(state: ServerState, email: str) -> tuple[str | None, str | None]:
    """Of the account, and of a registration that waits to be confirmed."""
    with state.database.read() as session:
        waiting = sign_up.waiting_registration(session, email)
        account = session.scalar(select(User.password_hash).where(User.email == email))
        return account, None if waiting is None else waiting.password_hash


async def _failed(state: ServerState, address: str, email: str) -> None:
    """Count and record a wrong password or code. Raises TooMany. Does the same work for an unknown account."""

    def recorded(session: Session) -> None:
        user = by_email(session, email)
        record(session, None, Audited.SIGN_IN_FAILED, user_id=None if user is None else user.id)

    await written(state, recorded)
    throttle.failed_login(state, address, email)


@router.post("/refresh", responses=documented(Unauthenticated), operation_id="refresh")
def refresh(state: State, request: Request, given: Refresh) -> Tokens:
    """A new pair of tokens for a refresh token. Each is good once; one used again later ends the whole sign-in."""
    address = client_address(request, state.config.trusted_proxies)
    with state.database.write() as session:
        pair = tokens.refresh(state, session, given.refresh_token, address=address)
    if pair is None:  # the end of the sign-in is durable before it is told
        raise Unauthenticated(tokens.ENDED)
    return Tokens(**vars(pair))


@router.post("/logout", status_code=204, responses=documented(*SIGNED_IN, Missing), operation_id="logout")
def logout(state: State, person: Person, session: Writing) -> None:
    """Sign out this device."""
    assert person.device_id is not None
    devices.end(state, session, person.user_id, person.device_id)
    record(session, person, Audited.SIGNED_OUT, target=person.device_id)


@router.post("/logout-everywhere", status_code=204, responses=documented(*SIGNED_IN), operation_id="logout_everywhere")
def logout_everywhere(state: State, person: Person, session: Writing) -> None:
    """Sign out all devices, this one, too."""
    ended = devices.end_all(state, session, person.user_id)
    record(session, person, Audited.SIGNED_OUT, devices=ended)
