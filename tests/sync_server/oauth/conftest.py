"""A server that knows two providers of this machine, and a studio with a browser."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.sync_server.oauth.provider import CLIENT_ID, CLIENT_SECRET, FakeProvider, RunningProvider
from tests.sync_server.on_both import database as database
from tests.sync_server.running import ServerThread

PORT_OF_STUDIO = 51234


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with RunningProvider() as running:
        yield running


@pytest.fixture
def server(make_server: Callable[..., ServerThread], provider: FakeProvider) -> ServerThread:
    return make_server(**configuration(provider))


def configuration(provider: FakeProvider) -> dict[str, Any]:
    return {
        "google_client_id": CLIENT_ID,
        "google_client_secret": CLIENT_SECRET,
        "github_client_id": CLIENT_ID,
        "github_client_secret": CLIENT_SECRET,
        "oauth_base_urls": {"google": provider.url, "github": provider.url},
    }


@dataclass
class Studio:
    """A studio, and the browser that it opens: what comes to its port is read from the last redirect."""

    server: ServerThread
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    redirect_uri: str = f"http://127.0.0.1:{PORT_OF_STUDIO}/signed-in"

    @property
    def challenge(self) -> str:
        return urlsafe_b64encode(sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()

    def start(self, provider: str = "google", **changes: str) -> httpx.Response:
        """The first request of the browser."""
        query = {"redirect_uri": self.redirect_uri, "state": self.state, "code_challenge": self.challenge, **changes}
        return self.server.client().get(f"/api/v1/auth/oauth/{provider}/start", params=query)

    def follow(self, url: str) -> dict[str, str]:
        """Let the browser go on until it comes to the studio's port; what it brings."""
        with httpx.Client(timeout=20) as browser:
            for _ in range(6):
                if url.startswith(self.redirect_uri):
                    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
                answer = browser.get(url)
                assert answer.is_redirect, f"{url}: {answer.status_code} {answer.text}"
                url = answer.headers["Location"]
        raise AssertionError("the browser never came back")

    def dance(self, provider: str = "google") -> dict[str, str]:
        answer = self.start(provider)
        assert answer.status_code == 303, answer.text
        return self.follow(answer.headers["Location"])

    def exchange(self, code: str, **more: Any) -> httpx.Response:
        body = {"code": code, "code_verifier": self.verifier, "device_name": "studio", **more}
        return self.server.client().post("/api/v1/auth/oauth/exchange", json=body)

    def sign_in(self, provider: str = "google") -> httpx.Response:
        brought = self.dance(provider)
        assert brought.get("state") == self.state and "code" in brought, brought
        return self.exchange(brought["code"])


@pytest.fixture
def studio(server: ServerThread) -> Studio:
    return Studio(server)
