"""Presets: those of the server, own ones, and those shared in a workspace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from sync_server.access.roles import Role
from sync_server.accounts.models import User
from sync_server.workspaces.models import Membership
from tests.sync_server.running import ServerThread, SignedIn

People = Callable[..., SignedIn]


def make(person: SignedIn, name: str, **more: Any) -> dict[str, Any]:
    body = {"name": name, "category": "camera", "config": {"zoom": 2}, **more}
    answer = person.post("/presets", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def names(person: SignedIn, **query: Any) -> list[str]:
    return [preset["name"] for preset in person.get("/presets", params=query).json()["items"]]


@pytest.fixture
def admin(server: ServerThread, sign_up: People) -> SignedIn:
    root = sign_up("root@example.org")
    with server.state.database.write() as session:
        session.execute(update(User).where(User.id == root.user_id).values(is_admin=True))
    return root


@pytest.fixture
def join(server: ServerThread) -> Callable[[SignedIn, str, Role], None]:
    def joins(person: SignedIn, workspace_id: str, role: Role) -> None:
        with server.state.database.write() as session:
            session.add(Membership(workspace_id=workspace_id, user_id=person.user_id, role=role))

    return joins


def workspace_of(person: SignedIn) -> str:
    answer = person.post("/workspaces", json={"name": "Studio"})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_an_own_preset_is_kept_changed_and_deleted(sign_up: People) -> None:
    ada = sign_up("ada@example.org")
    made = make(ada, "Close-up", description="Near the face")
    assert (made["home"], made["config"], made["created_by"]) == ("own", {"zoom": 2}, ada.user_id)
    changed = ada.patch(f"/presets/{made['id']}", json={"config": {"zoom": 3}}).json()
    assert (changed["name"], changed["config"]) == ("Close-up", {"zoom": 3})
    assert ada.delete(f"/presets/{made['id']}").status_code == 204
    assert ada.get(f"/presets/{made['id']}").status_code == 404


def test_default_presets_are_written_by_administrators_and_seen_by_all(admin: SignedIn, sign_up: People) -> None:
    ada = sign_up("ada@example.org")
    made = make(admin, "Portrait", home="default")
    assert names(ada) == ["Portrait"]
    for answer in (
        ada.post("/presets", json={"name": "Mine", "category": "camera", "config": {}, "home": "default"}),
        ada.patch(f"/presets/{made['id']}", json={"name": "Mine"}),
        ada.delete(f"/presets/{made['id']}"),
    ):
        assert answer.status_code == 403
    assert names(ada) == ["Portrait"]


def test_an_administrators_api_key_does_not_write_default_presets(server: ServerThread, admin: SignedIn) -> None:
    key = admin.post("/auth/api-keys", json={"name": "script", "scopes": ["read", "write"]}).json()["secret"]
    body = {"name": "Portrait", "category": "camera", "config": {}, "home": "default"}
    assert server.client(key).post("/api/v1/presets", json=body).status_code == 403


def test_an_own_preset_is_nobody_elses(sign_up: People) -> None:
    ada, ben = sign_up("ada@example.org"), sign_up("ben@example.org")
    made = make(ada, "Close-up")
    assert names(ben) == []
    assert ben.get(f"/presets/{made['id']}").status_code == 404
    assert ben.patch(f"/presets/{made['id']}", json={"name": "x"}).status_code == 404
    assert ben.delete(f"/presets/{made['id']}").status_code == 404


def test_a_shared_preset_is_seen_by_members_and_written_by_those_who_may_edit(
    sign_up: People, join: Callable[[SignedIn, str, Role], None]
) -> None:
    ada, ben, eve, sue = (sign_up(f"{name}@example.org") for name in ("ada", "ben", "eve", "sue"))
    workspace = workspace_of(ada)
    join(ben, workspace, Role.MEMBER)
    join(eve, workspace, Role.VIEWER)
    made = make(ada, "House style", home="shared", workspace_id=workspace)
    assert names(ben) == names(eve) == ["House style"] and names(sue) == []
    assert ben.patch(f"/presets/{made['id']}", json={"name": "Our style"}).status_code == 200
    assert eve.patch(f"/presets/{made['id']}", json={"name": "x"}).status_code == 403
    assert eve.delete(f"/presets/{made['id']}").status_code == 403
    assert sue.delete(f"/presets/{made['id']}").status_code == 404
    body = {"name": "x", "category": "camera", "config": {}, "home": "shared", "workspace_id": workspace}
    assert eve.post("/presets", json=body).status_code == 403
    assert sue.post("/presets", json=body).status_code == 404


def test_presets_are_found_by_words_category_and_home(sign_up: People) -> None:
    ada = sign_up("ada@example.org")
    workspace = workspace_of(ada)
    make(ada, "ÄRGER Zoom", description="100 % wild")
    make(ada, "Calm zoom", category="motion")
    make(ada, "House zoom", home="shared", workspace_id=workspace)
    assert names(ada, search="ärger zoom") == ["ÄRGER Zoom"]
    assert names(ada, search="0 %") == ["ÄRGER Zoom"]
    assert names(ada, search="_") == []
    assert names(ada, category="motion") == ["Calm zoom"]
    assert names(ada, home="shared") == names(ada, workspace_id=workspace) == ["House zoom"]


def test_a_long_list_comes_in_pages(sign_up: People) -> None:
    ada = sign_up("ada@example.org")
    for number in range(5):
        make(ada, f"P{number}")
    first = ada.get("/presets", params={"limit": 3}).json()
    rest = ada.get("/presets", params={"limit": 3, "after": first["next"]}).json()
    assert [one["name"] for one in first["items"] + rest["items"]] == ["P0", "P1", "P2", "P3", "P4"]
    assert rest["next"] is None


def test_what_cannot_be_used_is_refused(sign_up: People) -> None:
    ada = sign_up("ada@example.org")
    good = {"name": "x", "category": "camera", "config": {}}
    bad: list[dict[str, Any]] = [
        {"name": "../../etc"},
        {"name": ""},
        {"category": "Not A Slug"},
        {"config": {"large": "x" * 70_000}},
        {"config": []},
        {"owner_id": "someone"},
        {"home": "shared"},
        {"workspace_id": ada.workspace_id},
    ]
    for query in ("search=%00", "workspace_id=%00", "category=%00", "after=%00", "limit=1000", "home=other"):
        assert ada.get(f"/presets?{query}").status_code == 422, query
    for change in bad:
        assert ada.post("/presets", json={**good, **change}).status_code == 422, change
