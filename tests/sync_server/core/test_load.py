"""Everybody at once for a while: writers, readers, sign-ins, wrong passwords, sockets. Nobody waits for ever."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx
import pytest
from websockets.asyncio.client import connect

from sync_server.http import admission
from tests.sync_server.logs.replicas import make_project
from tests.sync_server.running import PASSWORD, ServerThread, SignedIn

WRITERS, READERS, PUSHERS, SIGN_INS, GUESSES, SOCKETS = 60, 60, 20, 8, 4, 30
PATIENCE_S = 120.0
"""For one answer on a starved machine. Whoever waits 30 s for a place at the database is refused, which fails here."""
BRIEF_S, LONG_S = 2.0, 30.0


@dataclass
class Seen:
    """What came of it all."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter[tuple[str, int]])
    pongs: int = 0


Ask = Callable[[httpx.AsyncClient, int], Awaitable[httpx.Response]]


def asks_of(project: str, epoch: str, workspace: str) -> dict[str, tuple[int, Ask]]:
    """What each kind of person asks for again and again, and how many of them there are."""

    def wrote(client: httpx.AsyncClient, number: int) -> Awaitable[httpx.Response]:
        return client.patch("/auth/me", json={"name": f"Ada {number}"}, headers={"Idempotency-Key": str(number)})

    def read(client: httpx.AsyncClient, number: int) -> Awaitable[httpx.Response]:
        path = ("/workspaces", f"/projects/{project}/log", f"/workspaces/{workspace}/members", "/audit")[number % 4]
        return client.get(path)

    def pushed(client: httpx.AsyncClient, number: int) -> Awaitable[httpx.Response]:
        fact = {"id": f"fact-{number}", "kind": "label", "made_at": 1, "body": {"name": "a", "value": str(number)}}
        return client.post(f"/projects/{project}/log", json={"epoch": epoch, "facts": [fact]})

    def signed_in(client: httpx.AsyncClient, number: int) -> Awaitable[httpx.Response]:
        return client.post("/auth/login", json={"email": "ada@example.org", "password": PASSWORD})

    def guessed(client: httpx.AsyncClient, number: int) -> Awaitable[httpx.Response]:
        return client.post("/auth/login", json={"email": f"no{number}@example.org", "password": "a wrong one"})

    return {
        "write": (WRITERS, wrote),
        "read": (READERS, read),
        "push": (PUSHERS, pushed),
        "sign in": (SIGN_INS, signed_in),
        "guess": (GUESSES, guessed),
    }


async def crowded(server: ServerThread, person: SignedIn, for_s: float) -> Seen:
    project = make_project(person)
    epoch = person.get(f"/projects/{project}").json()["epoch"]
    until, seen, numbers = time.monotonic() + for_s, Seen(), iter(range(10**9))
    headers = {"Authorization": f"Bearer {person.token}"}
    limits = httpx.Limits(max_connections=None)
    at = f"{server.url}/api/v1"

    async def asks(kind: str, ask: Ask, client: httpx.AsyncClient) -> None:
        served = False
        while not served or time.monotonic() < until:
            answer = await ask(client, next(numbers))
            seen.answers[kind, answer.status_code] += 1
            served = served or answer.status_code != 503
            await asyncio.sleep(0.1 if answer.status_code == 503 else 0)

    async def listens() -> None:
        async with connect(f"{at.replace('http:', 'ws:')}/ws", max_size=2**24, max_queue=None) as socket:
            await socket.send(json.dumps({"type": "hello", "token": person.token}))
            await socket.send(json.dumps({"type": "subscribe", "channel": f"project:{project}"}))
            pongs = 0
            while not pongs or time.monotonic() < until:
                await socket.send(json.dumps({"type": "ping"}))
                while json.loads(await asyncio.wait_for(socket.recv(), PATIENCE_S))["type"] != "pong":
                    pass
                pongs += 1
                await asyncio.sleep(0.1)
            seen.pongs += pongs

    async with (
        httpx.AsyncClient(base_url=at, headers=headers, timeout=PATIENCE_S, limits=limits) as client,
        asyncio.TaskGroup() as together,
    ):
        for kind, (count, ask) in asks_of(project, epoch, person.workspace_id).items():
            for _ in range(count):
                together.create_task(asks(kind, ask, client))
        for _ in range(SOCKETS):
            together.create_task(listens())
    return seen


EXPECTED = {
    ("write", 200),
    ("read", 200),
    ("push", 200),
    ("sign in", 200),
    ("guess", 401),
    ("sign in", 503),  # more at once than the hashes' queue holds
    ("guess", 503),
}


def require_all_served(seen: Seen, *, refused: bool = False) -> None:
    unexpected = {
        key: count for key, count in seen.answers.items() if key not in EXPECTED and not (refused and key[1] == 503)
    }
    assert not unexpected, seen.answers
    for kind in {kind for kind, _ in EXPECTED}:
        assert any(count for (one, status), count in seen.answers.items() if one == kind and status != 503), kind
    assert seen.pongs >= SOCKETS, "every socket was answered"


def database_of(kind: str, request: pytest.FixtureRequest) -> str:
    return "" if kind == "sqlite" else request.getfixturevalue("postgres").new_database()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_crowd_is_served_and_nobody_waits_for_ever(
    kind: str,
    make_server: Callable[..., ServerThread],
    sign_up: Callable[..., SignedIn],
    request: pytest.FixtureRequest,
) -> None:
    server = make_server(database=database_of(kind, request))
    ada = sign_up("ada@example.org", server=server)
    require_all_served(asyncio.run(crowded(server, ada, BRIEF_S)))
    assert ada.get("/auth/me").status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_crowd_that_stays_is_served_too(
    kind: str,
    make_server: Callable[..., ServerThread],
    sign_up: Callable[..., SignedIn],
    request: pytest.FixtureRequest,
) -> None:
    server = make_server(database=database_of(kind, request))
    ada = sign_up("ada@example.org", server=server)
    require_all_served(asyncio.run(crowded(server, ada, LONG_S)))
    assert ada.get("/auth/me").status_code == 200


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def test_with_fewer_places_than_people_some_are_told_to_wait_and_the_rest_is_served(
    kind: str,
    make_server: Callable[..., ServerThread],
    sign_up: Callable[..., SignedIn],
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = make_server(database=database_of(kind, request))
    ada = sign_up("ada@example.org", server=server)
    monkeypatch.setattr(admission, "MOST", 20)
    seen = asyncio.run(crowded(server, ada, BRIEF_S))
    require_all_served(seen, refused=True)
    assert any(status == 503 for _, status in seen.answers)
    assert ada.get("/auth/me").status_code == 200
