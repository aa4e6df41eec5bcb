"""Who loses a role or signs out loses live sockets and signed links at once."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from websockets.exceptions import ConnectionClosed

from engine.protocol.ids import new_id
from tests.sync_server.access.world import World
from tests.sync_server.realtime.live import Live, live, socket_at
from tests.sync_server.running import SignedIn, sign_in
from tests.sync_server.teams import Crowd, Team, newcomer

AT_ONCE_S = 2.0


@pytest.fixture
def project(team: Team) -> str:
    project_id = new_id()
    made = team.owner.post("/projects", json={"id": project_id, "workspace_id": team.workspace_id, "name": "Zorbo"})
    assert made.status_code == 201, made.text
    return project_id


def push_label(person: SignedIn, project_id: str) -> None:
    epoch = person.get(f"/projects/{project_id}").json()["epoch"]
    fact = {"id": new_id(), "kind": "label", "made_at": 1, "body": {"name": "a", "value": "b"}}
    answer = person.post(f"/projects/{project_id}/log", json={"epoch": epoch, "facts": [fact]})
    assert answer.status_code == 200, answer.text


def ends(socket: Live) -> bool:
    """Does the server close it soon?"""
    until = time.monotonic() + AT_ONCE_S
    try:
        while time.monotonic() < until:
            socket.connection.recv(timeout=until - time.monotonic())
    except ConnectionClosed:
        return True
    except TimeoutError:
        pass
    return False


REMOVALS: dict[str, Callable[[Team], object]] = {
    "removed": lambda team: team.owner.delete(f"{team.path}/members/{team.member.user_id}"),
    "left": lambda team: team.member.post(f"{team.path}/leave"),
    "workspace deleted": lambda team: team.owner.delete(team.path),
}


@pytest.mark.parametrize("how", REMOVALS)
def test_who_no_longer_belongs_hears_that_and_then_nothing(how: str, team: Team, project: str) -> None:
    with live(team.server, team.member) as member:
        member.subscribe(f"project:{project}")
        member.subscribe(f"workspace:{team.workspace_id}")
        REMOVALS[how](team)
        revoked = {member.hear("revoked", AT_ONCE_S)["channel"] for _ in range(2)}
        assert revoked == {f"project:{project}", f"workspace:{team.workspace_id}"}
        if how != "workspace deleted":
            push_label(team.owner, project)
        assert member.hears_nothing()
        member.say("subscribe", channel=f"project:{project}")
        assert member.hear("refused")["code"] == "not_found"


def test_who_was_removed_is_no_longer_shown_as_present(team: Team, project: str) -> None:
    with live(team.server, team.member) as member, live(team.server, team.owner) as owner:
        for socket in (member, owner):
            socket.subscribe(f"project:{project}")
        member.say("presence", project_id=project, place={"view": "stage"})
        while [one["name"] for one in owner.hear("present")["people"]] != ["Mia"]:
            pass
        team.owner.delete(f"{team.path}/members/{team.member.user_id}")
        assert owner.hear("present", AT_ONCE_S)["people"] == []


def test_the_other_workspaces_of_a_removed_member_go_on(crowd: Crowd, team: Team, project: str) -> None:
    other = World(crowd)
    kept = other.project()
    with live(team.server, team.member) as member:
        member.subscribe(f"project:{project}")
        member.subscribe(f"project:{kept}")
        team.owner.delete(f"{team.path}/members/{team.member.user_id}")
        member.hear("revoked")
        push_label(team.owner, kept)
        assert member.hear("changed")["project_id"] == kept


def test_another_role_ends_the_socket_and_the_new_one_knows_it(team: Team, project: str) -> None:
    with live(team.server, team.member) as member, live(team.server, team.viewer) as viewer:
        member.subscribe(f"project:{project}")
        viewer.subscribe(f"project:{project}")
        team.owner.patch(f"{team.path}/members/{team.member.user_id}", json={"role": "VIEWER"})
        assert ends(member)
        push_label(team.owner, project)
        assert viewer.hear("changed")["project_id"] == project, "the others' sockets stay"
    with live(team.server, team.member) as member:
        member.subscribe(f"project:{project}")
        epoch = team.owner.get(f"/projects/{project}").json()["epoch"]
        member.say("push", request="1", project_id=project, push={"epoch": epoch, "facts": []})
        assert member.hear("refused")["code"] == "forbidden"


def test_signing_out_ends_that_device_s_sockets_alone(crowd: Crowd) -> None:
    person = newcomer(crowd.server, "devices")
    second = sign_in(crowd.server, person.email)
    with live(crowd.server, person) as here, live(crowd.server, second) as there:
        assert second.post("/auth/logout").status_code == 204
        assert ends(there)
        here.say("ping")
        here.hear("pong")


def test_signing_out_everywhere_ends_all_of_one_s_sockets_and_no_other_s(crowd: Crowd) -> None:
    person = newcomer(crowd.server, "everywhere")
    second = sign_in(crowd.server, person.email)
    with (
        live(crowd.server, person) as here,
        live(crowd.server, second) as there,
        live(crowd.server, crowd.people["STRANGER"]) as other,
    ):
        assert person.post("/auth/logout-everywhere").status_code == 204
        assert ends(here) and ends(there)
        other.say("ping")
        other.hear("pong")


def test_a_revoked_key_s_socket_ends(crowd: Crowd) -> None:
    person = newcomer(crowd.server, "keys")
    made = person.post("/auth/api-keys", json={"name": "k", "scopes": ["read"]}).json()
    with socket_at(crowd.server) as socket:
        socket.say("hello", token=made["secret"])
        socket.hear("welcome")
        person.delete(f"/auth/api-keys/{made['id']}")
        assert ends(socket)


def test_a_signed_link_ends_with_the_role_and_with_the_device_that_made_it(crowd: Crowd) -> None:
    world = World(crowd)
    path = f"/workspaces/{world.workspace_id}/blobs/{world.blob}/url"
    member = crowd.people["MEMBER"]
    second = sign_in(crowd.server, member.email)
    links = {name: person.post(path, json={}).json()["url"] for name, person in (("first", member), ("second", second))}
    with crowd.server.client() as anyone:
        assert [anyone.get(url).status_code for url in links.values()] == [200, 200]
        second.post("/auth/logout")
        assert anyone.get(links["second"]).status_code in {403, 404, 410}
        assert anyone.get(links["first"]).status_code == 200
        crowd.people["OWNER"].delete(f"/workspaces/{world.workspace_id}/members/{member.user_id}")
        gone = anyone.get(links["first"])
        assert gone.status_code in {403, 404, 410}
        assert world.blob not in gone.text
