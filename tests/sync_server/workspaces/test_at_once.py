"""Two requests at the same moment, on SQLite and on PostgreSQL: the rules of a workspace hold, and nothing fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from engine.protocol.ids import new_id
from tests.sync_server.running import Mailbox, SignedIn, sign_in
from tests.sync_server.teams import Crowd, crowd_at

ROUNDS = 5


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def crowd(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, _mail_server: Mailbox
) -> Iterator[Crowd]:
    database = request.getfixturevalue("postgres").new_database() if request.param == "postgres" else ""
    with crowd_at(tmp_path_factory.mktemp("crowd"), _mail_server, database=database) as people:
        yield people


Call = tuple[SignedIn, str, str] | tuple[SignedIn, str, str, dict[str, str]]


def at_once(*calls: Call) -> list[int]:
    """The statuses of these calls (who, method, path, body), made together, from low to high."""
    answers: list[int] = []
    together = threading.Barrier(len(calls))

    def one(by: SignedIn, method: str, path: str, body: dict[str, str] | None = None) -> None:
        together.wait()
        answers.append(by.request(method, path, json=body).status_code)

    threads = [threading.Thread(target=one, args=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def test_owners_who_leave_together_leave_one_behind(crowd: Crowd) -> None:
    for _ in range(ROUNDS):
        team = crowd.team()
        team.owner.patch(f"{team.path}/members/{team.admin.user_id}", json={"role": "OWNER"})
        path = f"{team.path}/leave"
        assert at_once((team.owner, "POST", path), (team.admin, "POST", path)) == [204, 409]
        assert {team.role_of(person) for person in (team.owner, team.admin)} == {None, "OWNER"}


def test_an_invitation_accepted_on_two_devices_at_once_is_used_once(crowd: Crowd) -> None:
    team = crowd.team()
    again = sign_in(crowd.server, team.stranger.email)
    for _ in range(ROUNDS):
        body = {"email": team.stranger.email, "role": "VIEWER"}
        path = f"/invitations/{team.owner.post(f'{team.path}/invitations', json=body).json()['id']}/accept"
        assert at_once((team.stranger, "POST", path), (again, "POST", path)) == [200, 410]
        assert team.role_of(team.stranger) == "VIEWER"
        assert team.stranger.post(f"{team.path}/leave").status_code == 204


def test_one_address_is_invited_once_by_two_at_once(crowd: Crowd) -> None:
    team = crowd.team()
    path = f"{team.path}/invitations"
    for _ in range(ROUNDS):
        body = {"email": f"{new_id()}@example.org", "role": "VIEWER"}
        assert at_once((team.owner, "POST", path, body), (team.admin, "POST", path, body)) == [201, 409]


def test_a_role_taken_while_it_is_used_is_not_used_afterwards(crowd: Crowd) -> None:
    team = crowd.team()
    body = {"email": f"{new_id()}@example.org", "role": "VIEWER"}
    answers = at_once(
        (team.owner, "DELETE", f"{team.path}/members/{team.admin.user_id}"),
        (team.admin, "POST", f"{team.path}/invitations", body),
    )
    assert answers in ([201, 204], [204, 404])
    assert team.owner.get(f"{team.path}/invitations").json()["items"] == [], "what a removed admin offered has ended"


def test_one_project_put_into_the_workspace_by_two_at_once_is_one_project(crowd: Crowd) -> None:
    team = crowd.team()
    for _ in range(ROUNDS):
        body = {"id": new_id(), "workspace_id": team.workspace_id, "name": "Zorbo"}
        answers = at_once((team.owner, "POST", "/projects", body), (team.member, "POST", "/projects", body))
        assert answers in ([201, 201], [201, 503]), "the one that was too late is told to try again"
        assert team.member.post("/projects", json=body).status_code == 201


def test_text_that_only_one_database_could_store_is_refused_by_both(crowd: Crowd) -> None:
    owner = crowd.people["OWNER"]
    assert owner.post("/workspaces", json={"name": "a\x00b"}).status_code == 422
    assert owner.post("/presets", json={"name": "P", "category": "style", "config": {"a": "\x00"}}).status_code == 422
    assert owner.get("/presets", params={"search": "\x00"}).status_code == 422
    assert owner.patch("/settings", json={"studio": {"a": "\x00"}}).status_code == 422
    assert owner.get("/workspaces/%00").status_code == 422
    surrogate = b'{"name":"P","category":"style","config":{"a":"\\ud800"}}'
    answer = owner.post("/presets", content=surrogate, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
