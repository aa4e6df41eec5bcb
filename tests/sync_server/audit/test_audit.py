"""What matters for security is recorded once it happened, is read by who may, and is never changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete, update

from engine.protocol.ids import new_id
from sync_server.audit.models import AuditEvent
from tests.sync_server.running import PASSWORD, ServerThread, SignedIn, sign_in
from tests.sync_server.teams import Crowd, Team, join, newcomer


def actions(person: SignedIn, path: str, **query: object) -> list[str]:
    answer = person.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return [item["action"] for item in answer.json()["items"]]


def test_a_workspace_s_history_of_roles_invitations_and_deletions(team: Team) -> None:
    path = f"{team.path}/audit"
    late = newcomer(team.server, "audited")
    project = new_id()
    team.owner.post("/projects", json={"id": project, "workspace_id": team.workspace_id, "name": "Zorbo"})
    team.owner.patch(f"{team.path}/members/{team.viewer.user_id}", json={"role": "MEMBER"})
    join(team.admin, team.workspace_id, late, "VIEWER")
    late.post(f"{team.path}/leave")
    team.admin.delete(f"{team.path}/members/{team.member.user_id}")
    team.admin.patch(team.path, json={"name": "Red foxes"})
    team.owner.delete(f"/projects/{project}")
    assert actions(team.admin, path)[:9] == [
        "project.deleted",
        "workspace.renamed",
        "member.removed",
        "member.left",
        "member.joined",
        "invitation.sent",
        "member.role_changed",
        "project.created",
        "member.joined",
    ]


def test_an_event_says_who_what_from_where_and_when(team: Team) -> None:
    team.admin.patch(f"{team.path}/members/{team.viewer.user_id}", json={"role": "MEMBER"})
    event = team.owner.get(f"{team.path}/audit", params={"limit": 1}).json()["items"][0]
    assert (event["user_id"], event["user_name"]) == (team.admin.user_id, "Adam")
    assert event["target"] == team.viewer.user_id
    assert event["details"] == {"before": "VIEWER", "after": "MEMBER"}
    assert event["address"] == "127.0.0.1"
    assert event["device_id"] is not None
    assert event["created_at"].endswith(("Z", "+00:00"))


def test_what_was_refused_is_not_recorded_as_done(team: Team) -> None:
    before = actions(team.owner, f"{team.path}/audit")
    assert team.member.patch(team.path, json={"name": "Mine"}).status_code == 403
    assert team.owner.post(f"{team.path}/leave").status_code == 409
    assert actions(team.owner, f"{team.path}/audit") == before


def test_the_pages_of_the_audit_go_from_new_to_old(team: Team) -> None:
    path = f"{team.path}/audit"
    whole = team.owner.get(path).json()["items"]
    first = team.owner.get(path, params={"limit": 3}).json()
    rest = team.owner.get(path, params={"after": first["next"]}).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == [item["id"] for item in whole]
    assert [item["id"] for item in whole] == sorted((item["id"] for item in whole), reverse=True)


def test_one_s_own_sign_ins_failures_and_keys_are_seen_by_oneself_alone(crowd: Crowd) -> None:
    person = newcomer(crowd.server, "watchful")
    with crowd.server.client() as thief:
        wrong = {"email": person.email, "password": "wrong password"}
        assert thief.post("/api/v1/auth/login", json=wrong).status_code == 401
    second = sign_in(crowd.server, person.email)
    key = person.post("/auth/api-keys", json={"name": "k", "scopes": ["read"]}).json()
    person.delete(f"/auth/api-keys/{key['id']}")
    second.post("/auth/logout")
    assert actions(person, "/audit") == [
        "account.signed_out",
        "api_key.revoked",
        "api_key.created",
        "account.signed_in",
        "account.sign_in_failed",
        "account.signed_in",
        "account.signed_up",
    ]
    assert "account.sign_in_failed" not in actions(crowd.people["STRANGER"], "/audit")


def test_a_stolen_refresh_token_leaves_a_trace(make_server: Callable[..., ServerThread]) -> None:
    server = make_server(refresh_grace_s=0)
    person = newcomer(server, "robbed")
    with server.client() as client:
        body = {"refresh_token": person.refresh_token}
        assert client.post("/api/v1/auth/refresh", json=body).status_code == 200
        assert client.post("/api/v1/auth/refresh", json=body).status_code == 401
    again = sign_in(server, person.email)
    assert "account.token_reused" in actions(again, "/audit")


def test_no_secret_is_ever_written_down(crowd: Crowd) -> None:
    person = newcomer(crowd.server, "secretive")
    key = person.post("/auth/api-keys", json={"name": "k", "scopes": ["read"]}).json()
    shown = person.get("/audit").text
    for secret in (PASSWORD, person.token, person.refresh_token, key["secret"]):
        assert secret not in shown


def test_events_are_never_changed_nor_deleted_through_the_server_s_own_code(team: Team) -> None:
    database = team.server.state.database
    for change in ("details", None):
        with pytest.raises(RuntimeError, match="never"), database.write() as session:
            event = session.query(AuditEvent).first()
            assert event is not None
            if change is None:
                session.delete(event)
            else:
                event.details = {"forged": True}
            session.flush()
    for statement in (update(AuditEvent).values(action="forged"), delete(AuditEvent)):
        with pytest.raises(RuntimeError, match="never"), database.write() as session:
            session.execute(statement)


def test_the_deletion_of_a_workspace_is_recorded_and_outlives_it(team: Team) -> None:
    team.owner.delete(team.path)
    team.owner.post(f"{team.path}/restore")
    assert actions(team.owner, f"{team.path}/audit", limit=2) == ["workspace.restored", "workspace.deleted"]
