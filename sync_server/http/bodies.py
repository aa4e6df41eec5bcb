"""No request's body is larger than it may be. Parts of uploads are streamed and have limits of their own."""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync_server.http.context import header
from sync_server.http.errors import problem_response
from sync_server.problems import TooLarge

STREAMED = re.compile(r"/api/v1/uploads/[^/]+/parts/\d+")
SENTENCE = "The request is too large; send less at once."


class BodyLimit:
    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or STREAMED.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        said = header(scope, b"content-length")
        if said.isdecimal() and int(said) > self._most:
            await problem_response(Request(scope), TooLarge(SENTENCE))(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._most:
                # FastAPI takes any other error of reading a body for malformed JSON.
                raise HTTPException(TooLarge.status, SENTENCE)
            return message

        await self._app(scope, counted, send)
