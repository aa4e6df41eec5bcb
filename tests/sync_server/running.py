"""Real servers for tests, in a thread of the test's process or as a process of their own; and the people at them."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import uvicorn
from fastapi import FastAPI

from sync_server.accounts.hashing import Cost, PasswordHasher
from sync_server.config import PREFIX, ServerConfig
from sync_server.database.database import Database
from sync_server.database.schema import prepare
from sync_server.serving import listening, uvicorn_config
from sync_server.state import ServerState

PASSWORD = "correct horse battery"
START_S = 30.0
CHEAP = Cost(memory_kib=64, passes=1)
"""Of a server in a thread: its hashes are not what its tests are about. A server process takes the real cost."""


class Mailbox:
    """What a real SMTP server on this machine received (the handler of aiosmtpd's controller)."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.port = 0
        self._arrived = threading.Condition()

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        from email import message_from_bytes, policy

        with self._arrived:
            message = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.messages.append(message)
            self._arrived.notify_all()
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if _heading(message)[0].lower() == address.lower()]

    def wait(self, address: str, subject: str = "", *, count: int = 1, timeout: float = 10.0) -> EmailMessage:
        """The newest mail to an address whose subject holds these words, once `count` of them are here."""

        def fitting() -> list[EmailMessage]:
            return [mail for mail in self.to(address) if subject in _heading(mail)[1]]

        with self._arrived:
            assert self._arrived.wait_for(lambda: len(fitting()) >= count, timeout), (
                f"no mail “{subject}” to {address}; there are {[(m['To'], m['Subject']) for m in self.messages]}"
            )
            return fitting()[-1]

    def code(self, address: str, subject: str = "", *, count: int = 1) -> str:
        """The code of the newest such mail."""
        text = text_of(self.wait(address, subject, count=count))
        found = re.search(r"token=([\w%-]+)", text)
        assert found is not None, text
        return found[1]


@lru_cache(maxsize=1000)
def _heading(mail: EmailMessage) -> tuple[str, str]:
    """To whom, and about what: Python parses a header each time that it is read."""
    return mail["To"], mail["Subject"]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return body.get_content()


@dataclass
class Running:
    """A server that listens."""

    url: str
    config: ServerConfig
    mailbox: Mailbox
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, token: str | None = None) -> httpx.Client:
        """A client at the server's root, signed in with a token or not at all."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        client = httpx.Client(base_url=self.url, headers=headers, timeout=30.0, verify=_trusted())
        self.clients.append(client)
        return client

    def close_clients(self) -> None:
        for client in self.clients:
            client.close()


@dataclass
class ServerThread(Running):
    """A server in a thread: its state can be looked at."""

    app: FastAPI = field(kw_only=True)
    uvicorn: uvicorn.Server = field(kw_only=True)
    thread: threading.Thread = field(kw_only=True)

    @property
    def state(self) -> ServerState:
        return self.app.state.server

    def stop(self) -> None:
        self.close_clients()
        self.uvicorn.should_exit = True
        self.thread.join(20)
        assert not self.thread.is_alive()


@dataclass
class ServerProcess(Running):
    """A server as a process: it can be killed."""

    process: subprocess.Popen[str] = field(kw_only=True)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(20)

    def stop(self) -> None:
        self.close_clients()
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        finally:
            assert self.process.stdout is not None
            self.process.stdout.close()


def start_thread(config: ServerConfig, mailbox: Mailbox) -> ServerThread:
    """Start `config` on a free port in a thread; returns when it answers."""
    config.data.mkdir(parents=True, exist_ok=True)
    _prepare(config)
    listener = listening(config)
    config = config.model_copy(update={"port": listener.getsockname()[1]})
    with patch("sync_server.accounts.services.PasswordHasher", partial(PasswordHasher, cost=CHEAP)):
        made = uvicorn_config(config)
    server = uvicorn.Server(made)
    thread = threading.Thread(target=lambda: server.run(sockets=[listener]), name="test server", daemon=True)
    thread.start()
    until = time.monotonic() + START_S
    while not server.started:
        assert thread.is_alive() and time.monotonic() < until, "the server did not start"
        time.sleep(0.01)
    app = made.app
    assert isinstance(app, FastAPI)
    return ServerThread(config.url, config, mailbox, app=app, uvicorn=server, thread=thread)


def _prepare(config: ServerConfig) -> None:
    """Migrate the configured database; a SQLite one that isn't there yet is copied from one that was migrated."""
    if not config.database and not (file := config.data / "server.db").exists():
        shutil.copyfile(_migrated(), file)
        return
    database = Database(config.database_url)
    prepare(database)
    database.close()


