"""Signed statements that expire: access tokens, links in mails, signed addresses. JWTs of one fixed algorithm."""

from __future__ import annotations

import time
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from sync_server.secrets.keys import ServerKeys

ALGORITHM = "HS256"


class BadSignature(Exception):
    """Not signed by this server, for another purpose, or expired."""


class Signer:
    """Every statement has a purpose (`aud`): one made for a link is worth nothing as an access token."""

    def __init__(self, keys: ServerKeys, issuer: str) -> None:
        self._keys = {key.id: OctKey.import_key(key.secret) for key in keys.signing}
        self._current = keys.signing[0].id
        self._issuer = issuer

    def sign(self, purpose: str, claims: dict[str, Any], lifetime_s: float) -> str:
        made = int(time.time())
        stated = {**claims, "iss": self._issuer, "aud": purpose, "iat": made, "exp": int(time.time() + lifetime_s)}
        header = {"alg": ALGORITHM, "kid": self._current}
        return jwt.encode(header, stated, self._keys[self._current], algorithms=[ALGORITHM])

    def verify(self, purpose: str, token: str) -> dict[str, Any]:
        """The claims. Raises BadSignature."""
        try:
            # The header names the key, never the algorithm.
            token_read = jwt.decode(token, lambda given: self._key(given.headers().get("kid")), algorithms=[ALGORITHM])
        except (JoseError, ValueError) as error:
            raise BadSignature(str(error)) from error
        claims = token_read.claims
        expires = claims.get("exp")
        if claims.get("iss") != self._issuer or claims.get("aud") != purpose:
            raise BadSignature("for another purpose")
        if not isinstance(expires, int) or expires <= time.time():
            raise BadSignature("expired")
        return claims

    def _key(self, key_id: Any) -> OctKey:
        if not isinstance(key_id, str) or key_id not in self._keys:
            raise BadSignature("unknown key")
        return self._keys[key_id]
