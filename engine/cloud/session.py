"""A library's sign-in at a server: who it is, and tokens that are refreshed by one program at a time.

The account's name and address are in the library; its tokens are not (secrets.py). So a library that was copied to
another computer knows whose it was, and asks for a sign-in there, which makes a device of its own.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import httpx
from blake3 import blake3
from pydantic import BaseModel, JsonValue, ValidationError

from engine.cloud.answers import not_understood, understood
from engine.cloud.api import models, operations
from engine.cloud.api.call import Call
from engine.cloud.http import Http, Pieces
from engine.cloud.records import Account
from engine.cloud.secrets import Secrets, secrets_folder
from engine.library.lock import FileLock
from engine.library.settings import Settings
from engine.protocol.errors import BadInput, Unauthenticated
from engine.protocol.ids import new_id

T = TypeVar("T", bound=BaseModel | None)
API = "/api/v1"
ACCOUNT_KEY, LIBRARY_KEY, FORMER_KEY = "cloud.account", "cloud.library", "cloud.former."
EARLY_S = 30.0
"""A token that ends so soon is refreshed before it is used."""
API_KEY_PREFIX = "mfk_"


class Tokens(BaseModel):
    """`expires_at` is in seconds since 1970 by this computer's clock. An API key has no refresh token and no end."""

    access: str
    refresh: str = ""
    expires_at: float = 0.0

    @property
    def is_key(self) -> bool:
        return not self.refresh


@dataclass(frozen=True)
class Known:
    """What the library remembers of its account."""

    server: str
    user_id: str
    email: str
    name: str


def server_url(typed: str) -> str:
    """A server's address from what someone typed; https unless it is this computer or says so. Raises BadInput."""
    text = typed.strip()
    if "://" not in text:
        host = text.partition(":")[0].partition("/")[0]
        text = f"{'http' if host in ('localhost', '127.0.0.1') else 'https'}://{text}"
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
        raise BadInput(f"“{typed.strip()[:80]}” is no address of a server; write one like https://mascots.example.org.")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}".removesuffix(API)


