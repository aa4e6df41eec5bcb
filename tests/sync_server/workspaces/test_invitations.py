"""Invitations: by mail, for one address, once, for seven days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from sync_server.invitations.models import Invitation
from tests.sync_server.running import SignedIn, text_of
from tests.sync_server.teams import Team, newcomer


@pytest.fixture
def guest(team: Team) -> Iterator[SignedIn]:
    """Someone with an account who belongs to no team; each test gets another one."""
    yield newcomer(team.server, f"guest{len(team.server.clients)}")


def invite(by: SignedIn, team: Team, email: str, role: str = "MEMBER") -> httpx.Response:
    return by.post(f"{team.path}/invitations", json={"email": email, "role": role})


def age(team: Team, invitation_id: str, **older: float) -> None:
    """Let time pass for one invitation."""
    passed = timedelta(**older)
    with team.server.state.database.write() as session:
        found = session.get_one(Invitation, invitation_id)
        session.execute(
            update(Invitation)
            .where(Invitation.id == invitation_id)
            .values(sent_at=found.sent_at - passed, expires_at=found.expires_at - passed)
        )


def test_an_invitation_arrives_by_mail_and_in_the_app_and_is_accepted(team: Team, guest: SignedIn) -> None:
    made = invite(team.admin, team, guest.email.upper()).json()
    mail = text_of(team.server.mailbox.wait(guest.email, "invites you"))
    assert "Adam invites you to the workspace “Foxes” as member" in mail
    assert guest.get("/notifications").json()["items"][0]["kind"] == "invited"
    mine = guest.get("/invitations").json()["items"]
    assert [(item["id"], item["workspace_name"], item["invited_by"]) for item in mine] == [
        (made["id"], "Foxes", "Adam")
    ]
    assert guest.get(team.path).status_code == 404, "an invitation alone shows nothing"
    joined = guest.post(f"/invitations/{made['id']}/accept").json()
    assert (joined["id"], joined["role"], joined["members"]) == (team.workspace_id, "MEMBER", 5)
    assert guest.get("/invitations").json()["items"] == []
    told = team.owner.get("/notifications").json()["items"][0]
    assert told["kind"] == "member_joined"


def test_who_has_no_account_yet_signs_up_with_the_address_and_finds_it(team: Team) -> None:
    made = invite(team.owner, team, "new@example.org", "VIEWER").json()
    team.server.mailbox.wait("new@example.org", "invites you")
    new = newcomer(team.server, "new")
    assert new.post(f"/invitations/{made['id']}/accept").json()["role"] == "VIEWER"


def test_only_the_owner_of_the_address_can_accept_or_decline(team: Team, guest: SignedIn) -> None:
    made = invite(team.owner, team, guest.email).json()
    for person in (team.stranger, team.member):
        assert person.post(f"/invitations/{made['id']}/accept").status_code == 404
        assert person.post(f"/invitations/{made['id']}/decline").status_code == 404
    assert team.stranger.get(team.path).status_code == 404


def test_it_is_used_once(team: Team, guest: SignedIn) -> None:
    made = invite(team.owner, team, guest.email).json()
    assert guest.post(f"/invitations/{made['id']}/accept").status_code == 200
    team.owner.delete(f"{team.path}/members/{guest.user_id}")
    again = guest.post(f"/invitations/{made['id']}/accept")
    assert again.status_code == 410
    assert again.json()["code"] == "expired"
    assert guest.get(team.path).status_code == 404


def test_it_expires_and_can_be_sent_again(team: Team, guest: SignedIn) -> None:
    made = invite(team.owner, team, guest.email).json()
    path = f"{team.path}/invitations/{made['id']}"
    soon = team.owner.post(f"{path}/resend")
    assert soon.status_code == 429
    assert int(soon.headers["Retry-After"]) <= 60
    age(team, made["id"], days=7, seconds=1)
    assert guest.post(f"/invitations/{made['id']}/accept").status_code == 410
    assert guest.get("/invitations").json()["items"] == []
    assert team.owner.get(f"{team.path}/invitations").json()["items"][0]["expired"] is True
    assert team.owner.post(f"{path}/resend").json()["expired"] is False
    team.server.mailbox.wait(guest.email, "invites you", count=2)
    assert guest.post(f"/invitations/{made['id']}/accept").status_code == 200


def test_it_can_be_declined_or_taken_back_and_then_sent_anew(team: Team, guest: SignedIn) -> None:
    first = invite(team.owner, team, guest.email).json()
    assert guest.post(f"/invitations/{first['id']}/decline").status_code == 204
    assert guest.post(f"/invitations/{first['id']}/accept").status_code == 410
    second = invite(team.owner, team, guest.email).json()
    assert team.admin.delete(f"{team.path}/invitations/{second['id']}").status_code == 204
    assert team.admin.delete(f"{team.path}/invitations/{second['id']}").status_code == 410
    assert guest.post(f"/invitations/{second['id']}/accept").status_code == 410
    third = invite(team.owner, team, guest.email).json()
    assert guest.post(f"/invitations/{third['id']}/accept").status_code == 200


def test_members_and_those_who_are_invited_are_not_invited_twice(team: Team) -> None:
    assert invite(team.owner, team, team.viewer.email).status_code == 409
    assert invite(team.owner, team, "twice@example.org").status_code == 201
    assert invite(team.admin, team, "twice@example.org").status_code == 409


def test_nobody_invites_to_a_role_that_they_could_not_give(team: Team) -> None:
    assert invite(team.admin, team, "boss@example.org", "ADMIN").status_code == 403
    assert invite(team.owner, team, "boss@example.org", "OWNER").status_code == 422
    assert invite(team.member, team, "boss@example.org", "VIEWER").status_code == 403
    assert invite(team.stranger, team, "boss@example.org", "VIEWER").status_code == 404
    assert invite(team.owner, team, "boss@example.org", "ADMIN").status_code == 201


def test_the_answer_does_not_tell_whether_an_address_has_an_account(team: Team, guest: SignedIn) -> None:
    known, unknown = invite(team.owner, team, guest.email), invite(team.owner, team, "nobody-here@example.org")
    assert known.status_code == unknown.status_code == 201
    assert set(known.json()) == set(unknown.json())
    assert known.json()["workspace_name"] == unknown.json()["workspace_name"]


def test_an_invitation_of_another_workspace_cannot_be_taken_back_or_sent_again(team: Team, guest: SignedIn) -> None:
    made = invite(team.owner, team, guest.email).json()
    other = guest.post("/workspaces", json={"name": "Other"}).json()["id"]
    assert guest.delete(f"/workspaces/{other}/invitations/{made['id']}").status_code == 404
    assert guest.post(f"/workspaces/{other}/invitations/{made['id']}/resend").status_code == 404


def test_names_in_a_mail_are_text_and_not_markup(team: Team) -> None:
    owner = team.owner
    made = owner.post("/workspaces", json={"name": "<img src=x onerror=alert(1)>"}).json()
    owner.post(f"/workspaces/{made['id']}/invitations", json={"email": "html@example.org", "role": "VIEWER"})
    mail = team.server.mailbox.wait("html@example.org", "invites you")
    body = mail.get_body(("html",))
    assert body is not None
    assert "<img src=x" not in body.get_content()
    assert "&lt;img src=x" in body.get_content()
