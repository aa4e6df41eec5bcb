"""Races that SQLite's single writer hides: the same with a real PostgreSQL below."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sync_server.access.roles import Role
from sync_server.publications.views import Views
from sync_server.workspaces.models import Membership, Workspace
from tests.sync_server.blobs.sending import begin, complete, fetch, hash_of, send, send_part
from tests.sync_server.postgres import Postgres
from tests.sync_server.running import ServerThread, SignedIn

SignUp = Callable[..., SignedIn]
FOX = (Path(__file__).parents[3] / "docs" / "images" / "fox.png").read_bytes()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><rect/></svg>'
QUOTA = 1_000_000


@pytest.fixture
def server(make_server: Callable[..., ServerThread], postgres: Postgres) -> ServerThread:
    return make_server(database=postgres.new_database(), quota_bytes=QUOTA)


def used(server: ServerThread, workspace_id: str) -> int:
    with server.state.database.read() as session:
        workspace = session.get(Workspace, workspace_id)
        assert workspace is not None
        return workspace.used_bytes


def test_a_race_for_the_last_room(server: ServerThread, sign_up: SignUp) -> None:
    ada = sign_up("ada@example.org")
    start = threading.Barrier(12)

    def ask(number: int) -> int:
        start.wait()
        body = {"hash": hash_of(b"%d" % number), "size": 300_000}
        return ada.post(f"/workspaces/{ada.workspace_id}/uploads", json=body).status_code

    with ThreadPoolExecutor(12) as threads:
        assert sorted(threads.map(ask, range(12))) == [200] * 3 + [507] * 9
    assert used(server, ada.workspace_id) == 900_000


def test_two_people_complete_the_same_file_at_once(server: ServerThread, sign_up: SignUp) -> None:
    ada, ben = sign_up("ada@example.org"), sign_up("ben@example.org")
    shared = ada.post("/workspaces", json={"name": "Foxes"}).json()["id"]
    with server.state.database.write() as session:
        session.add(Membership(workspace_id=shared, user_id=ben.user_id, role=Role.MEMBER))
    with ThreadPoolExecutor(8) as threads:
        mine = list(threads.map(lambda _: begin(ada, FOX, shared)["upload_id"], range(8)))
    assert len(set(mine)) == 1
    people = [(ada, begin(ada, FOX, shared)), (ben, begin(ben, FOX, shared))]
    for person, upload in people:
        assert send_part(person, upload, FOX, 1).status_code == 200
    start = threading.Barrier(2)

    def finish(one: tuple[SignedIn, dict[str, object]]) -> int:
        start.wait()
        return complete(*one).status_code

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(finish, people)) == [200, 200]
    assert used(server, shared) == len(FOX)
    assert fetch(ben, hash_of(FOX), shared).content == FOX


def test_one_drawing_becomes_harmless_once(server: ServerThread, sign_up: SignUp) -> None:
    ada = sign_up("ada@example.org")
    send(ada, SVG)
    body = {"workspace_id": ada.workspace_id, "name": "Drawing", "type": "VECTOR", "blob": hash_of(SVG)}
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: ada.post("/assets", json=body), range(6)))
    assert [answer.status_code for answer in answers] == [201] * 6
    cleaned = answers[0].json()
    assert {answer.json()["blob"] for answer in answers} == {cleaned["blob"]}
    assert used(server, ada.workspace_id) == len(SVG) + cleaned["size"]


def test_a_page_and_its_views(server: ServerThread, sign_up: SignUp) -> None:
    ada = sign_up("ada@example.org")
    send(ada, FOX)
    body = {"workspace_id": ada.workspace_id, "title": "Pip", "files": [{"role": "PREVIEW", "blob": hash_of(FOX)}]}
    made = ada.post("/publications", json=body).json()
    with server.client() as anyone:
        assert anyone.get(made["url"]).status_code == 200
        assert anyone.get(made["files"][0]["url"]).content == FOX
    server.state.get(Views).write()
    assert ada.get(f"/publications/{made['id']}").json()["views"] == 1
