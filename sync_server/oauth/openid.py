"""Providers that speak OpenID Connect, as Google does: addresses by discovery, the person by a signed ID token."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass

import httpx2
from authlib.integrations.base_client.errors import OAuthError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet
from pydantic import BaseModel

from sync_server.oauth.provider import (
    TIMEOUT_S,
    Claims,
    Credentials,
    ProviderFailed,
    read_json,
    require_safe,
    session_with,
)

ALGORITHMS = ["RS256"]
"""Fixed here; the token's header has no say."""
KEPT_S = 3600.0
"""Addresses and keys are asked for anew after this time."""
KEYS_AGAIN_S = 30.0
"""And keys at most this often, when a token names one that isn't known."""
CLOCK_S = 60
SCOPE = "openid email profile"


class Discovery(BaseModel):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _IdClaims(BaseModel):
    sub: str
    email: str = ""
    email_verified: bool = False
    name: str = ""


@dataclass
class _Remembered:
    discovery: Discovery
    keys: KeySet
    at: float


class OpenIdProvider:
    def __init__(self, id_: str, title: str, issuer: str, credentials: Credentials) -> None:
        self.id, self.title = id_, title
        self._issuer = issuer.rstrip("/")
        self._credentials = credentials
        self._lock = threading.Lock()
        self._remembered: _Remembered | None = None

    def address(self, *, state: str, nonce: str, verifier: str, callback: str) -> str:
        endpoint = self._known().discovery.authorization_endpoint
        with session_with(self._credentials, scope=SCOPE, callback=callback) as session:
            url, _ = session.create_authorization_url(
                endpoint, state=state, code_verifier=verifier, nonce=nonce, prompt="select_account"
            )
        return url

    def claims(self, *, code: str, nonce: str, verifier: str, callback: str) -> Claims:
        try:
            with session_with(self._credentials, scope=SCOPE, callback=callback) as session:
                answer = session.fetch_token(
                    self._known().discovery.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                )
            found = _IdClaims.model_validate(self._verified(str(answer.get("id_token", "")), nonce))
        except (httpx2.HTTPError, OAuthError, JoseError, ValueError) as error:
            raise ProviderFailed(f"{self.title} didn't confirm the sign-in; try again.") from error
        return Claims(found.sub, found.email, found.email_verified, found.name)

    def _verified(self, id_token: str, nonce: str) -> dict[str, object]:
        """Signed by the issuer, for us, for this attempt. Raises JoseError, ValueError."""
        client_id = self._credentials.client_id
        token = jwt.decode(id_token, lambda given: self._key(given.headers().get("kid")), algorithms=ALGORITHMS)
        jwt.JWTClaimsRegistry(
            leeway=CLOCK_S,
            iss={"essential": True, "value": self._known().discovery.issuer},
            aud={"essential": True, "value": client_id},
            exp={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(token.claims)
        if token.claims["aud"] not in (client_id, [client_id]):
            raise ValueError("the token is for others, too")
        return token.claims

    def _key(self, key_id: object) -> Key:
        """Providers change their keys: one that isn't known yet is asked for. Raises JoseError."""
        known = self._known()
        if all(key.kid != key_id for key in known.keys) and time.monotonic() - known.at > KEYS_AGAIN_S:
            known = self._known(again=True)
        return known.keys.get_by_kid(key_id if isinstance(key_id, str) else None)

    def _known(self, *, again: bool = False) -> _Remembered:
        with self._lock:
            remembered = self._remembered
            if remembered is None or again or time.monotonic() - remembered.at > KEPT_S:
                remembered = self._remembered = self._asked()
            return remembered

    def _asked(self) -> _Remembered:
        try:
            with httpx2.Client(timeout=TIMEOUT_S) as client:
                discovery = Discovery.model_validate_json(
                    read_json(client, require_safe(f"{self._issuer}/.well-known/openid-configuration"))
                )
                if discovery.issuer.rstrip("/") != self._issuer:
                    raise ProviderFailed(f"{self.title} answers as another; ask this server's administrator.")
                for url in (discovery.authorization_endpoint, discovery.token_endpoint, discovery.jwks_uri):
                    require_safe(url)
                keys = KeySet.import_key_set(json.loads(read_json(client, discovery.jwks_uri)))
        except (httpx2.HTTPError, JoseError, ValueError, LookupError, TypeError) as error:
            raise ProviderFailed(f"{self.title} can't be reached; try again later, or sign in by password.") from error
        return _Remembered(discovery, keys, time.monotonic())