@cache
def _migrated() -> Path:
    """An empty SQLite database that the migrations made, once per test process."""
    folder = tempfile.mkdtemp(prefix="mascotforge-migrated-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / "server.db"
    database = Database(f"sqlite:///{path}")
    prepare(database)
    database.close()
    return path


@cache
def _trusted() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def start_process(
    config: ServerConfig, mailbox: Mailbox, *, log: int | None = None, program: str = "sync_server.main"
) -> ServerProcess:
    """Start the program `mascotforge-server` with this configuration; returns when it listens. `log`: its stderr."""
    process = subprocess.Popen(
        [sys.executable, "-m", program],
        env=environment(config),
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    found = re.search(r"http://\S+", said)
    assert found is not None, f"the server said: {said}"
    # Nobody reads on: what it prints later must not fill the pipe and stop it.
    threading.Thread(target=process.stdout.read, daemon=True).start()
    config = config.model_copy(update={"port": int(found[0].rpartition(":")[2])})
    running = ServerProcess(config.url, config, mailbox, process=process)
    with running.client() as client:
        _until_it_answers(client)
    return running


def environment(config: ServerConfig) -> dict[str, str]:
    """The environment that makes this configuration in another process."""
    changed: Mapping[str, Any] = config.model_dump(mode="json", exclude_defaults=True)
    secret = {name: value.get_secret_value() for name, value in config if hasattr(value, "get_secret_value")}
    shown = {**changed, **{name: value for name, value in secret.items() if value}}
    return {**os.environ, **{PREFIX + name.upper(): _as_text(value) for name, value in shown.items()}}


def _as_text(value: Any) -> str:
    import json

    return value if isinstance(value, str) else json.dumps(value)


def _until_it_answers(client: httpx.Client) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            client.get("/healthz")
            return
        except httpx.TransportError:
            assert time.monotonic() < until, "the server did not answer"
            time.sleep(0.05)


@dataclass
class SignedIn:
    """A person with an account, signed in on one device. Paths without a leading `/api/v1` get it."""

    email: str
    user_id: str
    workspace_id: str
    token: str
    refresh_token: str
    client: httpx.Client
    password: str = PASSWORD

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.client.request(method, path if path.startswith("/api/") else f"/api/v1{path}", **more)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.request("POST", path, **more)

    def put(self, path: str, **more: Any) -> httpx.Response:
        return self.request("PUT", path, **more)

    def patch(self, path: str, **more: Any) -> httpx.Response:
        return self.request("PATCH", path, **more)

    def delete(self, path: str, **more: Any) -> httpx.Response:
        return self.request("DELETE", path, **more)


def register(server: Running, email: str, *, name: str = "", password: str = PASSWORD) -> None:
    """Make an account the way people do: register, read the mail, confirm."""
    with server.client() as client:
        seen = len(server.mailbox.to(email))
        body = {"email": email, "password": password, "name": name or email.partition("@")[0].capitalize()}
        answer = client.post("/api/v1/auth/register", json=body)
        assert answer.status_code == 202, answer.text
        code = server.mailbox.code(email, count=seen + 1)
        answer = client.post("/api/v1/auth/verify-email", json={"token": code})
        assert answer.status_code == 200, answer.text


def sign_in(server: Running, email: str, *, password: str = PASSWORD, device_name: str = "test") -> SignedIn:
    """Sign in on a new device."""
    client = server.client()
    body = {"email": email, "password": password, "device_name": device_name}
    answer = client.post("/api/v1/auth/login", json=body)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    client.headers["Authorization"] = f"Bearer {said['access_token']}"
    user = said["user"]
    return SignedIn(
        email, user["id"], user["workspace_id"], said["access_token"], said["refresh_token"], client, password
    )
