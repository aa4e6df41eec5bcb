"""Which accounts at providers belong to one's own: linking, listing, unlinking."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from sync_server.access.principal import Principal
from sync_server.accounts.people import get_user
from sync_server.accounts.proof import require_password
from sync_server.audit.service import Audited, record
from sync_server.http.address import client_address
from sync_server.http.dependencies import Person, Reading, State, Writing
from sync_server.inputs import IdInPath
from sync_server.mail.outbox import send_mail
from sync_server.oauth import flow, identities
from sync_server.oauth.models import Identity
from sync_server.oauth.provider import ProviderFailed
from sync_server.oauth.schemas import BrowserAddress, IdentityItem, IdentityList, LinkExchange, LinkStart
from sync_server.oauth.services import Providers
from sync_server.problems import SIGNED_IN, Conflict, Gone, Missing, Unavailable, documented
from sync_server.state import ServerState

router = APIRouter(prefix="/auth/oauth", tags=["sign in with a provider"])


@router.get("/identities", operation_id="list_identities", responses=documented(*SIGNED_IN))
def list_identities(person: Person, session: Reading, state: State) -> IdentityList:
    """The accounts at providers by which one can sign in"""
    return IdentityList(items=[_item(state, one) for one in identities.identities_of(session, person.user_id)])


@router.post("/{provider}/link", operation_id="start_linking", responses=documented(*SIGNED_IN, Missing, Unavailable))
async def start_linking(
    provider: str, state: State, request: Request, person: Person, given: LinkStart
) -> BrowserAddress:
    """Begin to link an account at a provider; nothing is linked before the studio brings back the code"""
    found = state.get(Providers).get(provider)
    await require_password(state, person, given.password, client_address(request, state.config.trusted_proxies))
    studio = flow.Studio(given.redirect_uri, given.state, given.code_challenge)

    def begun() -> str:
        return flow.begin(state, found, studio, linking_user_id=person.user_id)

    try:
        return BrowserAddress(url=await run_in_threadpool(begun))
    except ProviderFailed as failed:
        raise Unavailable(str(failed)) from failed


@router.post("/link", operation_id="finish_linking", responses=documented(*SIGNED_IN, Missing, Conflict, Gone))
def finish_linking(state: State, person: Person, session: Writing, given: LinkExchange) -> IdentityItem:
    """Link with the code that came to the studio's port"""
    grant = flow.collect(session, given.code, given.code_verifier, linking_user_id=person.user_id)
    identity = identities.link(session, person.user_id, grant)
    _tell(state, session, person, Audited.PROVIDER_LINKED, identity, "can now be used to sign in to your account")
    return _item(state, identity)


@router.delete(
    "/identities/{identity_id}",
    status_code=204,
    operation_id="unlink_identity",
    responses=documented(*SIGNED_IN, Missing, Conflict),
)
def unlink_identity(identity_id: IdInPath, state: State, person: Person, session: Writing) -> None:
    """Unlink one; the last way to sign in stays"""
    identity = identities.unlink(session, person.user_id, identity_id)
    _tell(state, session, person, Audited.PROVIDER_UNLINKED, identity, "can no longer be used to sign in")


def _tell(
    state: ServerState, session: Session, person: Principal, action: Audited, identity: Identity, what: str
) -> None:
    """Record it, and mail it: a stranger who did it should not stay unnoticed."""
    user = get_user(session, person.user_id)
    sentence = f"{_title(state, identity)} ({identity.email}) {what}."
    record(session, person, action, target=identity.id, provider=identity.provider)
    send_mail(state, session, user.email, "account_changed", name=user.name, what="signing in", sentence=sentence)


def _title(state: ServerState, identity: Identity) -> str:
    provider = state.get(Providers).known.get(identity.provider)
    return identity.provider if provider is None else provider.title


def _item(state: ServerState, identity: Identity) -> IdentityItem:
    return IdentityItem(
        id=identity.id,
        provider=identity.provider,
        title=_title(state, identity),
        email=identity.email,
        created_at=identity.created_at,
    )
