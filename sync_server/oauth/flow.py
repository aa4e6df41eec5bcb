"""A sign-in with a provider, in three steps: the browser leaves, it comes back, the studio collects.

The studio opens the browser at `start` with the hash of a secret of its own (PKCE) and a port of its machine. The
provider sends the browser back to `callback`; what it said waits here under a one-time code, which the browser carries
to the studio's port. Only the studio that knows the secret gets anything for the code: whoever lures somebody through a
dance that they began themselves gets nothing, as the code goes to a port of the lured person's own machine.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sync_server.accounts.tokens import hash_of, new_token
from sync_server.database.base import now
from sync_server.oauth.loopback import fits, with_values
from sync_server.oauth.models import OAuthAttempt, OAuthGrant
from sync_server.oauth.provider import Claims, Provider, ProviderFailed
from sync_server.oauth.services import Providers
from sync_server.problems import Forbidden, Gone
from sync_server.secrets.vault import Vault
from sync_server.state import ServerState

ATTEMPT_LIFETIME = timedelta(minutes=15)
GRANT_LIFETIME = timedelta(minutes=5)
"""Long enough to look up a code of an authenticator app."""
TOO_LATE = "This sign-in was used already or took too long; begin again in the studio."


@dataclass(frozen=True)
class Studio:
    """What a studio says when it begins."""

    redirect_uri: str
    state: str
    challenge: str


def callback_of(state: ServerState, provider_id: str) -> str:
    return f"{state.config.url}/api/v1/auth/oauth/{provider_id}/callback"


def begin(state: ServerState, provider: Provider, studio: Studio, *, linking_user_id: str | None = None) -> str:
    """Where the browser goes: the provider. Raises ProviderFailed."""
    token, nonce, verifier = new_token(), secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    address = provider.address(state=token, nonce=nonce, verifier=verifier, callback=callback_of(state, provider.id))
    hashed = hash_of(token)
    with state.database.write() as session:
        _forget_old(session)
        session.add(
            OAuthAttempt(
                state_token_hash=hashed,
                provider=provider.id,
                redirect_uri=studio.redirect_uri,
                studio_state=studio.state,
                studio_challenge=studio.challenge,
                verifier=state.get(Vault).seal(verifier.encode(), f"oauth:{hashed}"),
                nonce_secret=nonce,
                linking_user_id=linking_user_id,
                expires_at=now() + ATTEMPT_LIFETIME,
            )
        )
    return address


def come_back(state: ServerState, provider_id: str, token: str, *, code: str, error: str) -> str:
    """Where the browser goes from `callback`: the studio, with a one-time code or with what went wrong.

    Raises Gone when this sign-in isn't known here, so that there is no studio to go to.
    """
    with state.database.write() as session:
        attempt = _take_attempt(session, provider_id, token)
    try:
        if error or not code:
            raise ProviderFailed("The sign-in was cancelled in the browser.")
        provider = state.get(Providers).get(provider_id)
        claims = provider.claims(
            code=code,
            nonce=attempt.nonce_secret,
            verifier=state.get(Vault).open(attempt.verifier, f"oauth:{attempt.state_token_hash}").decode(),
            callback=callback_of(state, provider_id),
        )
    except ProviderFailed as failed:
        return failed_uri(attempt.redirect_uri, attempt.studio_state, str(failed), cancelled=bool(error))
    one_time = new_token()
    with state.database.write() as session:
        session.add(_grant(attempt, claims, one_time))
    return with_values(attempt.redirect_uri, code=one_time, state=attempt.studio_state)


def failed_uri(redirect_uri: str, studio_state: str, sentence: str, *, cancelled: bool = False) -> str:
    """The studio's address with what went wrong (RFC 6749, 4.1.2.1)."""
    error = "access_denied" if cancelled else "server_error"
    return with_values(redirect_uri, error=error, error_description=sentence, state=studio_state)


def collect(session: Session, code: str, verifier: str, *, linking_user_id: str | None) -> OAuthGrant:
    """What the provider said, taken: it is gone when the transaction commits, and still there when it doesn't.

    Raises Gone for an unknown, used or expired code and for one made for another purpose, Forbidden for a studio that
    didn't begin it.
    """
    grant = session.scalar(select(OAuthGrant).where(OAuthGrant.code_hash == hash_of(code)).with_for_update())
    if grant is None or grant.expires_at <= now() or grant.linking_user_id != linking_user_id:
        raise Gone(TOO_LATE)
    if not fits(grant.studio_challenge, verifier):
        raise Forbidden("Another program began this sign-in; begin again in this one.")
    session.delete(grant)
    session.flush()
    return grant


def _take_attempt(session: Session, provider_id: str, token: str) -> OAuthAttempt:
    found = session.scalar(
        select(OAuthAttempt).where(OAuthAttempt.state_token_hash == hash_of(token)).with_for_update()
    )
    if found is None or found.provider != provider_id or found.expires_at <= now():
        raise Gone(TOO_LATE)
    session.delete(found)
    return found


def _grant(attempt: OAuthAttempt, claims: Claims, one_time: str) -> OAuthGrant:
    return OAuthGrant(
        code_hash=hash_of(one_time),
        studio_challenge=attempt.studio_challenge,
        linking_user_id=attempt.linking_user_id,
        provider=attempt.provider,
        subject=_shown(claims.subject)[:255],
        email=_shown(claims.email).lower()[:320],
        email_verified=claims.email_verified,
        name=_shown(claims.name)[:200],
        expires_at=now() + GRANT_LIFETIME,
    )


def _shown(text: str) -> str:
    """Without line breaks and characters that can't be seen."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def _forget_old(session: Session) -> None:
    session.execute(delete(OAuthAttempt).where(OAuthAttempt.expires_at <= now()))
    session.execute(delete(OAuthGrant).where(OAuthGrant.expires_at <= now()))
