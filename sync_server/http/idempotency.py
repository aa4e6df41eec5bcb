"""`Idempotency-Key` on a POST: sent again after a lost reply, it gets the first answer and does nothing twice.

Only answers that say "done" are kept; a refusal changed nothing, so the same key may try again. The answer is kept in
a transaction after the one that did the work: should the server die exactly between the two, the work may be done
twice; where that matters, the client chooses the id of what it makes.
"""

from __future__ import annotations

from hashlib import sha256

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync_server.http.answers import Answers
from sync_server.http.context import header
from sync_server.http.errors import problem_response
from sync_server.http.who import account_of
from sync_server.problems import BadRequest, Problem, TooLarge
from sync_server.secrets.signatures import Signer

LONGEST_KEY = 200
LARGEST_ANSWER = 256 * 1024
SECRETS = ("/api/v1/auth/", "/api/v1/api-keys", "/api/v1/second-factor")
"""Rooms whose answers hold secrets that are shown once: they must not be kept."""


class Idempotency:
    def __init__(self, app: ASGIApp, answers: Answers, signer: Signer) -> None:
        self._app = app
        self._answers = answers
        self._signer = signer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = header(scope, b"idempotency-key") if scope["type"] == "http" and scope["method"] == "POST" else ""
        owner = account_of(scope, self._signer) if key else None
        if not key or owner is None or scope["path"].startswith(SECRETS):
            await self._app(scope, receive, send)
            return
        try:
            if len(key) > LONGEST_KEY or not key.isprintable():
                raise BadRequest(f"An Idempotency-Key has at most {LONGEST_KEY} printable characters.")
            request = Request(scope, receive)
            body = await request.body()
            known = await run_in_threadpool(self._answers.begin, owner, key, _hash(scope, body))
        except ClientDisconnect:
            return
        except HTTPException as error:  # the limit of the layer outside
            await problem_response(Request(scope), TooLarge(error.detail))(scope, receive, send)
            return
        except Problem as problem:
            await problem_response(Request(scope), problem)(scope, receive, send)
            return
        if known is None:
            await self._first(scope, body, receive, send, owner, key)
            return
        again = Response(known.body, known.status, {"Idempotent-Replay": "true"}, known.media_type or None)
        await again(scope, receive, send)

    async def _first(self, scope: Scope, body: bytes, receive: Receive, send: Send, owner: str, key: str) -> None:
        given, status, media_type, answer, whole = False, 0, "", bytearray(), False

        async def replayed() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def kept(message: Message) -> None:
            nonlocal status, media_type, whole
            if message["type"] == "http.response.start":
                status = message["status"]
                media_type = next((value.decode() for name, value in message["headers"] if name == b"content-type"), "")
            elif len(answer) <= LARGEST_ANSWER:
                answer.extend(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                whole = True
                await self._end(owner, key, status, media_type, bytes(answer))  # kept before it is told
            await send(message)

        try:
            await self._app(scope, replayed, kept)
        finally:
            if not whole:
                await run_in_threadpool(self._answers.forget, owner, key)

    async def _end(self, owner: str, key: str, status: int, media_type: str, body: bytes) -> None:
        if 200 <= status < 300 and len(body) <= LARGEST_ANSWER:
            await run_in_threadpool(self._answers.finish, owner, key, status, media_type, body)
        else:
            await run_in_threadpool(self._answers.forget, owner, key)


def _hash(scope: Scope, body: bytes) -> str:
    return sha256(b"\n".join((scope["path"].encode(), scope.get("query_string", b""), body))).hexdigest()
