"""Signing in with Google or GitHub, for programs on a desktop (RFC 8252)."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from sync_server.accounts import tokens
from sync_server.accounts.pages import page
from sync_server.accounts.people import me_of
from sync_server.accounts.schemas import SignedIn
from sync_server.accounts.second_step import SecondSteps
from sync_server.audit.service import Audited, record
from sync_server.http.address import client_address, counted_address
from sync_server.http.dependencies import State
from sync_server.limits.limiter import Limiter
from sync_server.oauth import flow, identities
from sync_server.oauth.loopback import Challenge, LoopbackUri, StudioState
from sync_server.oauth.provider import ProviderFailed
from sync_server.oauth.schemas import Exchange, ProviderItem, ProviderList
from sync_server.oauth.services import Providers
from sync_server.problems import Conflict, Forbidden, Gone, Missing, Unauthenticated, documented

router = APIRouter(prefix="/auth/oauth", tags=["sign in with a provider"])
STARTS = "30/10 minutes"
SEE_OTHER = 303
REDIRECT = {303: {"description": "To the provider, or back to the studio's own port."}}
FromProvider = Annotated[str, Query(max_length=2000)]


@router.get("/providers", operation_id="list_providers", responses=documented())
def list_providers(state: State) -> ProviderList:
    """The providers that this server knows"""
    known = state.get(Providers).known.values()
    return ProviderList(items=[ProviderItem(id=one.id, title=one.title) for one in known])


@router.get(
    "/{provider}/start",
    operation_id="start_provider_sign_in",
    status_code=SEE_OTHER,
    response_class=RedirectResponse,
    responses={**documented(Missing), **REDIRECT},
)
def start_provider_sign_in(
    provider: str,
    state: State,
    request: Request,
    redirect_uri: Annotated[LoopbackUri, Query()],
    studio_state: Annotated[StudioState, Query(alias="state")],
    code_challenge: Annotated[Challenge, Query()],
    code_challenge_method: Annotated[Literal["S256"], Query()] = "S256",
) -> RedirectResponse:
    """For the browser that a studio opens: goes on to the provider"""
    address = counted_address(client_address(request, state.config.trusted_proxies))
    state.get(Limiter).hit("sign-ins with a provider at", address, STARTS)
    found = state.get(Providers).get(provider)
    try:
        target = flow.begin(state, found, flow.Studio(redirect_uri, studio_state, code_challenge))
    except ProviderFailed as failed:
        target = flow.failed_uri(redirect_uri, studio_state, str(failed))
    return _see_other(target)


@router.get(
    "/{provider}/callback",
    operation_id="finish_provider_sign_in",
    status_code=SEE_OTHER,
    response_class=RedirectResponse,
    responses={**documented(), **REDIRECT, 410: {"description": Gone.title, "content": {"text/html": {}}}},
)
def finish_provider_sign_in(
    provider: str,
    state: State,
    attempt: Annotated[str, Query(alias="state", max_length=200)],
    code: FromProvider = "",
    error: FromProvider = "",
) -> Response:
    """For the browser that a provider sends back: goes on to the studio's own port"""
    try:
        return _see_other(flow.come_back(state, provider, attempt, code=code, error=error))
    except Gone as gone:  # a person reads it, in a browser
        return page("That did not work", gone.sentence, status=gone.status, trouble=True)


@router.post(
    "/exchange",
    operation_id="exchange_provider_code",
    responses=documented(Unauthenticated, Forbidden, Conflict, Gone, Missing),
)
def exchange_provider_code(state: State, request: Request, given: Exchange) -> SignedIn:
    """Sign in on a device with the code that came to the studio's port; makes the account when it is new"""
    address = client_address(request, state.config.trusted_proxies)
    user_id: str | None = None
    try:
        with state.database.write() as session:
            grant = flow.collect(session, given.code, given.code_verifier, linking_user_id=None)
            user = identities.user_of(session, state.config, grant)
            user_id = user.id
            state.get(SecondSteps).check(session, user, given.second_factor)
            pair = tokens.sign_in(state, session, user, device_name=given.device_name, address=address)
            return SignedIn(**vars(pair), user=me_of(session, user))
    except Unauthenticated:
        if given.second_factor is not None:
            with state.database.write() as session:
                record(session, None, Audited.SIGN_IN_FAILED, user_id=user_id)
        raise


def _see_other(target: str) -> RedirectResponse:
    # The address holds a code: nobody keeps it, nor hears of it.
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(target, status_code=SEE_OTHER, headers=headers)
