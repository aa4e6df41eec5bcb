"""Many at once: nobody waits for a thread that waits for them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import httpx
import pytest

from sync_server.database.database import Database
from tests.sync_server.running import ServerThread, SignedIn

AT_ONCE = 120
"""Three times as many as anyio has threads by default."""


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_burst_of_writes_is_answered(
    kind: str,
    make_server: Callable[..., ServerThread],
    sign_up: Callable[..., SignedIn],
    request: pytest.FixtureRequest,
) -> None:
    server = make_server(database="" if kind == "sqlite" else request.getfixturevalue("postgres").new_database())
    ada = sign_up("ada@example.org", server=server)

    async def burst() -> list[int]:
        headers = {"Authorization": f"Bearer {ada.token}"}
        limits = httpx.Limits(max_connections=AT_ONCE)
        async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60, limits=limits) as client:
            names = ({"name": f"Ada {number}"} for number in range(AT_ONCE))
            answers = await asyncio.gather(*(client.patch("/api/v1/auth/me", json=name) for name in names))
        return [answer.status_code for answer in answers]

    assert Counter(asyncio.run(burst())) == {200: AT_ONCE}


def test_more_than_the_server_can_do_at_once_is_refused_with_a_time_to_wait(
    server: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sync_server.http import admission

    monkeypatch.setattr(admission, "MOST", 0)
    answer = server.client().get("/api/v1/auth/me")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "1"
    assert server.client().get("/healthz").status_code == 200


def test_a_database_that_is_away_is_a_pause_not_a_failure(
    server: ServerThread, sign_up: Callable[..., SignedIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = sign_up("ada@example.org")
    monkeypatch.setattr(server.state, "database", Database("sqlite:////nonexistent/folder/server.db"))
    answer = ada.get("/auth/me")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    monkeypatch.undo()
    assert ada.get("/auth/me").status_code == 200
