"""The open connection to the server: hears at once what others do, says who is where. Comes back by itself.

Its thread ends only by `stop`, or when the sign-in has ended. What it hears is handed on as it came; a connection that
was away has missed things, so whoever listens pulls when `connected` is told.
"""

from __future__ import annotations

import json
import logging
import random
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

from pydantic import JsonValue
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from engine.cloud.session import Session
from engine.protocol.errors import MascotError, Offline, Unauthenticated
from engine.protocol.sync import Ping, ShowPresence, Subscribe, SyncModel, Unsubscribe

OPEN_S = 10.0
PRESENCE_S = 15.0
"""The server forgets after 30 s who said nothing."""
HEARTBEAT_S = 15.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
OFFLINE_PAUSE_S = 3.0
MAX_MESSAGE_BYTES = 64 << 20
_UNAUTHENTICATED = 4401

log = logging.getLogger(__name__)


class Live:
    """`heard(message)` gets every message, `connected(bool)` hears of the connection; both on this thread."""

    def __init__(
        self, session: Session, heard: Callable[[dict[str, JsonValue]], None], connected: Callable[[bool], None]
    ) -> None:
        self._session = session
        self._heard = heard
        self._connected = connected
        self._wanted: set[str] = set()
        self._places: dict[str, dict[str, JsonValue]] = {}
        self._guard = threading.Lock()
        self._socket: ClientConnection | None = None
        self._end = threading.Event()
        self._thread: threading.Thread | None = None
        self._refused_token: str | None = None

    def start(self) -> None:
        self._end.clear()
        self._thread = threading.Thread(target=self._run, name="cloud-live", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._end.set()
        if (socket := self._socket) is not None:
            socket.close()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(OPEN_S + 5)
            self._thread = None

    @property
    def is_connected(self) -> bool:
        return self._socket is not None

    def subscribe(self, channel: str) -> None:
        """Hear this channel, now and after every reconnection."""
        with self._guard:
            new = channel not in self._wanted
            self._wanted.add(channel)
        if new:
            self._say(Subscribe(channel=channel))

    def unsubscribe(self, channel: str) -> None:
        with self._guard:
            known = channel in self._wanted
            self._wanted.discard(channel)
        if known:
            self._say(Unsubscribe(channel=channel))

    def show(self, project_id: str, place: dict[str, JsonValue] | None) -> None:
        """Say where this person is in a project, until another place or None is said."""
        with self._guard:
            if place is None:
                self._places.pop(project_id, None)
                return
            self._places[project_id] = place
        self._say(ShowPresence(project_id=project_id, place=place))

    def _run(self) -> None:
        pause = FIRST_PAUSE_S
        while not self._end.is_set():
            try:
                began = time.monotonic()
                self._serve()
                pause = FIRST_PAUSE_S if time.monotonic() - began > LONGEST_PAUSE_S else pause
            except Unauthenticated:
                self._connected(False)
                return
            except Offline:
                self._end.wait(OFFLINE_PAUSE_S)
                continue
            except (MascotError, OSError, TimeoutError, InvalidHandshake, ConnectionClosed) as error:
                log.info("no live connection: %s", error)
            if self._end.wait(pause * random.uniform(0.5, 1.5)):
                return
            pause = min(LONGEST_PAUSE_S, pause * 2)

    def _serve(self) -> None:
        """One connection, until it ends. Raises as `Session.token`, and what the socket raises."""
        self._session.http.require_online(self._session.require().server)
        token = self._session.token(but=self._refused_token)
        headers = {"Authorization": f"Bearer {token}"}
        with connect(
            _socket_url(self._session.url("/ws")),
            additional_headers=headers,
            open_timeout=OPEN_S,
            close_timeout=1.0,
            ping_interval=None,
            max_size=MAX_MESSAGE_BYTES,
            compression=None,
        ) as socket:
            try:
                self._listen(socket)
            except ConnectionClosed as closed:
                if closed.rcvd is not None and closed.rcvd.code == _UNAUTHENTICATED:
                    self._refused_token = token
            finally:
                was_open, self._socket = self._socket is not None, None
                if was_open:
                    self._connected(False)

    def _listen(self, socket: ClientConnection) -> None:
        alive = time.monotonic()
        while not self._end.is_set():
            if self._session.http.is_offline:
                return
            try:
                text = socket.recv(timeout=1.0)
            except TimeoutError:
                text = None
            if text is not None:
                alive = time.monotonic()
                self._hear(socket, text)
            self._keep_alive(socket)
            if time.monotonic() - alive > 3 * HEARTBEAT_S:
                # A connection that says nothing, not even an answer to a ping, is gone.
                return

    def _hear(self, socket: ClientConnection, text: str | bytes) -> None:
        try:
            message = json.loads(text)
        except (json.JSONDecodeError, UnicodeDecodeError):
            return
        if not isinstance(message, dict):
            return
        if message.get("type") == "welcome":
            self._socket = socket
            self._said_at = self._pinged_at = time.monotonic()
            with self._guard:
                channels = sorted(self._wanted)
            for channel in channels:
                self._say(Subscribe(channel=channel))
            self._connected(True)
        if message.get("type") == "subscribed":
            # A place that was said before the channel was heard reached nobody.
            self._show_again(str(message.get("channel", "")).removeprefix("project:"))
        self._heard(message)

    def _keep_alive(self, socket: ClientConnection) -> None:
        now = time.monotonic()
        if self._socket is not socket:
            return
        if now - self._pinged_at > HEARTBEAT_S:
            self._pinged_at = now
            self._say(Ping())
        if now - self._said_at > PRESENCE_S:
            self._said_at = now
            with self._guard:
                places = dict(self._places)
            for project_id, place in places.items():
                self._say(ShowPresence(project_id=project_id, place=place))

    def _show_again(self, project_id: str) -> None:
        with self._guard:
            place = self._places.get(project_id)
        if place is not None:
            self._say(ShowPresence(project_id=project_id, place=place))

    def _say(self, message: SyncModel) -> None:
        if (socket := self._socket) is None:
            return
        try:
            socket.send(message.model_dump_json())
        except (ConnectionClosed, OSError) as error:
            # The reader notices as well, and comes back.
            log.info("not said: %s", error)

    _said_at = 0.0
    _pinged_at = 0.0


def _socket_url(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(scheme="wss" if parts.scheme == "https" else "ws"))
