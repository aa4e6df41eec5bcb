"""A real server on a free port of this machine, a real mail server, and people who sign up by mail.

`server` is one in a thread (SQLite in tmp_path), `make_server(**config)` starts more of them, `server_process` and
`make_server_process(**config)` run the program itself. `sign_up("ada@example.org")` is a signed-in person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller

from sync_server.config import ServerConfig
from tests.sync_server.postgres import Postgres, running_postgres
from tests.sync_server.running import (
    Mailbox,
    ServerProcess,
    ServerThread,
    SignedIn,
    register,
    sign_in,
    start_process,
    start_thread,
)
from tests.sync_server.teams import Crowd, Team, crowd_at


class _MailServer(Controller):
    """At port 0 it gets a free one, and is told which before it knocks there."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture(scope="session")
def _mail_server() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    controller = _MailServer(mailbox, hostname="127.0.0.1", port=0)
    controller.start()
    mailbox.port = controller.port
    yield mailbox
    controller.stop(no_assert=True)


@pytest.fixture
def mailbox(_mail_server: Mailbox) -> Mailbox:
    """Every mail that the servers of this test send."""
    _mail_server.messages.clear()
    return _mail_server


@pytest.fixture
def server_config(tmp_path: Path, mailbox: Mailbox) -> Callable[..., ServerConfig]:
    """A configuration for a test: SQLite in tmp_path, mails to `mailbox`, no rate limits."""

    def make(**config: Any) -> ServerConfig:
        defaults = {
            "data": tmp_path / "server",
            "port": 0,
            "mail": f"smtp://127.0.0.1:{mailbox.port}",
            "rate_limits": False,
        }
        return ServerConfig(**{**defaults, **config})

    return make


@pytest.fixture
def make_server(server_config: Callable[..., ServerConfig], mailbox: Mailbox) -> Iterator[Callable[..., ServerThread]]:
    """Start a server in a thread; options are those of `ServerConfig`. Two with the same `data` share a database."""
    started: list[ServerThread] = []

    def make(**config: Any) -> ServerThread:
        started.append(start_thread(server_config(**config), mailbox))
        return started[-1]

    yield make
    for server in reversed(started):
        server.stop()


@pytest.fixture
def make_server_process(
    server_config: Callable[..., ServerConfig], mailbox: Mailbox
) -> Iterator[Callable[..., ServerProcess]]:
    """Start the program `mascotforge-server`."""
    started: list[ServerProcess] = []

    def make(**config: Any) -> ServerProcess:
        started.append(start_process(server_config(**config), mailbox))
        return started[-1]

    yield make
    for server in reversed(started):
        server.stop()


@pytest.fixture
def server(make_server: Callable[..., ServerThread]) -> ServerThread:
    return make_server()


@pytest.fixture
def server_process(make_server_process: Callable[..., ServerProcess]) -> ServerProcess:
    return make_server_process()


@pytest.fixture
def client(server: ServerThread) -> httpx.Client:
    """Nobody: a client of `server` that isn't signed in."""
    return server.client()


@pytest.fixture
def sign_up(request: pytest.FixtureRequest) -> Callable[..., SignedIn]:
    """`sign_up(email, server=…)`: a person who registered, confirmed and signed in; at `server` when none is named."""

    def make(email: str, *, server: ServerThread | ServerProcess | None = None, name: str = "") -> SignedIn:
        at = server or request.getfixturevalue("server")
        register(at, email, name=name)
        return sign_in(at, email)

    return make


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory, _mail_server: Mailbox) -> Iterator[Crowd]:
    """Five people on a server which the module's tests share."""
    with crowd_at(tmp_path_factory.mktemp("crowd"), _mail_server) as people:
        yield people


@pytest.fixture
def team(crowd: Crowd) -> Team:
    """A new workspace with a person of each role."""
    return crowd.team()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL; `postgres.new_database()` is the URL of an empty database for `make_server(database=…)`."""
    with running_postgres() as server:
        yield server
