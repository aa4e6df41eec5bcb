"""What is known of the request in hand, for logs, audit events and limits: set once, at the outermost layer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from typing import Any

from starlette.types import Message, Scope

Headers = list[tuple[bytes, bytes]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

request_id: ContextVar[str] = ContextVar("request_id", default="")


def header(scope: Scope, name: bytes) -> str:
    """A request's header, or "" when it isn't there."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def response_headers(message: Message) -> Headers:
    """The headers of a `http.response.start` message, as a list that may be added to."""
    headers: Headers = list(message.get("headers", ()))
    message["headers"] = headers
    return headers


def has(headers: Headers, name: bytes) -> bool:
    return any(key.lower() == name for key, _ in headers)
