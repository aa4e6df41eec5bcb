"""Object-level authorisation (OWASP API1): an id that one knows opens nothing of somebody else's.

That every route refuses strangers and low roles is in tests/sync_server/access; here ids are mixed and guessed.
"""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from engine.protocol.ids import new_id
from tests.sync_server.access.world import World, hash_of
from tests.sync_server.running import SignedIn, sign_in
from tests.sync_server.teams import Crowd


@pytest.fixture(scope="module")
def world(crowd: Crowd) -> World:
    return World(crowd)


@pytest.fixture(scope="module")
def home(crowd: Crowd) -> str:
    """A workspace of the stranger's own, in which the stranger may do everything."""
    made = crowd.people["STRANGER"].post("/workspaces", json={"name": "Elsewhere"})
    return made.json()["id"]


def test_a_file_of_another_workspace_is_not_reached_through_one_s_own(world: World, home: str) -> None:
    stranger = world.crowd.people["STRANGER"]
    assert stranger.get(f"/workspaces/{home}/blobs/{world.blob}").status_code == 404
    assert stranger.request("HEAD", f"/workspaces/{home}/blobs/{world.blob}").status_code == 404
    assert stranger.post(f"/workspaces/{home}/blobs/{world.blob}/url", json={}).status_code == 404
    missing = stranger.post(f"/workspaces/{home}/blobs/missing", json={"hashes": [world.blob]}).json()
    assert missing == {"missing": [world.blob]}, "nobody learns which files others have"
    begun = stranger.post(f"/workspaces/{home}/uploads", json={"hash": world.blob, "size": 36}).json()
    assert begun["state"] == "wanted", "knowing a hash is not having the file"


def test_an_upload_is_only_its_sender_s(world: World) -> None:
    content = new_id().encode()
    upload = world.upload(content)
    for role in ("ADMIN", "MEMBER", "STRANGER"):
        person = world.crowd.people[role]
        sent = person.put(f"/uploads/{upload}/parts/1", content=content, headers={"X-Part-Hash": hash_of(content)})
        answers = [
            person.get(f"/uploads/{upload}"),
            sent,
            person.post(f"/uploads/{upload}/complete"),
            person.delete(f"/uploads/{upload}"),
        ]
        assert [answer.status_code for answer in answers] == [404] * 4, role
    assert world.owner.get(f"/uploads/{upload}").json()["received"] == []


def test_a_sender_who_became_a_viewer_sends_no_more(crowd: Crowd) -> None:
    team = crowd.team("Sending")
    content = new_id().encode()
    begun = team.member.post(f"{team.path}/uploads", json={"hash": hash_of(content), "size": len(content)})
    path = f"/uploads/{begun.json()['upload_id']}"
    team.owner.patch(f"{team.path}/members/{team.member.user_id}", json={"role": "VIEWER"})
    headers = {"X-Part-Hash": hash_of(content)}
    assert team.member.put(f"{path}/parts/1", content=content, headers=headers).status_code == 403
    assert team.member.post(f"{path}/complete").status_code == 403


def test_a_project_is_not_taken_over_by_its_id(world: World, home: str) -> None:
    project, stranger = world.project(), world.crowd.people["STRANGER"]
    body = {"id": project, "workspace_id": home, "name": "Mine now"}
    assert stranger.post("/projects", json=body).status_code == 409
    assert world.owner.get(f"/projects/{project}").json()["workspace_id"] == world.workspace_id
    world.owner.delete(f"/projects/{project}")
    assert stranger.post("/projects", json=body).status_code == 409, "nor after its deletion"


def test_a_viewer_cannot_erase_a_deleted_project_by_putting_it_elsewhere(world: World) -> None:
    project, viewer = world.project(), world.crowd.people["VIEWER"]
    world.owner.delete(f"/projects/{project}")
    body = {"id": project, "workspace_id": viewer.workspace_id, "name": "Mine"}
    assert viewer.post("/projects", json=body).status_code == 409
    back = {"id": project, "workspace_id": world.workspace_id, "name": "Back"}
    assert world.owner.post("/projects", json=back).status_code == 201


MINE: dict[str, Callable[[SignedIn], tuple[str, list[tuple[str, object]]]]] = {
    "device": lambda person: (
        person.get("/auth/devices").json()["items"][0]["id"],
        [("DELETE /auth/devices/{}", None)],
    ),
    "key": lambda person: (
        person.post("/auth/api-keys", json={"name": "k", "scopes": ["read"]}).json()["id"],
        [
            ("PATCH /auth/api-keys/{}", {"name": "theirs"}),
            ("POST /auth/api-keys/{}/rotate", {}),
            ("DELETE /auth/api-keys/{}", None),
        ],
    ),
    "preset": lambda person: (
        person.post("/presets", json={"name": "Own", "category": "style", "config": {}}).json()["id"],
        [("GET /presets/{}", None), ("PATCH /presets/{}", {"name": "theirs"}), ("DELETE /presets/{}", None)],
    ),
}


@pytest.mark.parametrize("kind", MINE)
def test_what_is_one_s_own_is_not_even_there_for_others(kind: str, crowd: Crowd) -> None:
    owner, stranger = crowd.people["OWNER"], crowd.people["STRANGER"]
    id_, calls = MINE[kind](owner)
    for call, body in calls:
        method, path = call.split(" ")
        answer = stranger.request(method, path.format(id_), json=body)
        assert answer.status_code == 404, f"{call}: {answer.text}"
        unknown = stranger.request(method, path.format(new_id()), json=body)
        assert without_id(answer) == without_id(unknown), "the answer for what is another's equals that for nothing"


def without_id(answer: httpx.Response) -> dict[str, object]:
    return {name: value for name, value in answer.json().items() if name != "instance"}


def test_another_s_notification_is_not_marked_as_read(crowd: Crowd) -> None:
    team = crowd.team("Noticed")
    told = team.viewer.get("/notifications").json()["items"][0]
    team.stranger.post("/notifications/read", json={"ids": [told["id"]]})
    after = {item["id"]: item for item in team.viewer.get("/notifications").json()["items"]}
    assert after[told["id"]]["read_at"] is None


def test_a_token_of_one_device_says_nothing_once_its_account_is_gone(crowd: Crowd) -> None:
    from tests.sync_server.teams import newcomer

    person = newcomer(crowd.server, "leaver")
    second = sign_in(crowd.server, person.email)
    assert person.post("/auth/delete-account", json={"password": person.password}).status_code == 204
    assert second.get("/auth/me").status_code == 401
    assert second.get("/workspaces").status_code == 401
