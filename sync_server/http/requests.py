"""Every request gets an id, a line in the log, a count in the metrics, and always an answer."""

from __future__ import annotations

import asyncio
import logging
import re
import time

import structlog
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.protocol.ids import new_id
from sync_server.audit.service import caller_address
from sync_server.http.address import client_address
from sync_server.http.context import header, request_id, response_headers
from sync_server.http.errors import problem_response
from sync_server.http.metrics import Metrics
from sync_server.problems import Problem, Unavailable

LOG = logging.getLogger("mascotforge.server.requests")
_GOOD_ID = re.compile(r"[0-9A-Za-z_-]{8,64}")
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: counted, not logged."""

GONE = 499
"""In logs and metrics: the client went away before it had sent all."""


class Requests:
    """Addresses are logged without their query, which may hold the token of a mail."""

    def __init__(self, app: ASGIApp, metrics: Metrics, trusted_proxies: tuple[str, ...]) -> None:
        self._app = app
        self._metrics = metrics
        self._trusted = trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        given = header(scope, b"x-request-id")
        one = given if _GOOD_ID.fullmatch(given) else new_id()
        scope.setdefault("state", {})["request_id"] = one
        request_id.set(one)
        caller_address.set(client_address(HTTPConnection(scope), self._trusted))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=one, address=caller_address.get())
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
        else:
            await self._answered(scope, receive, send, one)

    async def _answered(self, scope: Scope, receive: Receive, send: Send, one: str) -> None:
        began, status = time.perf_counter(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                response_headers(message).append((b"x-request-id", one.encode()))
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except ClientDisconnect:
            status = status or GONE
        except asyncio.CancelledError:
            # The server was told to end, and this took longer than its grace.
            if not status:
                ending = Unavailable("The server is being stopped; try again in a moment.", retry_after_s=2.0)
                await problem_response(Request(scope), ending)(scope, receive, noted)
        except Exception:
            LOG.exception("the request failed")
            if status:
                raise  # the answer has begun: all that is left is to end the connection
            sentence = "The server failed at this request; its log says more under the number of the request."
            await problem_response(Request(scope), Problem(sentence))(scope, receive, noted)
        finally:
            seconds = time.perf_counter() - began
            self._metrics.saw(scope["method"], _route(scope), status, seconds)
            if scope["path"] not in QUIET:
                LOG.info(
                    "%s %s %s",
                    scope["method"],
                    scope["path"],
                    status,
                    extra={
                        "method": scope["method"],
                        "path": scope["path"],
                        "status": status,
                        "ms": round(seconds * 1e3),
                    },
                )


def _route(scope: Scope) -> str:
    """The route's pattern, so that the metrics don't get a row per project."""
    route = scope.get("route")
    return getattr(route, "path", "") or "none"
