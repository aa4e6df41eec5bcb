"""Signing in through a provider in the person's own browser, which comes back to a port of this computer.

RFC 8252: the loopback address, a secret of this attempt (PKCE) that only this program knows, and a state that tells
this attempt from any other. The code that comes back is worth nothing without the secret.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from engine.cloud.api import models, operations
from engine.cloud.records import Account
from engine.cloud.session import API, Session, device_name
from engine.protocol.errors import Cancelled, SecondFactorNeeded, Unauthenticated

PATIENCE_S = 300.0
_PAGE = """<!doctype html><meta charset="utf-8"><title>MascotForge</title>
<body style="font:16px system-ui;display:grid;place-items:center;height:90vh;background:#f6f4ef;color:#2b2a33">
<main style="text-align:center"><h1>{title}</h1><p>{words}</p></main>"""


@dataclass
class Attempt:
    """One sign-in through the browser: `come_back` waits for it, `give_up` ends the waiting."""

    server: str
    provider: str
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    said: dict[str, str] = field(default_factory=dict[str, str])
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def challenge(self) -> str:
        return urlsafe_b64encode(sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()

    def address(self, port: int) -> str:
        """Where the browser begins."""
        asked = {
            "redirect_uri": f"http://127.0.0.1:{port}/signed-in",
            "state": self.state,
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
        }
        return f"{self.server}{API}/auth/oauth/{self.provider}/start?{urlencode(asked)}"

    def give_up(self) -> None:
        self.done.set()

    def hear(self, query: str) -> bool:
        """Take what the browser brought; False for anything that is not an answer to this attempt."""
        values = {name: found[0] for name, found in parse_qs(query).items()}
        if not hmac.compare_digest(values.get("state", ""), self.state):
            return False
        self.said = values
        self.done.set()
        return True


def sign_in_with(
    session: Session,
    attempt: Attempt,
    open_browser: Callable[[str], object],
    ask_code: Callable[[], str | None] | None = None,
) -> Account:
    """Open the browser and wait until the person comes back from it.

    `ask_code` is called when the account has a second factor. Raises Cancelled (given up, or five minutes over),
    Unauthenticated with the provider's reason, SecondFactorNeeded (without `ask_code`).
    """
    session.http.require_online(attempt.server)
    with _Loopback(attempt) as port:
        open_browser(attempt.address(port))
        attempt.done.wait(PATIENCE_S)
    if not attempt.said:
        raise Cancelled("The sign-in in the browser was not finished; begin it again.")
    if "code" not in attempt.said:
        reason = attempt.said.get("error_description") or attempt.said.get("error") or "it gave no reason"
        raise Unauthenticated(f"The sign-in with {attempt.provider.capitalize()} did not work: {reason[:300]}")
    wanted = models.Exchange(code=attempt.said["code"], code_verifier=attempt.verifier, device_name=device_name())
    try:
        answer = session.say(attempt.server, operations.exchange_provider_code(wanted))
    except SecondFactorNeeded:
        code = None if ask_code is None else ask_code()
        if not code:
            raise
        again = wanted.model_copy(update={"second_factor": code})
        answer = session.say(attempt.server, operations.exchange_provider_code(again))
    return session.adopt(attempt.server, answer)


class _Loopback:
    """A web server of this computer alone that waits for one visit."""

    def __init__(self, attempt: Attempt) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                known = parts.path == "/signed-in" and attempt.hear(parts.query)
                self._answer(known, "code" in attempt.said)

            def _answer(self, known: bool, worked: bool) -> None:
                title = "You are signed in" if worked else "That did not work"
                words = "You can close this page and go back to MascotForge."
                page = _PAGE.format(title=title, words=words).encode() if known else b""
                self.send_response(200 if known else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(page)))
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, format: str, *args: object) -> None:
                """The address holds a code: it is written nowhere."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="cloud-sign-in", daemon=True)

    def __enter__(self) -> int:
        self._thread.start()
        return int(self._server.server_address[1])

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