class Session:
    """Raises of all that connects: Unauthenticated (sign in again), Offline, Unavailable, and what the server says."""

    def __init__(self, settings: Settings, secrets: Secrets, http: Http) -> None:
        self._settings = settings
        self.secrets = secrets
        self.http = http
        self._guard = threading.RLock()
        self._tokens: Tokens | None = None
        self._whose: tuple[str, str] | None = None

    # Who

    def known(self) -> Known | None:
        value = self._settings.get(ACCOUNT_KEY)
        if not isinstance(value, dict):
            return None
        texts = {key: str(value.get(key, "")) for key in ("server", "user_id", "email", "name")}
        return Known(**texts) if texts["server"] and texts["user_id"] else None

    def account(self) -> Account | None:
        """The account of this library, signed in or not; doesn't connect."""
        known = self.known()
        if known is None:
            return None
        return Account(**asdict(known), signed_in=self._read(known) is not None, kept_in=self.secrets.place)

    def address_of(self, user_id: str) -> str:
        """The e-mail address of an account that has been signed in here."""
        address = self._settings.get(FORMER_KEY + user_id)
        return address if isinstance(address, str) else "another account"

    @property
    def is_signed_in(self) -> bool:
        known = self.known()
        return known is not None and self._read(known) is not None

    def require(self) -> Known:
        """Raises Unauthenticated."""
        known = self.known()
        if known is None:
            raise Unauthenticated("This needs an account; sign in first, in the Account menu.", command="login")
        if self._read(known) is None:
            raise _ended(known)
        return known

    # Signing in and out

    def sign_in(self, server: str, email: str, password: str, code: str | None, device: str) -> Account:
        """Raises SecondFactorNeeded (again with a code), Unauthenticated, RateLimited, Forbidden."""
        wanted = models.Login(email=email, password=password, device_name=device or device_name())
        if code:
            wanted = wanted.model_copy(update={"code": code})
        return self.adopt(server, self.say(server, operations.login(wanted)))

    def adopt(self, server: str, said: models.SignedIn) -> Account:
        """Take the tokens of a sign-in's answer."""
        known = Known(server, said.user.id, said.user.email, said.user.name)
        self._enter(known, _tokens_of(said))
        return self._account()

    def adopt_key(self, server: str, key: str) -> Account:
        """Sign in with an API key. Raises BadInput, Unauthenticated."""
        if not key.startswith(API_KEY_PREFIX):
            raise BadInput(f"An API key begins with {API_KEY_PREFIX}; copy the whole key.")
        me = operations.get_me()
        answer = self.http.request(me.method, f"{server}{API}{me.path}", headers=_bearer(key))
        said = understood(models.Me, json_of(answer))
        self._enter(Known(server, said.id, said.email, said.name), Tokens(access=key))
        return self._account()

    def renamed(self, name: str, email: str) -> None:
        """The account has another name or address now."""
        if (known := self.known()) is not None:
            self._settings.set(ACCOUNT_KEY, asdict(known) | {"name": name, "email": email})
            self._settings.set(FORMER_KEY + known.user_id, email)

    def forget(self) -> None:
        """Forget tokens and account; projects stay."""
        if (known := self.known()) is not None:
            with self._guard:
                self.secrets.forget(self._name(known))
                self._tokens = None
            self._settings.set(ACCOUNT_KEY, None)

    # Requests

    def ask(self, call: Call[T]) -> T:
        """The answer to an operation. Raises also NotUnderstood."""
        said = self.call(call.method, call.path, call.json_body, params=call.params)
        return _answer(call, said)

    def say(self, server: str, call: Call[T]) -> T:
        """The same without an account, to sign up or in."""
        said = self.anonymous(call.method, server, call.path, call.json_body)
        return _answer(call, said)

    def anonymous(self, method: str, server: str, path: str, body: JsonValue = None) -> JsonValue:
        """A request without an account, to sign up or in."""
        return json_of(self.http.request(method, f"{server}{API}{path}", body=body))

    def call(
        self,
        method: str,
        path: str,
        body: JsonValue = None,
        *,
        params: Mapping[str, Any] | None = None,
    ) -> JsonValue:
        """The JSON of an answer of /api/v1; a POST carries a key, so that it may be repeated safely."""
        headers = {"Idempotency-Key": new_id()} if method == "POST" and not path.startswith("/auth") else {}
        again = True if headers else None
        return json_of(self.request(method, path, body=body, params=params, headers=headers, again=again))

    def request(
        self,
        method: str,
        path: str,
        *,
        body: JsonValue | Pieces = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        again: bool | None = None,
        by: str | None = None,
    ) -> httpx.Response:
        """`by` is the id of the only account in whose name this may be said; raises Unauthenticated for another."""
        known = self.require()
        if by not in (None, known.user_id):
            raise Unauthenticated("Another account has signed in meanwhile; nothing was sent in its name.")
        url, sent = f"{known.server}{API}{path}", dict(headers or {})
        token = self._token(known)
        try:
            return self.http.request(method, url, headers=sent | _bearer(token), params=params, body=body, again=again)
        except Unauthenticated:
            # Ended early (a clock, a new key of the server): once more with a fresh one.
            token = self._token(known, but=token)
        return self.http.request(method, url, headers=sent | _bearer(token), params=params, body=body, again=again)

    def url(self, path: str) -> str:
        return f"{self.require().server}{API}{path}"

    def headers(self, but: str | None = None) -> dict[str, str]:
        """For a connection that is made elsewhere: a stream, a socket. `but` is a token that was refused."""
        return _bearer(self.token(but=but))

    def token(self, *, but: str | None = None) -> str:
        """An access token that is good for a while, and not the refused one. Raises Unauthenticated."""
        return self._token(self.require(), but)

    def _token(self, known: Known, but: str | None = None) -> str:
        with self._guard:
            tokens = self._read(known)
            if tokens is None:
                raise _ended(known)
            if tokens.is_key:
                if tokens.access == but:
                    raise _ended(known)
                return tokens.access
            if tokens.access != but and tokens.expires_at - time.time() > EARLY_S:
                return tokens.access
            return self._refresh(known, but)

    def _refresh(self, known: Known, but: str | None) -> str:
        # One program at a time: a refresh token that is used twice looks like a thief's.
        folder = secrets_folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(folder / f"{blake3(self._name(known).encode()).hexdigest()[:32]}.lock"):
            tokens = self._hold(known, self._stored(known))
            if tokens is None:
                raise _ended(known)
            if tokens.access != but and tokens.expires_at - time.time() > EARLY_S:
                return tokens.access
            call = operations.refresh(models.Refresh(refresh_token=tokens.refresh))
            url = f"{known.server}{API}{call.path}"
            try:
                answer = self.http.request(call.method, url, body=call.json_body, again=True)
            except Unauthenticated as error:
                self.secrets.forget(self._name(known))
                self._tokens = None
                raise _ended(known, error.sentence) from error
            self._keep(known, fresh := _tokens_of(understood(models.Tokens, json_of(answer))))
            return fresh.access

    def _account(self) -> Account:
        account = self.account()
        assert account is not None
        return account

    def _enter(self, known: Known, tokens: Tokens) -> None:
        with self._guard:
            self._keep(known, tokens)
            self._settings.set(ACCOUNT_KEY, asdict(known))
            self._settings.set(FORMER_KEY + known.user_id, known.email)

    def _keep(self, known: Known, tokens: Tokens) -> None:
        self.secrets.set(self._name(known), tokens.model_dump_json())
        self._hold(known, tokens)

    def _read(self, known: Known) -> Tokens | None:
        with self._guard:
            if self._tokens is None or self._whose != (known.user_id, known.server):
                # Another program may have signed somebody else in.
                self._hold(known, self._stored(known))
            return self._tokens

    def _hold(self, known: Known, tokens: Tokens | None) -> Tokens | None:
        self._tokens, self._whose = tokens, (known.user_id, known.server)
        return tokens

    def _stored(self, known: Known) -> Tokens | None:
        text = self.secrets.get(self._name(known))
        try:
            return None if text is None else Tokens.model_validate_json(text)
        except ValidationError:
            return None

    def _name(self, known: Known) -> str:
        library = self._settings.get(LIBRARY_KEY)
        if not isinstance(library, str):
            library = new_id()
            self._settings.set(LIBRARY_KEY, library)
        return f"{known.user_id}@{known.server}#{library}"


def _answer(call: Call[T], said: JsonValue) -> T:
    if call.answer is None:
        return cast("T", None)
    return cast("T", understood(cast("type[BaseModel]", call.answer), said))


def device_name() -> str:
    """What a person recognises this computer by."""
    return socket.gethostname().partition(".")[0][:100] or "computer"


def json_of(answer: httpx.Response) -> JsonValue:
    """Raises NotUnderstood for an answer that is no JSON: a router's or another program's page."""
    try:
        return answer.json() if answer.content else None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise not_understood(answer.text[:300]) from error


def _tokens_of(said: models.Tokens | models.SignedIn) -> Tokens:
    return Tokens(access=said.access_token, refresh=said.refresh_token, expires_at=time.time() + said.expires_in)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _ended(known: Known, details: str = "") -> Unauthenticated:
    return Unauthenticated(
        f"You are signed out of {urlsplit(known.server).netloc}; sign in again as {known.email}. Nothing here is lost.",
        details=details,
        command="login",
    )
