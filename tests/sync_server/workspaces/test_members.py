"""Roles: given, changed, handed over, lost; and never a workspace without an owner."""

from __future__ import annotations

import threading

from tests.sync_server.running import SignedIn
from tests.sync_server.teams import Team, join, newcomer


def give(by: SignedIn, team: Team, to: SignedIn, role: str) -> int:
    return by.patch(f"{team.path}/members/{to.user_id}", json={"role": role}).status_code


def test_members_are_listed_with_role_in_the_order_of_joining(team: Team) -> None:
    items = team.viewer.get(f"{team.path}/members").json()["items"]
    assert [(item["email"], item["role"]) for item in items] == [
        ("olga@example.org", "OWNER"),
        ("adam@example.org", "ADMIN"),
        ("mia@example.org", "MEMBER"),
        ("vera@example.org", "VIEWER"),
    ]
    first = team.viewer.get(f"{team.path}/members", params={"limit": 2}).json()
    rest = team.viewer.get(f"{team.path}/members", params={"limit": 2, "after": first["next"]}).json()
    assert first["items"] + rest["items"] == items


def test_an_admin_gives_only_roles_below_admin(team: Team) -> None:
    assert give(team.admin, team, team.viewer, "MEMBER") == 200
    assert give(team.admin, team, team.member, "VIEWER") == 200
    assert give(team.admin, team, team.member, "ADMIN") == 403
    assert give(team.admin, team, team.member, "OWNER") == 403
    assert give(team.admin, team, team.owner, "MEMBER") == 403
    assert give(team.member, team, team.viewer, "VIEWER") == 403


def test_an_admin_cannot_touch_another_admin_nor_an_owner(team: Team) -> None:
    assert give(team.owner, team, team.member, "ADMIN") == 200
    assert give(team.admin, team, team.member, "VIEWER") == 403
    assert team.admin.delete(f"{team.path}/members/{team.member.user_id}").status_code == 403
    assert team.admin.delete(f"{team.path}/members/{team.owner.user_id}").status_code == 403
    assert team.role_of(team.member) == "ADMIN"


def test_nobody_raises_themselves(team: Team) -> None:
    for person, before in ((team.admin, "ADMIN"), (team.member, "MEMBER"), (team.viewer, "VIEWER")):
        assert give(person, team, person, "OWNER") == 403
        assert team.role_of(person) == before


def test_the_only_owner_stays_until_another_is_there(team: Team) -> None:
    assert team.owner.post(f"{team.path}/leave").status_code == 409
    assert give(team.owner, team, team.owner, "MEMBER") == 409
    assert team.owner.delete(f"{team.path}/members/{team.owner.user_id}").status_code == 409
    assert give(team.owner, team, team.admin, "OWNER") == 200
    assert team.owner.post(f"{team.path}/leave").status_code == 204
    assert team.owner.get(team.path).status_code == 404
    assert team.admin.get(team.path).json()["role"] == "OWNER"


def test_two_owners_who_demote_each_other_at_once_leave_one(team: Team) -> None:
    assert give(team.owner, team, team.admin, "OWNER") == 200
    answers: list[int] = []
    pairs = ((team.owner, team.admin), (team.admin, team.owner))
    threads = [
        threading.Thread(target=lambda by=by, to=to: answers.append(give(by, team, to, "MEMBER"))) for by, to in pairs
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 403], "whoever came second is an owner no more"
    roles = [item["role"] for item in team.viewer.get(f"{team.path}/members").json()["items"]]
    assert roles.count("OWNER") == 1


def test_ownership_is_handed_over_in_one_step(team: Team) -> None:
    assert team.admin.post(f"{team.path}/transfer", json={"user_id": team.member.user_id}).status_code == 403
    assert team.owner.post(f"{team.path}/transfer", json={"user_id": team.stranger.user_id}).status_code == 404
    assert team.owner.post(f"{team.path}/transfer", json={"user_id": team.owner.user_id}).status_code == 422
    heir = team.owner.post(f"{team.path}/transfer", json={"user_id": team.member.user_id}).json()
    assert (heir["user_id"], heir["role"]) == (team.member.user_id, "OWNER")
    assert team.role_of(team.owner) == "ADMIN"


def test_who_leaves_or_is_removed_sees_nothing_any_more(team: Team) -> None:
    assert team.viewer.post(f"{team.path}/leave").status_code == 204
    assert team.admin.delete(f"{team.path}/members/{team.member.user_id}").status_code == 204
    for person in (team.viewer, team.member):
        assert person.get(team.path).status_code == 404
        assert person.get(f"{team.path}/members").status_code == 404
    assert team.admin.delete(f"{team.path}/members/{team.member.user_id}").status_code == 404


def test_who_was_removed_can_be_invited_again(team: Team) -> None:
    team.owner.delete(f"{team.path}/members/{team.member.user_id}")
    join(team.owner, team.workspace_id, team.member, "VIEWER")
    assert team.role_of(team.member) == "VIEWER"


def test_people_are_told_that_their_role_changed(team: Team) -> None:
    give(team.owner, team, team.member, "VIEWER")
    team.owner.delete(f"{team.path}/members/{team.viewer.user_id}")
    told = [item["sentence"] for item in team.member.get("/notifications").json()["items"]]
    assert any("viewer" in sentence and "Foxes" in sentence for sentence in told), told
    told = [item["sentence"] for item in team.viewer.get("/notifications").json()["items"]]
    assert "You were removed from the workspace “Foxes”." in told


def test_a_demoted_admin_s_open_invitations_end(team: Team) -> None:
    late = newcomer(team.server, "late")
    invited = team.admin.post(f"{team.path}/invitations", json={"email": late.email, "role": "MEMBER"}).json()
    assert give(team.owner, team, team.admin, "MEMBER") == 200
    assert late.post(f"/invitations/{invited['id']}/accept").status_code == 410
    assert late.get(team.path).status_code == 404
