"""Over the WebSocket: edits arrive at teammates at once, and nobody hears what isn't theirs."""

from __future__ import annotations

import base64
import json
import time

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.sync_server.logs.replicas import Replica, fact, make_project
from tests.sync_server.realtime.live import live, socket_at
from tests.sync_server.teams import Team


def test_an_edit_arrives_at_the_teammate_and_is_durable_when_acknowledged(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    here, there = Replica(team.owner, project), Replica(team.member, project)
    with live(team.server, team.owner) as mine, live(team.server, team.member) as theirs:
        mine.subscribe(f"project:{project}")
        theirs.subscribe(f"project:{project}")
        here.set("name", "Fox")
        began = time.perf_counter()
        push = {"epoch": here.epoch, "update": here.new_edits(), "facts": [fact()]}
        mine.say("push", request="r1", project_id=project, push=push)
        changed = theirs.hear("changed")
        assert time.perf_counter() - began < 5.0
        pushed = mine.hear("pushed")
    assert pushed["request"] == "r1" and pushed["pushed"]["update_number"] == 1
    assert [message["type"] for message in mine.seen if message["type"] != "present"] == []
    there.doc.import_(base64.b64decode(changed["updates"][0]["data"]))
    assert there.value == {"project": {"name": "Fox"}}
    assert changed["updates"][0]["author_name"] == "Olga" and changed["facts"][0]["number"] == 1
    assert Replica(team.member, project).value == there.value


def test_a_push_over_http_is_heard_on_sockets(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    replica = Replica(team.member, project)
    with live(team.server, team.viewer) as viewer:
        viewer.subscribe(f"project:{project}")
        replica.set("name", "Fox")
        replica.push()
        assert viewer.hear("changed")["updates"][0]["number"] == 1


def test_a_viewer_sees_but_cannot_push(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    replica = Replica(team.viewer, project)
    replica.set("name", "Mine now")
    with live(team.server, team.viewer) as viewer:
        viewer.subscribe(f"project:{project}")
        push = {"epoch": replica.epoch, "update": replica.new_edits()}
        viewer.say("push", request="r1", project_id=project, push=push)
        refused = viewer.hear("refused")
    assert (refused["request"], refused["code"]) == ("r1", "forbidden")
    assert replica.try_push(update=replica.new_edits()).status_code == 403
    assert replica.try_push(fact("comment", {"text": "hello"})).status_code == 403
    assert Replica(team.owner, project).value == {}


def test_a_stranger_cannot_listen_nor_push(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    with live(team.server, team.stranger) as stranger:
        for channel in (f"project:{project}", f"workspace:{team.workspace_id}", "job:1", "user:someone", "nonsense"):
            stranger.say("subscribe", channel=channel)
            refused = stranger.hear("refused")
            assert (refused["channel"], refused["code"]) == (channel, "not_found")
        stranger.say("presence", project_id=project, place={})
        assert stranger.hear("refused")["code"] == "forbidden"
        stranger.say("push", request="r", project_id=project, push={"epoch": "x", "facts": [fact()]})
        assert stranger.hear("refused")["code"] == "not_found"


def test_nothing_is_heard_before_hello(team: Team) -> None:
    with socket_at(team.server) as nobody:
        nobody.say("subscribe", channel="user")
        assert nobody.hear("refused")["code"] == "unauthenticated"
        with pytest.raises(ConnectionClosed):
            nobody.hear("subscribed")
    with socket_at(team.server) as forger:
        forger.say("hello", token="not a token")
        assert forger.hear("refused")["code"] == "unauthenticated"


def test_the_token_may_come_in_the_header(team: Team) -> None:
    address = team.server.url.replace("http://", "ws://") + "/api/v1/ws"
    headers = {"Authorization": f"Bearer {team.member.token}"}
    with connect(address, additional_headers=headers) as connection:
        welcome = json.loads(connection.recv(timeout=10))
        assert (welcome["type"], welcome["user_id"]) == ("welcome", team.member.user_id)


def test_messages_that_cannot_be_read_are_answered_and_the_socket_lives(team: Team) -> None:
    with live(team.server, team.member) as member:
        for text in ("no json", "[]", '{"type": "dance"}', '{"type": "push", "request": 1}'):
            member.connection.send(text)
            assert member.hear("refused")["code"] == "bad_input"
        member.connection.send(b"\x00\x01")
        assert member.hear("refused")["code"] == "bad_input"
        member.say("ping")
        member.hear("pong")


def test_who_says_too_much_is_told_to_slow_down(team: Team) -> None:
    with live(team.server, team.member) as member:
        for _ in range(400):
            member.say("ping")
        assert member.hear("refused")["code"] == "rate_limited"
        time.sleep(0.5)
        member.say("unsubscribe", channel="user")


def test_people_see_who_is_there_and_where(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    with live(team.server, team.owner) as mine, live(team.server, team.member) as theirs:
        mine.subscribe(f"project:{project}")
        theirs.subscribe(f"project:{project}")
        mine.say("presence", project_id=project, place={"view": "stage"})
        (person,) = _people(theirs, 1)
        assert (person["name"], person["place"]) == ("Olga", {"view": "stage"})
        assert person["colour"].startswith("#")
        theirs.say("presence", project_id=project, place={"view": "gallery"})
        assert {person["name"] for person in _people(mine, 2)} == {"Olga", "Mia"}
        mine.say("unsubscribe", channel=f"project:{project}")
        assert {person["name"] for person in _people(theirs, 1)} == {"Mia"}


def test_a_socket_that_closes_is_no_longer_present(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    with live(team.server, team.member) as theirs:
        theirs.subscribe(f"project:{project}")
        with live(team.server, team.owner) as mine:
            mine.subscribe(f"project:{project}")
            mine.say("presence", project_id=project)
            _people(theirs, 1)
        _people(theirs, 0)


def test_whoever_is_removed_hears_no_more(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    replica = Replica(team.owner, project)
    with live(team.server, team.member) as theirs:
        theirs.subscribe(f"project:{project}")
        assert team.owner.delete(f"{team.path}/members/{team.member.user_id}").status_code == 204
        assert theirs.hear("revoked")["channel"] == f"project:{project}"
        replica.set("name", "Fox")
        replica.push()
        assert theirs.hears_nothing()
        theirs.say("push", request="r", project_id=project, push={"epoch": replica.epoch, "facts": [fact()]})
        assert theirs.hear("refused")["code"] == "not_found"


def test_a_deleted_project_is_said_to_be_gone(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    with live(team.server, team.viewer) as viewer:
        viewer.subscribe(f"project:{project}")
        assert team.member.delete(f"/projects/{project}").status_code == 204
        assert "deleted" in viewer.hear("revoked")["sentence"]
        viewer.say("subscribe", channel=f"project:{project}")
        assert viewer.hear("refused")["code"] == "not_found"


def _people(one: object, count: int) -> list[dict[str, object]]:
    while True:
        people = one.hear("present")["people"]  # type: ignore[attr-defined]
        if len(people) == count:
            return people
