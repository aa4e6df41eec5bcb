"""A socket that was opened with a key ends when the key does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from websockets.exceptions import ConnectionClosed

from sync_server.api_keys.models import ApiKey
from sync_server.realtime import guard
from tests.sync_server.realtime.live import socket_at
from tests.sync_server.running import ServerThread, SignedIn


def test_an_expired_keys_socket_ends(
    monkeypatch: pytest.MonkeyPatch, make_server: Callable[..., ServerThread], sign_up: Callable[..., SignedIn]
) -> None:
    monkeypatch.setattr(guard, "EVERY_S", 0.2)
    server = make_server()
    ada = sign_up("ada@example.org", server=server)
    secret = ada.post("/auth/api-keys", json={"name": "script", "scopes": ["read"]}).json()["secret"]
    with socket_at(server) as socket:
        socket.say("hello", token=secret)
        socket.hear("welcome")
        socket.subscribe("user")
        assert socket.hears_nothing()
        with server.state.database.write() as session:
            session.execute(update(ApiKey).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
        with pytest.raises(ConnectionClosed):
            socket.connection.recv(timeout=5)
