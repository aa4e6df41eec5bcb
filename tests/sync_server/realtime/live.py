"""A client's end of the WebSocket, for tests: what it hears is waited for by type."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.sync_server.running import Running, SignedIn

WAIT_S = 10.0


class Live:
    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.seen: list[dict[str, Any]] = []

    def say(self, type_: str, **message: Any) -> None:
        self.connection.send(json.dumps({"type": type_, **message}))

    def hear(self, type_: str, within_s: float = WAIT_S) -> dict[str, Any]:
        """The next message of this type; those before it are dropped into `seen`."""
        until = time.monotonic() + within_s
        while True:
            message = json.loads(self.connection.recv(timeout=max(0.0, until - time.monotonic())))
            if message["type"] == type_:
                return message
            self.seen.append(message)

    def hear_any(self, within_s: float = WAIT_S) -> dict[str, Any]:
        """The next message."""
        return json.loads(self.connection.recv(timeout=within_s))

    def subscribe(self, channel: str) -> None:
        self.say("subscribe", channel=channel)
        self.hear("subscribed")

    def hears_nothing(self, within_s: float = 0.3) -> bool:
        """Of other types than presence."""
        until = time.monotonic() + within_s
        while (left := until - time.monotonic()) > 0:
            try:
                message = json.loads(self.connection.recv(timeout=left))
            except TimeoutError:
                return True
            if message["type"] != "present":
                return False
        return True


@contextmanager
def socket_at(server: Running) -> Iterator[Live]:
    """A socket that hasn't said who it is."""
    address = server.url.replace("http://", "ws://") + "/api/v1/ws"
    # Whoever leaves with much unread would wait ten seconds for the server's goodbye behind it.
    with connect(address, max_size=2**24, close_timeout=0.5) as connection:
        yield Live(connection)


@contextmanager
def live(server: Running, person: SignedIn) -> Iterator[Live]:
    """A signed-in socket."""
    with socket_at(server) as one:
        one.say("hello", token=person.token)
        one.hear("welcome")
        yield one
