"""Workspaces: made, seen, named, left to the trash and taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.sync_server.running import SignedIn
from tests.sync_server.teams import Crowd, Team


def names(person: SignedIn, **query: object) -> list[str]:
    answer = person.get("/workspaces", params=query)
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


def ids(person: SignedIn, **query: object) -> list[str]:
    return [item["id"] for item in person.get("/workspaces", params=query).json()["items"]]


def test_everyone_has_a_workspace_of_their_own(sign_up: Callable[..., SignedIn]) -> None:
    ada = sign_up("ada@example.org")
    own = ada.get(f"/workspaces/{ada.workspace_id}").json()
    assert (own["personal"], own["role"], own["members"]) == (True, "OWNER", 1)


def test_the_personal_workspace_is_shared_with_nobody_and_goes_only_with_the_account(
    sign_up: Callable[..., SignedIn],
) -> None:
    ada, bo = sign_up("ada@example.org"), sign_up("bo@example.org")
    path = f"/workspaces/{ada.workspace_id}"
    refused = [
        ada.post(f"{path}/invitations", json={"email": bo.email, "role": "MEMBER"}),
        ada.post(f"{path}/leave"),
        ada.post(f"{path}/transfer", json={"user_id": bo.user_id}),
        ada.delete(path),
    ]
    assert [answer.status_code for answer in refused] == [409] * 4
    assert names(ada) == ["Personal"]


def test_a_new_workspace_belongs_to_who_made_it(sign_up: Callable[..., SignedIn]) -> None:
    ada, bo = sign_up("ada@example.org"), sign_up("bo@example.org")
    made = ada.post("/workspaces", json={"name": "  Foxes "}).json()
    assert (made["name"], made["role"], made["personal"], made["members"]) == ("Foxes", "OWNER", False, 1)
    assert names(ada) == ["Personal", "Foxes"]
    assert names(bo) == ["Personal"]
    assert bo.get(f"/workspaces/{made['id']}").status_code == 404


def test_the_list_goes_on_where_a_page_ended(sign_up: Callable[..., SignedIn]) -> None:
    ada = sign_up("ada@example.org")
    for number in range(4):
        ada.post("/workspaces", json={"name": f"W{number}"})
    first = ada.get("/workspaces", params={"limit": 3}).json()
    rest = ada.get("/workspaces", params={"limit": 3, "after": first["next"]}).json()
    assert [item["name"] for item in first["items"] + rest["items"]] == ["Personal", "W0", "W1", "W2", "W3"]
    assert rest["next"] is None


NO_NAMES = ["", "   ", "../etc", "a/b", "a\\b", "..", "line\nbreak", "nul\x00", "\u202egnp", "x" * 101]


@pytest.mark.parametrize("name", NO_NAMES)
def test_a_name_is_one_visible_line_and_never_a_path(crowd: Crowd, name: str) -> None:
    answer = crowd.people["OWNER"].post("/workspaces", json={"name": name})
    assert answer.status_code == 422, answer.text
    assert answer.json()["fields"][0]["where"] == "body.name"


def test_admins_rename_and_members_do_not(team: Team) -> None:
    assert team.admin.patch(team.path, json={"name": "Red foxes"}).json()["name"] == "Red foxes"
    refused = team.member.patch(team.path, json={"name": "Mine"})
    assert refused.status_code == 403
    assert "rename" in refused.json()["detail"]
    assert team.viewer.get(team.path).json()["name"] == "Red foxes"


def test_a_deleted_workspace_is_gone_for_all_until_an_owner_restores_it(team: Team) -> None:
    assert team.admin.delete(team.path).status_code == 403
    assert team.owner.delete(team.path).status_code == 204
    for person in (team.owner, team.admin, team.member, team.viewer):
        assert person.get(team.path).status_code == 404
        assert team.workspace_id not in ids(person)
    assert ids(team.owner, trashed=True) == [team.workspace_id]
    assert ids(team.admin, trashed=True) == []
    assert team.admin.post(f"{team.path}/restore").status_code == 403
    assert team.stranger.post(f"{team.path}/restore").status_code == 404
    restored = team.owner.post(f"{team.path}/restore").json()
    assert (restored["trashed_at"], restored["members"]) == (None, 4)
    assert team.viewer.get(team.path).status_code == 200
