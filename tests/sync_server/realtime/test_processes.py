"""Two server processes on one PostgreSQL: what one writes, the other's sockets hear, and one role table rules both."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from websockets.exceptions import ConnectionClosed

from tests.sync_server.logs.replicas import Replica, fact, make_project
from tests.sync_server.postgres import Postgres
from tests.sync_server.realtime.live import Live, live
from tests.sync_server.running import ServerProcess, ServerThread, SignedIn, sign_in
from tests.sync_server.teams import join, newcomer


@dataclass
class Two:
    """The same two people at two servers."""

    first: ServerThread | ServerProcess
    second: ServerThread | ServerProcess
    olga: SignedIn
    mia: SignedIn
    mia_there: SignedIn
    workspace_id: str


@pytest.fixture
def two(make_server: Callable[..., ServerThread], postgres: Postgres, tmp_path: Path) -> Iterator[Two]:
    shared = {"database": postgres.new_database(), "data": tmp_path / "shared"}
    first, second = make_server(**shared), make_server(**shared)
    olga, mia = newcomer(first, "olga"), newcomer(first, "mia")
    workspace_id = olga.post("/workspaces", json={"name": "Foxes"}).json()["id"]
    join(olga, workspace_id, mia, "MEMBER")
    yield Two(first, second, olga, mia, sign_in(second, mia.email), workspace_id)


def test_an_edit_at_one_process_arrives_at_the_other(two: Two) -> None:
    project = make_project(two.olga, two.workspace_id)
    here, there = Replica(two.olga, project), Replica(two.mia_there, project)
    with live(two.second, two.mia_there) as socket:
        socket.subscribe(f"project:{project}")
        here.set("name", "Fox")
        here.push(fact())
        assert socket.hear("changed")["updates"][0]["number"] == 1
    there.pull()
    there.set("name", "Vixen")
    assert there.push()["update_number"] == 2
    here.set("description", "both go on")
    assert here.push()["update_number"] == 3
    here.pull()
    there.pull()
    assert here.value == there.value == {"project": {"name": "Vixen", "description": "both go on"}}


def test_what_is_too_large_for_a_notification_says_pull(two: Two) -> None:
    project = make_project(two.olga, two.workspace_id)
    here = Replica(two.olga, project)
    with live(two.second, two.mia_there) as socket:
        socket.subscribe(f"project:{project}")
        here.push(fact(body={"text": "x" * 9000}), edits=False)
        assert socket.hear("pull")["project_id"] == project


def test_people_at_both_processes_see_one_another(two: Two) -> None:
    project = make_project(two.olga, two.workspace_id)
    with live(two.first, two.olga) as here, live(two.second, two.mia_there) as there:
        for socket in (here, there):
            socket.subscribe(f"project:{project}")
            socket.say("presence", project_id=project, place={"view": "stage"})
        for socket in (here, there):
            while {person["name"] for person in socket.hear("present")["people"]} != {"Olga", "Mia"}:
                pass


def test_whoever_is_removed_at_one_process_is_cut_off_at_the_other(two: Two) -> None:
    project = make_project(two.olga, two.workspace_id)
    with live(two.second, two.mia_there) as socket:
        socket.subscribe(f"project:{project}")
        assert two.olga.delete(f"/workspaces/{two.workspace_id}/members/{two.mia.user_id}").status_code == 204
        assert socket.hear("revoked")["channel"] == f"project:{project}"


def test_two_processes_that_write_one_project_give_every_number_once(two: Two) -> None:
    project = make_project(two.olga, two.workspace_id)
    replicas = [Replica(person, project) for person in (two.olga, two.mia_there, two.olga, two.mia_there)]

    def edit(replica: Replica, name: str) -> None:
        for number in range(12):
            replica.set(f"{name} {number}", number)
            replica.push()

    threads = [threading.Thread(target=edit, args=(one, str(at))) for at, one in enumerate(replicas)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = two.olga.get(f"/projects/{project}/log", params={"merged": False}).json()["updates"]
    assert [entry["number"] for entry in entries] == list(range(1, 49))
    for replica in replicas:
        replica.pull()
    assert len(replicas[0].value["project"]) == 48
    assert all(replica.value == replicas[0].value for replica in replicas)


def test_a_broken_bridge_is_built_again_and_sockets_are_told_to_pull(two: Two, postgres: Postgres) -> None:
    project = make_project(two.olga, two.workspace_id)
    with live(two.second, two.mia_there) as socket:
        socket.subscribe(f"project:{project}")
        address = f"postgresql://postgres@127.0.0.1:{postgres.port}/postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mascotforge bridge'"
            )
        assert socket.hear("pull")["project_id"] == project
        time.sleep(1.5)
        replica = Replica(two.olga, project)
        replica.set("name", "Fox")
        replica.push()
        assert socket.hear("changed")["updates"][0]["number"] == 1


@pytest.fixture
def two_programs(make_server_process: Callable[..., ServerProcess], postgres: Postgres, tmp_path: Path) -> Two:
    """As in earnest: the program itself, twice, behind what would be a load balancer."""
    shared = {"database": postgres.new_database(), "data": tmp_path / "shared"}
    first, second = make_server_process(**shared), make_server_process(**shared)
    olga, mia = newcomer(first, "olga"), newcomer(first, "mia")
    workspace_id = olga.post("/workspaces", json={"name": "Foxes"}).json()["id"]
    join(olga, workspace_id, mia, "MEMBER")
    return Two(first, second, olga, mia, sign_in(second, mia.email), workspace_id)


def ends(socket: Live) -> bool:
    """Does the server close it soon?"""
    with pytest.raises(ConnectionClosed):
        while True:
            socket.hear_any()
    return True


@pytest.mark.slow
def test_two_programs_are_one_server(two_programs: Two) -> None:
    two = two_programs
    project = make_project(two.olga, two.workspace_id)
    here = Replica(two.olga, project)
    member = f"/workspaces/{two.workspace_id}/members/{two.mia.user_id}"
    with live(two.second, two.mia_there) as socket:
        socket.subscribe(f"project:{project}")
        here.set("name", "Fox")
        here.push()
        assert socket.hear("changed")["updates"][0]["number"] == 1
        assert two.olga.patch(member, json={"role": "VIEWER"}).status_code == 200
        assert ends(socket), "another role: it comes back and learns it"
    with live(two.second, two.mia_there) as socket:
        socket.subscribe(f"project:{project}")
        socket.say("push", request="1", project_id=project, push={"epoch": here.epoch, "facts": [fact()]})
        assert socket.hear("refused")["code"] == "forbidden"
        assert two.olga.delete(member).status_code == 204
        assert socket.hear("revoked")["channel"] == f"project:{project}"
        here.set("name", "Vixen")
        here.push()
        assert socket.hears_nothing()
    with live(two.second, two.mia_there) as socket:
        assert two.mia.post("/auth/logout-everywhere").status_code == 204
        assert ends(socket)
    assert two.mia_there.get("/auth/me").status_code == 401


@pytest.mark.slow
def test_one_of_two_programs_is_killed_and_the_other_goes_on(two_programs: Two) -> None:
    two = two_programs
    project = make_project(two.olga, two.workspace_id)
    there = Replica(two.mia_there, project)
    assert isinstance(two.first, ServerProcess)
    with live(two.second, two.mia_there) as socket:
        socket.subscribe(f"project:{project}")
        two.first.kill()
        there.set("name", "Fox")
        assert there.push()["update_number"] == 1
        assert socket.hear("changed")["updates"][0]["number"] == 1
    olga = sign_in(two.second, two.olga.email)
    assert Replica(olga, project).value == {"project": {"name": "Fox"}}
