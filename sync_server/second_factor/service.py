"""Enrolling, checking at a sign-in, recovery codes, switching off."""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from sync_server.accounts.lock import lock_user
from sync_server.accounts.models import User
from sync_server.database.base import now
from sync_server.limits.limiter import Limiter
from sync_server.problems import BadRequest, Conflict, Forbidden, SecondFactorNeeded, Unauthenticated
from sync_server.second_factor import codes
from sync_server.second_factor.models import RecoveryCode, SecondFactor
from sync_server.secrets.vault import Vault
from sync_server.state import ServerState

ISSUER = "MascotForge"
WRONG_CODES = "10/15 minutes"
"""Of one account: only those who know the password come so far, so nobody can be locked out by a stranger."""
WRONG = "The code is wrong or was used already; wait for the next one, or use a recovery code."


def is_enabled(session: Session, user_id: str) -> bool:
    factor = session.get(SecondFactor, user_id)
    return factor is not None and factor.confirmed_at is not None


def recovery_codes_left(session: Session, user_id: str) -> int:
    return session.scalar(select(func.count()).where(RecoveryCode.user_id == user_id)) or 0


def enrol(state: ServerState, session: Session, user_id: str) -> tuple[str, str]:
    """A seed and its `otpauth://` address. It asks for nothing until it is confirmed. Raises Conflict."""
    user = lock_user(session, user_id)
    factor = session.get(SecondFactor, user_id)
    if factor is not None and factor.confirmed_at is not None:
        raise Conflict("Your account has a second factor; switch it off before you set up another.")
    seed = codes.new_seed()
    sealed = state.get(Vault).seal(seed.encode(), _place(user_id))
    if factor is None:
        session.add(SecondFactor(user_id=user_id, seed=sealed))
    else:
        factor.seed, factor.created_at, factor.last_step = sealed, now(), 0
    return seed, codes.uri_of(seed, user.email, ISSUER)


def confirm(state: ServerState, session: Session, user_id: str, code: str) -> list[str]:
    """Switch it on by a first code; the recovery codes. Raises Conflict, BadRequest, TooMany."""
    lock_user(session, user_id)
    factor = session.get(SecondFactor, user_id)
    if factor is None:
        raise Conflict("Begin with setting up the authenticator app.")
    if factor.confirmed_at is not None:
        raise Conflict("The second factor is on already.")
    if not _accepted(state, session, factor, code, recovery=False):
        raise BadRequest("The code doesn't fit; look at the clock of your phone and try the next one.")
    factor.confirmed_at = now()
    return new_recovery_codes(session, user_id)


def check(state: ServerState, session: Session, user: User, code: str | None) -> None:
    """At a sign-in whose first proof was right. A code that is accepted is used up when the transaction commits.

    Raises SecondFactorNeeded without a code, Unauthenticated for a wrong one, TooMany.
    """
    if not is_enabled(session, user.id):
        return
    if code is None:
        raise SecondFactorNeeded("Your account has a second factor; send the code of your authenticator app, too.")
    if not _accepted_now(state, session, user.id, code):
        raise Unauthenticated(WRONG)


def require_code(state: ServerState, session: Session, user_id: str, code: str) -> None:
    """For a change of the second factor itself. Raises Conflict when it is off, Forbidden, TooMany."""
    if not is_enabled(session, user_id):
        raise Conflict("The second factor is off.")
    if not _accepted_now(state, session, user_id, code):
        raise Forbidden(WRONG)


def new_recovery_codes(session: Session, user_id: str) -> list[str]:
    """Ten new ones; those before are good no longer."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    made = codes.new_recovery_codes()
    session.add_all(RecoveryCode(user_id=user_id, code_hash=codes.hash_of_recovery(code)) for code in made)
    return made


def disable(session: Session, user_id: str) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))


def _accepted_now(state: ServerState, session: Session, user_id: str, code: str) -> bool:
    lock_user(session, user_id)  # the same code twice at once is accepted once
    factor = session.get_one(SecondFactor, user_id, populate_existing=True)
    return _accepted(state, session, factor, code, recovery=True)


def _accepted(state: ServerState, session: Session, factor: SecondFactor, code: str, *, recovery: bool) -> bool:
    limiter = state.get(Limiter)
    limiter.check("wrong codes of", factor.user_id, WRONG_CODES)
    if recovery and codes.is_recovery_code(code):
        right = _take_recovery(session, factor.user_id, code)
    else:
        seed = state.get(Vault).open(factor.seed, _place(factor.user_id)).decode()
        step = codes.step_of(seed, code, factor.last_step)
        right = step is not None
        if step is not None:
            factor.last_step = step
    if not right:
        limiter.hit("wrong codes of", factor.user_id, WRONG_CODES)
    return right


def _take_recovery(session: Session, user_id: str, code: str) -> bool:
    found = session.scalar(
        select(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.code_hash == codes.hash_of_recovery(code))
        .limit(1)
    )
    if found is None:
        return False
    session.delete(found)
    return True


def _place(user_id: str) -> str:
    return f"totp:{user_id}"
