"""How many requests an address and an account may make.

Signing in has tighter limits of its own, files have wider ones: an album of 300 pictures is some 1800 requests, and
must not keep its person from editing meanwhile.
"""

from __future__ import annotations

import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sync_server.audit.service import caller_address
from sync_server.http.address import counted_address
from sync_server.http.errors import problem_response
from sync_server.http.requests import QUIET
from sync_server.http.who import account_of
from sync_server.limits.counting import Counted, in_hand
from sync_server.limits.limiter import Limiter
from sync_server.problems import TooMany
from sync_server.secrets.signatures import Signer

PER_ADDRESS = "3000/minute"
"""A whole office may share one."""
PER_ACCOUNT = "1200/minute"
FILES_PER_ADDRESS = "12000/minute"
FILES_PER_ACCOUNT = "6000/minute"
_FILES = re.compile(r"/api/v1/(uploads/|workspaces/[^/]+/(uploads|blobs)(/|$))")


class Rates:
    def __init__(self, app: ASGIApp, limiter: Limiter, signer: Signer) -> None:
        self._app = app
        self._limiter = limiter
        self._signer = signer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in QUIET or not self._limiter.on:
            await self._app(scope, receive, send)
            return
        account = account_of(scope, self._signer)
        try:
            count = self._count_file if _FILES.match(scope["path"]) else self._count
            if self._limiter.is_local:
                count(account)
            else:
                await run_in_threadpool(count, account)
        except TooMany as problem:
            await problem_response(Request(scope), problem)(scope, receive, send)
            return
        in_hand.set(Counted(self._limiter))
        await self._app(scope, receive, send)

    def _count(self, account: str | None) -> None:
        self._limiter.hit("requests from", counted_address(caller_address.get()), PER_ADDRESS)
        if account is not None:
            self._limiter.hit("requests of", account, PER_ACCOUNT)

    def _count_file(self, account: str | None) -> None:
        self._limiter.hit("files from", counted_address(caller_address.get()), FILES_PER_ADDRESS)
        if account is not None:
            self._limiter.hit("files of", account, FILES_PER_ACCOUNT)
