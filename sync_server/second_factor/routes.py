"""Setting up and switching off the second factor of one's own account."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session

from sync_server.access.principal import Principal
from sync_server.accounts.people import get_user
from sync_server.accounts.proof import require_password
from sync_server.accounts.writing import written
from sync_server.audit.service import Audited, record
from sync_server.http.address import client_address
from sync_server.http.dependencies import Person, Reading, State, Writing
from sync_server.mail.outbox import send_mail
from sync_server.problems import SIGNED_IN, Conflict, Missing, documented
from sync_server.second_factor import service
from sync_server.second_factor.models import SecondFactor
from sync_server.second_factor.schemas import (
    Enrolment,
    FirstCode,
    Proof,
    ProofWithCode,
    RecoveryCodes,
    SecondFactorStatus,
)
from sync_server.state import ServerState

router = APIRouter(prefix="/auth/second-factor", tags=["second factor"])
CHANGES = documented(*SIGNED_IN, Missing, Conflict)
ON = "Signing in now asks for a code of your authenticator app, too."
OFF = "Signing in no longer asks for a code of your authenticator app."


@router.get("", operation_id="get_second_factor", responses=documented(*SIGNED_IN))
def get_second_factor(person: Person, session: Reading) -> SecondFactorStatus:
    """Whether signing in asks for a code, and how many recovery codes are left"""
    factor = session.get(SecondFactor, person.user_id)
    confirmed = None if factor is None else factor.confirmed_at
    left = service.recovery_codes_left(session, person.user_id)
    return SecondFactorStatus(enabled=confirmed is not None, confirmed_at=confirmed, recovery_codes_left=left)


@router.post("/enrol", operation_id="enrol_second_factor", responses=CHANGES)
async def enrol_second_factor(state: State, request: Request, person: Person, given: Proof) -> Enrolment:
    """Begin: a secret for the authenticator app. Nothing changes before it is confirmed"""
    await require_password(state, person, given.password, client_address(request, state.config.trusted_proxies))
    secret, uri = await written(state, lambda session: service.enrol(state, session, person.user_id))
    return Enrolment(secret=secret, uri=uri)


@router.post("/confirm", operation_id="confirm_second_factor", responses=CHANGES)
def confirm_second_factor(state: State, person: Person, session: Writing, given: FirstCode) -> RecoveryCodes:
    """Switch it on by a first code; the answer holds the recovery codes"""
    made = service.confirm(state, session, person.user_id, given.code)
    _tell(state, session, person, Audited.SECOND_FACTOR_ENABLED, "second factor on", ON)
    return RecoveryCodes(codes=made)


@router.post("/recovery-codes", operation_id="renew_recovery_codes", responses=CHANGES)
async def renew_recovery_codes(state: State, request: Request, person: Person, given: ProofWithCode) -> RecoveryCodes:
    """Ten new recovery codes; those before are good no longer"""
    await require_password(state, person, given.password, client_address(request, state.config.trusted_proxies))

    def renew(session: Session) -> list[str]:
        service.require_code(state, session, person.user_id, given.code)
        return service.new_recovery_codes(session, person.user_id)

    return RecoveryCodes(codes=await written(state, renew))


@router.post("/disable", status_code=204, operation_id="disable_second_factor", responses=CHANGES)
async def disable_second_factor(state: State, request: Request, person: Person, given: ProofWithCode) -> None:
    """Switch it off; needs the password and a code"""
    await require_password(state, person, given.password, client_address(request, state.config.trusted_proxies))

    def switch_off(session: Session) -> None:
        service.require_code(state, session, person.user_id, given.code)
        service.disable(session, person.user_id)
        _tell(state, session, person, Audited.SECOND_FACTOR_DISABLED, "second factor off", OFF)

    await written(state, switch_off)


def _tell(state: ServerState, session: Session, person: Principal, action: Audited, what: str, sentence: str) -> None:
    """Record it, and mail it: a stranger who did it should not stay unnoticed."""
    user = get_user(session, person.user_id)
    record(session, person, action, target=user.id)
    send_mail(state, session, user.email, "account_changed", name=user.name, what=what, sentence=sentence)
