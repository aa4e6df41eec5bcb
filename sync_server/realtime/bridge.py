"""Several server processes on one PostgreSQL tell each other what their sockets should hear, by LISTEN and NOTIFY.

What is too large for a notification becomes "pull". A process that lost its connection tells all its sockets to pull
when it is back: nothing is promised but that, and the logs are the truth.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
from collections.abc import Callable

import psycopg
from sqlalchemy import URL

from engine.protocol.ids import new_id
from engine.protocol.sync import PullNow
from sync_server.realtime.hub import Hub

LOG = logging.getLogger("mascotforge.server.bridge")
NOTIFICATION = "mascotforge"
MAX_BYTES = 7900
"""PostgreSQL takes less than 8000 bytes."""
_MAX_WAITING = 10_000
_AT_ONCE = 200
_RETRY_S = 1.0
_LISTEN_S = 0.5


class Bridge:
    """Two threads with a connection each."""

    def __init__(self, url: URL, hub: Hub) -> None:
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._hub = hub
        self._process = new_id()
        self._waiting: queue.Queue[str | None] = queue.Queue(_MAX_WAITING)
        self._unsaid: list[str] = []
        self._closed = threading.Event()
        self._listening = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep, args=(work,), name=name, daemon=True)
            for name, work in (("bridge's ears", self._listen), ("bridge's mouth", self._speak))
        ]

    def start(self) -> None:
        """Returns when this process hears the others, or after a few seconds of trying."""
        self._hub.forward = self.forward
        for thread in self._threads:
            thread.start()
        self._listening.wait(5.0)

    def close(self) -> None:
        self._hub.forward = None
        self._closed.set()
        self._put(None)
        for thread in self._threads:
            thread.join()

    def forward(self, channel: str, text: str) -> None:
        """Tell the other processes; from any thread, without waiting."""
        payload = self._payload(channel, text)
        if len(payload.encode()) > MAX_BYTES:
            kind, _, id_ = channel.partition(":")
            if kind != "project":
                LOG.warning("a message of %d bytes to %s stays in this process", len(text), kind)
                return
            payload = self._payload(channel, PullNow(project_id=id_).model_dump_json())
        self._put(payload)

    def _payload(self, channel: str, text: str) -> str:
        return json.dumps({"from": self._process, "to": channel, "text": text}, ensure_ascii=False)

    def _put(self, payload: str | None) -> None:
        try:
            self._waiting.put_nowait(payload)
        except queue.Full:
            LOG.warning("the bridge is full; a message is lost to other processes")

    def _keep(self, work: Callable[[], None]) -> None:
        while not self._closed.is_set():
            try:
                work()
            except psycopg.Error as error:
                LOG.warning("the bridge between processes broke: %s", error)
                self._closed.wait(_RETRY_S)

    def _connection(self) -> psycopg.Connection:
        return psycopg.connect(self._address, autocommit=True, application_name="mascotforge bridge")

    def _listen(self) -> None:
        with self._connection() as connection:
            connection.execute(f"LISTEN {NOTIFICATION}")
            if self._listening.is_set():
                self._tell_all_to_pull()
            self._listening.set()
            while not self._closed.is_set():
                for notification in connection.notifies(timeout=_LISTEN_S):
                    self._heard(notification.payload)

    def _speak(self) -> None:
        with self._connection() as connection:
            while not self._closed.is_set():
                # What a broken connection swallowed is said again on the next one.
                self._unsaid = self._unsaid or self._next()
                if self._unsaid:
                    connection.execute(
                        "SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload",
                        (NOTIFICATION, self._unsaid),
                    )
                self._unsaid = []

    def _next(self) -> list[str]:
        payloads = [self._waiting.get()]
        while len(payloads) < _AT_ONCE and not self._waiting.empty():
            payloads.append(self._waiting.get())
        return [payload for payload in payloads if payload is not None]

    def _heard(self, payload: str) -> None:
        message = json.loads(payload)
        if message["from"] != self._process:
            self._hub.deliver(message["to"], message["text"])

    def _tell_all_to_pull(self) -> None:
        for channel in self._hub.channels():
            kind, _, id_ = channel.partition(":")
            if kind == "project":
                self._hub.deliver(channel, PullNow(project_id=id_).model_dump_json())
