"""One open socket: who it is, what it listens to, what it says. It is served by two tasks that end together."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import ValidationError
from sqlalchemy.orm import Session

from engine.protocol.errors import ErrorCode
from engine.protocol.sync import (
    CLIENT_MESSAGE,
    ClientMessage,
    Hello,
    Ping,
    Pong,
    Pushed,
    PushedLive,
    PushLive,
    Refused,
    ShowPresence,
    Subscribe,
    Subscribed,
    Unsubscribe,
    Welcome,
)
from sync_server.access.principal import Principal
from sync_server.accounts.bearer import principal_of_token
from sync_server.accounts.models import User
from sync_server.logs.writer import LogWriter
from sync_server.problems import Forbidden, Problem, TooMany, Unauthenticated
from sync_server.projects.service import project_channel
from sync_server.realtime.bucket import Bucket
from sync_server.realtime.channels import channel_for
from sync_server.realtime.hub import Listener
from sync_server.realtime.presence import Presence
from sync_server.state import ServerState

T = TypeVar("T")
HEARTBEAT_S = 20.0
HELLO_WITHIN_S = 10.0
MESSAGES_PER_S, MESSAGES_AT_ONCE = 50.0, 300.0
MAX_CHANNELS = 200
MAX_SOCKETS = 100
"""Of one person in one process."""
MAX_PLACE_BYTES = 2048
UNAUTHENTICATED, ENDED, SILENT, UNREADABLE = 4401, 4403, 4408, 4400


class LiveSocket:
    def __init__(self, state: ServerState, websocket: WebSocket) -> None:
        self._state = state
        self._socket = websocket
        self._presence = state.get(Presence)
        self._bucket = Bucket(MESSAGES_PER_S, MESSAGES_AT_ONCE)
        self._listener: Listener | None = None
        self._name = ""

    async def serve(self) -> None:
        """Until either side ends it."""
        await self._socket.accept()
        try:
            listener = self._listener = await self._sign_in()
        except Problem as problem:
            await self._refuse_and_close(problem)
            return
        except (WebSocketDisconnect, TimeoutError):
            return
        hub = self._state.hub
        hub.join(listener)
        device_id = listener.principal.device_id
        listener.send(Welcome(user_id=listener.principal.user_id, device_id=device_id, heartbeat_s=HEARTBEAT_S))
        sender = asyncio.create_task(self._send_all(listener))
        receiver = asyncio.create_task(self._receive_all(listener))
        try:
            await asyncio.wait((sender, receiver), return_when=asyncio.FIRST_COMPLETED)
        finally:
            hub.leave(listener)
            self._presence.leave(listener)
            for task in (sender, receiver):
                task.cancel()
            await asyncio.gather(sender, receiver, return_exceptions=True)

    async def _sign_in(self) -> Listener:
        """From the header or from the first message. Raises Unauthenticated, TooMany, TimeoutError."""
        scheme, _, token = self._socket.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            message = _parsed(await asyncio.wait_for(self._socket.receive(), HELLO_WITHIN_S))
            if not isinstance(message, Hello):
                raise Unauthenticated("Say hello with a token first.")
            token = message.token

        def look(session: Session) -> tuple[Principal, str]:
            principal = principal_of_token(self._state, session, token)
            user = session.get_one(User, principal.user_id)
            return principal, user.name

        principal, self._name = await self._read(look)
        if sum(one.principal.user_id == principal.user_id for one in self._state.hub.listeners) >= MAX_SOCKETS:
            raise TooMany("Too many connections of this account are open.", retry_after_s=60.0)
        return Listener(principal)

    async def _send_all(self, listener: Listener) -> None:
        while (text := await listener.waiting.get()) is not None:
            await self._socket.send_text(text)
        await self._socket.close(ENDED)

    async def _receive_all(self, listener: Listener) -> None:
        while True:
            try:
                received = await asyncio.wait_for(self._socket.receive(), 3 * HEARTBEAT_S)
            except TimeoutError:
                await self._socket.close(SILENT)
                return
            if received["type"] == "websocket.disconnect":
                return
            message = _parsed(received)
            if message is None:
                self._say(listener, _refused_message("This message can't be read.", ErrorCode.BAD_INPUT))
            elif not self._bucket.take():
                self._refuse(listener, message, TooMany("Too many messages; go on more slowly.", retry_after_s=1.0))
            else:
                await self._hear(listener, message)

    async def _hear(self, listener: Listener, message: ClientMessage) -> None:
        try:
            match message:
                case Subscribe():
                    await self._subscribe(listener, message.channel)
                case Unsubscribe():
                    self._unsubscribe(listener, message.channel)
                case PushLive():
                    self._push(listener, message)
                case ShowPresence():
                    self._show(listener, message)
                case Ping():
                    self._say(listener, Pong())
                case Hello():
                    raise Forbidden("This socket is signed in already; open another one.")
        except Problem as problem:
            self._refuse(listener, message, problem)

    async def _subscribe(self, listener: Listener, wanted: str) -> None:
        if len(listener.channels) >= MAX_CHANNELS:
            raise TooMany(f"One connection can listen to {MAX_CHANNELS} channels; leave some.")

        def allowed(session: Session) -> tuple[str, str]:
            return channel_for(session, listener.principal, wanted)

        channel, workspace_id = await self._read(allowed)
        self._state.hub.subscribe(listener, channel, workspace_id)
        try:
            # Once more, now that a lost role would be heard of: it may have been lost in between.
            await self._read(allowed)
        except Problem:
            self._state.hub.unsubscribe(listener, channel)
            raise
        self._say(listener, Subscribed(channel=wanted))
        if channel.startswith("project:"):
            self._say(listener, self._presence.people(channel.partition(":")[2]))

    def _unsubscribe(self, listener: Listener, wanted: str) -> None:
        channel = f"user:{listener.principal.user_id}" if wanted == "user" else wanted
        if channel in listener.channels:
            self._state.hub.unsubscribe(listener, channel)
            if channel.startswith("project:"):
                self._presence.leave(listener, channel.partition(":")[2])

    def _push(self, listener: Listener, message: PushLive) -> None:
        """Not waited for: the next message may be read meanwhile, and the writer keeps the order."""
        writer = self._state.get(LogWriter)
        future = writer.submit(listener.principal, message.project_id, message.push, listener=listener)
        loop = asyncio.get_running_loop()

        def answered(done: Future[Pushed]) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._answer_push, listener, message, done)

        future.add_done_callback(answered)

    def _answer_push(self, listener: Listener, message: PushLive, done: Future[Pushed]) -> None:
        problem = done.exception()
        if problem is None:
            self._say(listener, PushedLive(request=message.request, pushed=done.result()))
        elif isinstance(problem, Problem):
            self._refuse(listener, message, problem)

    def _show(self, listener: Listener, message: ShowPresence) -> None:
        if project_channel(message.project_id) not in listener.channels:
            raise Forbidden("Subscribe to the project first.")
        if len(json.dumps(message.place)) > MAX_PLACE_BYTES:
            raise TooMany("This place is too long to be shown.", code=ErrorCode.TOO_LARGE)
        self._presence.show(listener, message.project_id, self._name, message.place)

    def _say(self, listener: Listener, message: Any) -> None:
        if not listener.send(message):
            self._state.hub.end(lambda one: one is listener)

    def _refuse(self, listener: Listener, message: ClientMessage, problem: Problem) -> None:
        request = message.request if isinstance(message, PushLive) else None
        channel = message.channel if isinstance(message, Subscribe | Unsubscribe) else None
        if isinstance(message, ShowPresence):
            channel = project_channel(message.project_id)
        self._say(listener, Refused(request=request, channel=channel, code=problem.code, sentence=problem.sentence))

    async def _refuse_and_close(self, problem: Problem) -> None:
        try:
            await self._socket.send_text(_refused_message(problem.sentence, problem.code).model_dump_json())
            await self._socket.close(UNAUTHENTICATED)
        except (WebSocketDisconnect, RuntimeError):
            return  # It has gone already.

    async def _read(self, look: Callable[[Session], T]) -> T:
        def work() -> T:
            with self._state.database.read() as session:
                return look(session)

        return await asyncio.to_thread(work)


def _refused_message(sentence: str, code: ErrorCode) -> Refused:
    return Refused(code=code, sentence=sentence)


def _parsed(received: Any) -> ClientMessage | None:
    text = received.get("text")
    if text is None:
        return None
    try:
        return CLIENT_MESSAGE.validate_json(text)
    except ValidationError:
        return None
