"""The studio's end: an address on the loopback of the person's own machine, and its proof that it began (PKCE)."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import AfterValidator, Field

LOWEST_PORT = 1024
_HOSTS = {"127.0.0.1", "::1"}
"""Never `localhost`: a machine may resolve it elsewhere (RFC 8252, 8.3)."""


def _checked(uri: str) -> str:
    parts = urlsplit(uri)
    try:
        port = parts.port
    except ValueError as error:
        raise ValueError("its port is no number") from error
    if parts.scheme != "http" or parts.hostname not in _HOSTS or "@" in parts.netloc or parts.fragment:
        raise ValueError("it must begin with http://127.0.0.1:PORT/ or http://[::1]:PORT/")
    if port is None or port < LOWEST_PORT:
        raise ValueError(f"it needs a port from {LOWEST_PORT} on")
    return uri


LoopbackUri = Annotated[str, Field(max_length=300, pattern=r"^[\x21-\x7e]+$"), AfterValidator(_checked)]
Challenge = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$", description="BASE64URL(SHA256(verifier)).")]
Verifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9._~-]{43,128}$")]
StudioState = Annotated[str, Field(min_length=8, max_length=200, pattern=r"^[\x21-\x7e]+$")]
"""Comes back unchanged, so that the studio knows its own attempt."""


def fits(challenge: str, verifier: str) -> bool:
    made = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(made, challenge.encode())


def with_values(uri: str, **values: str) -> str:
    """The address with more values in its query."""
    parts = urlsplit(uri)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *values.items()])
    return urlunsplit(parts._replace(query=query))
