"""What one socket may take, and how it ends when it takes more or falls silent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed

from sync_server.access.principal import EVERYTHING, Principal
from sync_server.realtime import presence, socket
from sync_server.realtime.hub import Hub, Listener
from sync_server.realtime.presence import Presence
from tests.sync_server.logs.replicas import make_project
from tests.sync_server.realtime.live import Live, live, socket_at
from tests.sync_server.teams import Team


def closed_with(one: Live) -> int:
    """The code with which the server ends it."""
    with pytest.raises(ConnectionClosed) as ended:
        while True:
            one.hear_any()
    assert ended.value.rcvd is not None
    return ended.value.rcvd.code


def test_a_socket_listens_to_so_many_channels_and_no_more(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "MAX_CHANNELS", 1)
    with live(team.server, team.member) as member:
        member.subscribe("user")
        member.say("subscribe", channel=f"workspace:{team.workspace_id}")
        assert member.hear("refused")["code"] == "rate_limited"
        member.say("unsubscribe", channel="user")
        member.subscribe(f"workspace:{team.workspace_id}")


def test_a_person_has_so_many_sockets_and_no_more(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "MAX_SOCKETS", 1)
    with live(team.server, team.viewer), socket_at(team.server) as second:
        second.say("hello", token=team.viewer.token)
        assert second.hear("refused")["code"] == "rate_limited"
        assert closed_with(second) == socket.UNAUTHENTICATED


def test_a_socket_that_says_hello_twice_keeps_who_it_is(team: Team) -> None:
    with live(team.server, team.member) as member:
        member.say("hello", token=team.owner.token)
        assert member.hear("refused")["code"] == "forbidden"
        member.say("ping")
        member.hear("pong")


def test_a_place_has_a_length(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    with live(team.server, team.member) as member:
        member.subscribe(f"project:{project}")
        member.say("presence", project_id=project, place={"view": "x" * socket.MAX_PLACE_BYTES})
        refused = member.hear("refused")
        assert (refused["code"], refused["channel"]) == ("too_large", f"project:{project}")


def test_a_push_that_is_no_base64_is_refused_by_its_request(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    epoch = team.member.get(f"/projects/{project}").json()["epoch"]
    with live(team.server, team.member) as member:
        member.say("push", request="r1", project_id=project, push={"epoch": epoch, "update": "?!"})
        refused = member.hear("refused")
        assert (refused["request"], refused["code"]) == ("r1", "bad_input")


def test_who_is_silent_for_long_is_let_go(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "HEARTBEAT_S", 0.1)
    with live(team.server, team.member) as member:
        assert closed_with(member) == socket.SILENT


def test_who_never_says_hello_is_let_go(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "HELLO_WITHIN_S", 0.1)
    with socket_at(team.server) as nobody, pytest.raises(ConnectionClosed):
        nobody.hear("welcome")


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def test_a_socket_that_does_not_read_is_dropped_and_the_others_hear_all(loop: asyncio.AbstractEventLoop) -> None:
    async def flooded() -> tuple[Listener, Listener]:
        hub = Hub()
        hub.start(asyncio.get_running_loop())
        slow, quick = (Listener(Principal(name, name, None, EVERYTHING)) for name in ("slow", "quick"))
        slow.waiting = asyncio.Queue(3)
        for one in (slow, quick):
            hub.join(one)
            hub.subscribe(one, "user:x")
        for number in range(10):
            hub.deliver("user:x", str(number))
        return slow, quick

    slow, quick = loop.run_until_complete(flooded())
    assert (slow.waiting.get_nowait(), slow.channels) == (None, {}), "it is told to go, and nothing else"
    assert quick.waiting.qsize() == 10


def test_after_the_end_of_the_loop_nothing_is_said_and_nothing_fails(loop: asyncio.AbstractEventLoop) -> None:
    hub = Hub()
    hub.end(lambda _: True)
    hub.start(loop)
    loop.close()
    hub.deliver("user:x", "late")


def test_who_is_silent_is_forgotten_and_so_is_a_process_that_died(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def seen() -> list[list[str]]:
        hub = Hub()
        hub.start(asyncio.get_running_loop())
        here = Presence(hub)
        listener = Listener(Principal("ada", "laptop", None, EVERYTHING))
        hub.join(listener)
        hub.subscribe(listener, "project:p", "w")
        shown = [names(here)]
        here.show(listener, "p", "Ada", {})
        other = Presence(Hub())._process
        said = presence.PeopleHere(process=other, project_id="p", people=[person("Bob")])
        hub.handlers[presence.CHANNEL](said.model_dump_json())
        await asyncio.sleep(2 * presence.SHOWN_EVERY_S)
        here.forget_silent()
        shown.append(names(here))
        later = time.monotonic() + presence.FORGOTTEN_S + 10
        monkeypatch.setattr(time, "monotonic", lambda: later)
        here.forget_silent()
        monkeypatch.undo()
        await asyncio.sleep(2 * presence.SHOWN_EVERY_S)
        shown.append(names(here))
        here.forget_silent()
        return shown

    assert loop.run_until_complete(seen()) == [[], ["Ada", "Bob"], []]


def names(here: Presence) -> list[str]:
    return [one.name for one in here.people("p").people]


def person(name: str) -> presence.Person:
    return presence.Person(user_id=name.lower(), name=name, device_id="d", colour="#000000", place={})
