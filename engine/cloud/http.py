"""Requests to a server: with limits of time, tried again where that is safe, and every refusal is one sentence.

The library's offline switch is asked before each of them: while it is on nothing connects.
"""

from __future__ import annotations

import json
import random
import ssl
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import JsonValue

from engine.protocol.errors import ErrorCode, MascotError, Offline, Unavailable, from_code

CONNECT_S, ANSWER_S = 5.0, 60.0
TRIES = 4
PATIENCE_S = 10.0
"""The longest that a request waits because a server asks for it; beyond that the caller is told."""
_PASSING = (502, 503, 504)
_SAFE = ("GET", "HEAD", "PUT", "DELETE")
_BY_STATUS = {
    401: ErrorCode.UNAUTHENTICATED,
    403: ErrorCode.FORBIDDEN,
    404: ErrorCode.NOT_FOUND,
    409: ErrorCode.CONFLICT,
    410: ErrorCode.EXPIRED,
    413: ErrorCode.TOO_LARGE,
    422: ErrorCode.BAD_INPUT,
    429: ErrorCode.RATE_LIMITED,
    507: ErrorCode.OUT_OF_QUOTA,
}

Headers = Mapping[str, str]


class Interrupted(Unavailable):
    """The connection broke while an answer was read."""


@dataclass(frozen=True)
class Pieces:
    """A large body, made anew for each try. Whole it would be slow as well: httpcore copies all that is left of one
    each time that a socket takes some."""

    size: int
    make: Callable[[], Iterator[bytes]]

    def __iter__(self) -> Iterator[bytes]:
        return self.make()


class Http:
    """`offline` is asked before each request. Safe for many threads."""

    def __init__(self, offline: Callable[[], bool], pause: Callable[[float], object] = time.sleep) -> None:
        self._offline = offline
        self._pause = pause
        self._client = httpx.Client(
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
            follow_redirects=False,
            headers={"User-Agent": "MascotForge"},
            verify=_trusted(),
        )

    @property
    def is_offline(self) -> bool:
        return self._offline()

    def require_online(self, url: str) -> None:
        """Raises Offline while the switch is on."""
        if self._offline():
            raise Offline(
                f"MascotForge is offline, so it does not connect to {host_of(url)}; switch it online in "
                "the settings, under Network. Nothing is lost meanwhile.",
                command="models offline off",
            )

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Headers | None = None,
        params: Mapping[str, Any] | None = None,
        body: JsonValue | Pieces = None,
        again: bool | None = None,
    ) -> httpx.Response:
        """The answer to a request that succeeded. With `again` (else: for methods that are safe to repeat) it is tried
        some times. Raises Offline, Unavailable, and whatever error the server named."""
        safe = method in _SAFE if again is None else again
        sent = dict(headers or {})
        if isinstance(body, Pieces):
            content = body
            sent["Content-Length"] = str(body.size)
        else:
            content = None if body is None else json.dumps(body).encode()
            sent |= {} if content is None else {"Content-Type": "application/json"}
        for number in range(TRIES):
            self.require_online(url)
            last = number == TRIES - 1
            try:
                answer = self._client.request(method, url, headers=sent, params=params, content=content)
            except httpx.TransportError as error:
                if last or not safe:
                    raise unreachable(url, str(error)) from error
                self._pause(_delay(number))
                continue
            wait = _wait(answer, number)
            if answer.is_success:
                return answer
            if last or wait is None or (answer.status_code != 429 and not safe):
                raise error_of(answer)
            self._pause(wait)
        raise AssertionError

    @contextmanager
    def stream(self, url: str, headers: Headers, *, passing: tuple[int, ...] = ()) -> Generator[httpx.Response]:
        """An open answer to a GET; one with a status in `passing` is handed on, too. Raises as `request`, and
        Interrupted when the connection breaks: what was read before is good."""
        self.require_online(url)
        try:
            with self._client.stream("GET", url, headers=dict(headers)) as answer:
                if not answer.is_success and answer.status_code not in passing:
                    answer.read()
                    raise error_of(answer)
                yield answer
        except httpx.TransportError as error:
            raise Interrupted(unreachable(url).sentence, details=str(error)) from error

    def close(self) -> None:
        self._client.close()


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that clients of this process trust: reading them takes longer than a request."""
    return httpx.create_ssl_context()


def host_of(url: str) -> str:
    return urlsplit(url).netloc or url


def unreachable(url: str, details: str = "") -> Unavailable:
    return Unavailable(
        f"The server {host_of(url)} can't be reached; check the connection and the address, then try again. Nothing "
        "here is lost.",
        details=details,
    )


def error_of(answer: httpx.Response) -> MascotError:
    """The error that an answer names, else one by its status."""
    try:
        said = answer.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        said = None
    if isinstance(said, dict) and isinstance(said.get("detail"), str) and isinstance(said.get("code"), str):
        fields = [one for one in said.get("fields") or () if isinstance(one, dict)]
        more = "; ".join(f"{one.get('where')}: {one.get('sentence')}" for one in fields)
        sentence = _about(fields[0]) if fields and said["code"] == ErrorCode.BAD_INPUT else said["detail"]
        return from_code(said["code"], sentence, more)
    url = str(answer.request.url)
    if answer.status_code in _BY_STATUS:
        return from_code(
            _BY_STATUS[answer.status_code], f"The server {host_of(url)} refused this ({answer.status_code})."
        )
    return Unavailable(
        f"The server {host_of(url)} can't answer now ({answer.status_code}); try again later.",
        details=answer.text[:500],
    )


def _about(field: Mapping[str, Any]) -> str:
    """What is wrong with a value, in words for whoever typed it."""
    what = str(field.get("where", "")).rpartition(".")[2].replace("_", " ") or "value"
    why = (
        str(field.get("sentence", ""))
        .removeprefix("Value error, ")
        .removeprefix("value is not a valid email address: ")
    )
    return f"The {what} can't be used: {why[:1].lower()}{why[1:]}"


def _wait(answer: httpx.Response, number: int) -> float | None:
    """How long to wait before another try; None when another try is of no use."""
    if answer.status_code not in (*_PASSING, 429):
        return None
    asked = answer.headers.get("Retry-After", "")
    if asked.isdigit():
        return float(asked) + random.random() if float(asked) <= PATIENCE_S else None
    return _delay(number)


def _delay(number: int) -> float:
    return 0.3 * 2**number * random.uniform(0.5, 1.5)
