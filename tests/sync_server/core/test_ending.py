"""Told to end while people work, the server ends at once, says nothing of errors, and leaves nothing behind."""

from __future__ import annotations

import signal
import socket
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed

from sync_server.config import ServerConfig
from tests.sync_server.logs.replicas import Replica, make_project
from tests.sync_server.realtime.live import live
from tests.sync_server.running import Mailbox, SignedIn, start_process

SOCKETS = 12
AT_ONCE_S = 3.0


@pytest.mark.parametrize("by", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_it_ends_at_once_with_sockets_open_and_a_request_half_sent(
    by: signal.Signals, server_config: Callable[..., ServerConfig], mailbox: Mailbox, sign_up: Callable[..., SignedIn]
) -> None:
    with tempfile.TemporaryFile() as log, ExitStack() as open_ones:
        server = start_process(server_config(), mailbox, log=log.fileno())
        ada = sign_up("ada@example.org", server=server)
        project = make_project(ada)
        sockets = [open_ones.enter_context(live(server, ada)) for _ in range(SOCKETS)]
        for one in sockets:
            one.subscribe(f"project:{project}")
        replica = Replica(ada, project)
        replica.set("name", "Fox")
        replica.push()
        half = open_ones.enter_context(socket.create_connection(("127.0.0.1", server.config.port)))
        half.sendall(b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
        idle = open_ones.enter_context(socket.create_connection(("127.0.0.1", server.config.port)))
        time.sleep(0.2)
        began = time.monotonic()
        server.process.send_signal(by)
        server.process.wait(20)
        took = time.monotonic() - began
        for one in sockets:
            with pytest.raises(ConnectionClosed):
                while True:
                    one.connection.recv(timeout=5)
        assert b"503" in half.recv(20), "who had not sent all is told to try again"
        assert idle.recv(1) == b""
        log.seek(0)
        said = log.read().decode()
    assert took < AT_ONCE_S, f"it took {took:.1f} s"
    assert server.process.returncode in (0, 130, -by)
    assert "Traceback" not in said, said
    server.stop()
