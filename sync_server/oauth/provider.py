"""What every provider can do for us: an address for the browser, and an answer to the code it comes back with."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Protocol, cast
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.httpx_client import OAuth2Client

TIMEOUT_S = 10.0
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class ProviderFailed(Exception):
    """The provider can't be reached, refused, or said something that can't be trusted; a sentence for the user."""


@dataclass(frozen=True)
class Claims:
    """What a provider says about the person who signed in there."""

    subject: str
    email: str
    email_verified: bool
    name: str


class Provider(Protocol):
    id: str
    title: str

    def address(self, *, state: str, nonce: str, verifier: str, callback: str) -> str:
        """Where the browser goes. Raises ProviderFailed."""
        ...

    def claims(self, *, code: str, nonce: str, verifier: str, callback: str) -> Claims:
        """Who that was. Raises ProviderFailed."""
        ...


@dataclass(frozen=True)
class Credentials:
    """Ours at a provider."""

    client_id: str
    client_secret: str


@contextmanager
def session_with(credentials: Credentials, *, scope: str, callback: str) -> Generator[OAuth2Client]:
    """The authorization code flow with PKCE, always S256."""
    client = OAuth2Client(
        client_id=credentials.client_id,
        client_secret=credentials.client_secret,
        token_endpoint_auth_method="client_secret_post",
        scope=scope,
        redirect_uri=callback,
        code_challenge_method="S256",
        timeout=TIMEOUT_S,
        follow_redirects=False,
    )
    with closing(cast("httpx2.Client", client)):
        yield client


def read_json(client: httpx2.Client, url: str) -> bytes:
    """The body of an answer. Raises httpx2.HTTPError."""
    answer = client.get(url, headers={"Accept": "application/json"})
    answer.raise_for_status()
    return answer.content


def require_safe(url: str) -> str:
    """Raises ProviderFailed for an address to which a secret would travel in the clear."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ProviderFailed("The provider's addresses aren't secure; ask this server's administrator.")
    return url
