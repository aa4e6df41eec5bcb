"""Devices, the copy of all own data, and the end of an account."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

from tests.sync_server.running import PASSWORD, Mailbox, ServerThread, SignedIn, sign_in

ADA = "ada@example.org"


def test_one_sees_and_signs_out_ones_own_devices_alone(server: ServerThread, sign_up: Callable[..., SignedIn]) -> None:
    ada, bob = sign_up(ADA), sign_up("bob@example.org")
    sign_in(server, ADA, device_name="Old laptop")
    items = ada.get("/auth/devices").json()["items"]
    assert [(one["name"], one["is_this"]) for one in items] == [("Old laptop", False), ("test", True)]
    assert bob.delete(f"/auth/devices/{items[0]['id']}").status_code == 404
    assert ada.delete(f"/auth/devices/{items[0]['id']}").status_code == 204
    assert ada.delete(f"/auth/devices/{items[0]['id']}").status_code == 404
    assert len(ada.get("/auth/devices").json()["items"]) == 1


def test_signing_out_everywhere_ends_this_device_too(server: ServerThread, sign_up: Callable[..., SignedIn]) -> None:
    first = sign_up(ADA)
    second = sign_in(server, ADA)
    assert second.post("/auth/logout-everywhere").status_code == 204
    assert first.get("/auth/me").status_code == second.get("/auth/me").status_code == 401


def test_the_name_that_others_see_can_be_changed_and_nothing_else(sign_up: Callable[..., SignedIn]) -> None:
    ada = sign_up(ADA)
    assert ada.patch("/auth/me", json={"name": " Ada L. "}).json()["name"] == "Ada L."
    for field in ("is_admin", "email", "id"):
        assert ada.patch("/auth/me", json={"name": "x", field: True}).status_code == 422


def test_the_export_has_all_that_is_ones_own_and_no_secret(
    server: ServerThread, sign_up: Callable[..., SignedIn]
) -> None:
    ada = sign_up(ADA)
    sign_up("bob@example.org")
    answer = ada.get("/auth/export")
    assert answer.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        rows = {name: [json.loads(line) for line in archive.read(name).splitlines()] for name in archive.namelist()}
    assert [row["email"] for row in rows["users.jsonl"]] == [ADA]
    assert [row["id"] for row in rows["workspaces.jsonl"]] == [ada.workspace_id]
    assert {row["user_id"] for row in rows["devices.jsonl"]} == {ada.user_id}
    everything = json.dumps(rows)
    assert "argon2" not in everything and "token_hash" not in everything and "bob@" not in everything


def test_a_deleted_account_is_gone_with_its_workspace(
    server: ServerThread, sign_up: Callable[..., SignedIn], mailbox: Mailbox
) -> None:
    ada = sign_up(ADA)
    assert ada.post("/auth/delete-account", json={}).status_code == 403
    assert ada.post("/auth/delete-account", json={"password": "wrong"}).status_code == 403
    assert ada.post("/auth/delete-account", json={"password": PASSWORD}).status_code == 204
    assert ada.get("/auth/me").status_code == 401
    login = {"email": ADA, "password": PASSWORD}
    assert server.client().post("/api/v1/auth/login", json=login).status_code == 401
    assert mailbox.wait(ADA, "deleted")
    mailbox.messages.clear()
    again = sign_up(ADA)
    assert (again.user_id, again.workspace_id) != (ada.user_id, ada.workspace_id)


def test_the_only_owner_of_a_shared_workspace_hands_it_over_first(
    server: ServerThread, sign_up: Callable[..., SignedIn]
) -> None:
    from sync_server.access.roles import Role
    from sync_server.workspaces.models import Membership

    ada, bob = sign_up(ADA), sign_up("bob@example.org")
    team = ada.post("/workspaces", json={"name": "Team"}).json()["id"]
    alone = ada.post("/workspaces", json={"name": "Alone"}).json()["id"]
    with server.state.database.write() as session:
        session.add(Membership(workspace_id=team, user_id=bob.user_id, role=Role.MEMBER))
    refused = ada.post("/auth/delete-account", json={"password": PASSWORD})
    assert refused.status_code == 409
    assert "“Team”" in refused.json()["detail"] and "Alone" not in refused.json()["detail"]
    with server.state.database.write() as session:
        session.add(Membership(workspace_id=alone, user_id=bob.user_id, role=Role.OWNER))
        session.query(Membership).filter_by(workspace_id=team, user_id=bob.user_id).update({"role": Role.OWNER})
    assert ada.post("/auth/delete-account", json={"password": PASSWORD}).status_code == 204
    assert {one["id"] for one in bob.get("/workspaces").json()["items"]} >= {team, alone}
