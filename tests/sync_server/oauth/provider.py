"""A provider of this machine that speaks the protocol: OpenID Connect as Google does, OAuth and an API as GitHub does.

It approves at once, as if the person had clicked. What it says of them, and how it lies, is set by the test.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "our-client", "our-secret"


@dataclass
class FakePerson:
    """Who sits before the browser."""

    subject: str = "1001"
    email: str = "ada@example.org"
    verified: bool = True
    name: str = "Ada Lovelace"


@dataclass
class FakeProvider:
    url: str = ""
    person: FakePerson = field(default_factory=FakePerson)
    denies: bool = False
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    lie: Callable[[dict[str, Any]], str] | None = None
    """Makes another ID token of the true claims."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    tokens: set[str] = field(default_factory=set[str])
    asked: list[str] = field(default_factory=list[str])
    """The paths that were asked for."""

    def claims(self, nonce: str) -> dict[str, Any]:
        return {
            "iss": self.url,
            "aud": CLIENT_ID,
            "sub": self.person.subject,
            "exp": int(time.time()) + 300,
            "iat": int(time.time()),
            "nonce": nonce,
            "email": self.person.email,
            "email_verified": self.person.verified,
            "name": self.person.name,
        }

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def signed_with_the_public_key(self, claims: dict[str, Any]) -> str:
        """The classic confusion: the public key used as the secret of another algorithm."""
        public = OctKey.import_key(self.key.as_pem(private=False))
        return jwt.encode({"alg": "HS256", "kid": self.key.kid}, claims, public, algorithms=["HS256"])

    def unsigned(self, claims: dict[str, Any]) -> str:
        header, body = ({"alg": "none", "kid": self.key.kid}, claims)
        parts = (urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, body))
        return ".".join((*parts, ""))

    # The endpoints

    def authorize(self, query: dict[str, str]) -> str:
        assert query["client_id"] == CLIENT_ID and query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        if self.denies:
            answer = {"error": "access_denied", "state": query["state"]}
        else:
            code = secrets.token_urlsafe(16)
            self.codes[code] = query
            answer = {"code": code, "state": query["state"]}
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        began = self.codes.pop(form.get("code", ""), None)
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        right = (
            began is not None
            and form.get("client_secret") == CLIENT_SECRET
            and form.get("redirect_uri") == began["redirect_uri"]
            and challenge == began["code_challenge"]
        )
        if not right or began is None:
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(16)
        self.tokens.add(access)
        answer: dict[str, Any] = {"access_token": access, "token_type": "bearer", "expires_in": 300}
        if "nonce" in began:
            claims = self.claims(began["nonce"])
            answer["id_token"] = self.signed(claims) if self.lie is None else self.lie(claims)
        return 200, answer

    def document(self, path: str) -> Any:
        person = self.person
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
            },
            "/jwks": {"keys": [self.key.as_dict(private=False)]},
            "/api/v3/user": {"id": int(person.subject), "login": "ada", "name": person.name, "avatar_url": "x"},
            "/api/v3/user/emails": [
                {"email": "other@example.org", "primary": False, "verified": True, "visibility": None},
                {"email": person.email, "primary": True, "verified": person.verified, "visibility": "private"},
            ],
        }.get(path)


class _Handler(BaseHTTPRequestHandler):
    provider: FakeProvider

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        self.provider.asked.append(address.path)
        if address.path in ("/authorize", "/login/oauth/authorize"):
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            self.send_response(302)
            self.send_header("Location", self.provider.authorize(query))
            self.end_headers()
            return
        if address.path.startswith("/api/") and self._bearer() not in self.provider.tokens:
            self._answer(401, {"message": "Bad credentials"})
            return
        found = self.provider.document(address.path)
        self._answer(404 if found is None else 200, found)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.provider.asked.append(self.path)
        self._answer(*self.provider.token({name: values[0] for name, values in parse_qs(body).items()}))

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def _bearer(self) -> str:
        return self.headers.get("Authorization", "").partition(" ")[2]

    def _answer(self, status: int, body: Any) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class RunningProvider:
    """`with RunningProvider() as provider:` a provider on a free port."""

    def __enter__(self) -> FakeProvider:
        provider = FakeProvider()
        handler = type("Handler", (_Handler,), {"provider": provider})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        provider.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return provider

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)
