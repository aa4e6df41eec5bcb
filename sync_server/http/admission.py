"""How many requests are in hand at once. Each has a thread whenever it needs one.

A writer on SQLite holds the database's only place for writers over several turns in threads (its transaction opens, its
route runs, its transaction ends). Were threads scarcer than requests, those who wait for that place could take the
threads that its holder needs, for ever. So requests are bounded here, and threads not at all.
"""

from __future__ import annotations

import math

from anyio.to_thread import current_default_thread_limiter
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sync_server.http.errors import problem_response
from sync_server.http.requests import QUIET
from sync_server.problems import Unavailable

MOST = 500
RETRY_AFTER_S = 1.0


def unbind_threads() -> None:
    """On the event loop's thread, before the first request."""
    current_default_thread_limiter().total_tokens = math.inf


class Admission:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._in_hand = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in QUIET:
            await self._app(scope, receive, send)
            return
        if self._in_hand >= MOST:
            busy = Unavailable("The server has too much to do; try again in a moment.", retry_after_s=RETRY_AFTER_S)
            await problem_response(Request(scope), busy)(scope, receive, send)
            return
        self._in_hand += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._in_hand -= 1
