"""The second look at open sockets: should the word of a revocation be lost, they end all the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session
from websockets.exceptions import ConnectionClosed

from sync_server.accounts.models import Device, User
from sync_server.database.base import now
from sync_server.realtime import guard
from sync_server.workspaces.models import Membership
from tests.sync_server.realtime.live import live
from tests.sync_server.running import ServerThread, SignedIn
from tests.sync_server.teams import join, newcomer

Loses = Callable[[Session, SignedIn, str], object]

SILENTLY: dict[str, Loses] = {
    "the device was signed out": lambda session, mia, _: session.execute(
        update(Device).where(Device.user_id == mia.user_id).values(revoked_at=now())
    ),
    "the account was closed": lambda session, mia, _: session.execute(
        update(User).where(User.id == mia.user_id).values(disabled_at=now())
    ),
    "the membership ended": lambda session, mia, workspace: session.execute(
        delete(Membership).where(Membership.user_id == mia.user_id, Membership.workspace_id == workspace)
    ),
}


@pytest.mark.parametrize("how", SILENTLY)
def test_a_socket_without_a_right_ends_though_nobody_told_it(
    how: str, make_server: Callable[..., ServerThread], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "EVERY_S", 0.3)
    server = make_server()
    olga, mia = newcomer(server, "olga"), newcomer(server, "mia")
    workspace = olga.post("/workspaces", json={"name": "Foxes"}).json()["id"]
    join(olga, workspace, mia, "MEMBER")
    with live(server, olga) as stays, live(server, mia) as goes:
        for one in (stays, goes):
            one.subscribe(f"workspace:{workspace}")
            one.subscribe("user")
        with server.state.database.write() as session:
            SILENTLY[how](session, mia, workspace)
        with pytest.raises(ConnectionClosed):
            while True:
                goes.hear_any()
        stays.say("ping")
        stays.hear("pong")
