"""Keys for scripts: what they may do, rotation with a grace, their end, their last use."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from sync_server.accounts.models import User
from sync_server.api_keys.models import ApiKey
from sync_server.api_keys.uses import KeyUses
from tests.sync_server.running import ServerThread, SignedIn

People = Callable[..., SignedIn]


@pytest.fixture
def ada(sign_up: People) -> SignedIn:
    return sign_up("ada@example.org")


def make(person: SignedIn, *scopes: str, **more: Any) -> dict[str, Any]:
    answer = person.post("/auth/api-keys", json={"name": "script", "scopes": scopes or ("read",), **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def with_key(server: ServerThread, secret: str) -> httpx.Client:
    return server.client(secret)


def test_a_key_acts_for_its_person_within_its_scopes(server: ServerThread, ada: SignedIn) -> None:
    reader = with_key(server, make(ada, "read")["secret"])
    writer = with_key(server, make(ada, "read", "write")["secret"])
    assert reader.get("/api/v1/settings").status_code == 200
    refused = reader.patch("/api/v1/settings", json={"language": "de"})
    assert refused.status_code == 403 and "write" in refused.json()["detail"]
    assert writer.patch("/api/v1/settings", json={"language": "de"}).status_code == 200
    assert ada.get("/settings").json()["language"] == "de"


def test_a_key_never_touches_the_account_or_other_keys(server: ServerThread, ada: SignedIn) -> None:
    key = with_key(server, make(ada, "read", "write", "publish")["secret"])
    assert key.get("/api/v1/auth/api-keys").status_code == 403
    assert key.post("/api/v1/auth/api-keys", json={"name": "more", "scopes": ["read"]}).status_code == 403
    assert key.post("/api/v1/auth/logout-everywhere").status_code == 403
    assert ada.post("/auth/api-keys", json={"name": "more", "scopes": ["account"]}).status_code == 422


def test_the_secret_is_told_once_and_stored_only_as_a_hash(server: ServerThread, ada: SignedIn) -> None:
    made = make(ada)
    assert made["secret"].startswith("mfk_") and made["secret"].startswith(made["beginning"])
    listed = ada.get("/auth/api-keys").json()["items"]
    assert [item["id"] for item in listed] == [made["id"]] and "secret" not in listed[0]
    with server.state.database.read() as session:
        row = session.execute(select(ApiKey.__table__)).mappings().one()
    assert made["secret"] not in str(dict(row))


def test_rotation_gives_a_new_secret_and_lets_the_old_one_live_a_while(server: ServerThread, ada: SignedIn) -> None:
    made = make(ada)
    rotated = ada.post(f"/auth/api-keys/{made['id']}/rotate", json={"grace_s": 1}).json()
    assert rotated["id"] == made["id"] and rotated["secret"] != made["secret"]
    assert with_key(server, made["secret"]).get("/api/v1/settings").status_code == 200
    assert with_key(server, rotated["secret"]).get("/api/v1/settings").status_code == 200
    time.sleep(1.1)
    assert with_key(server, made["secret"]).get("/api/v1/settings").status_code == 401
    assert with_key(server, rotated["secret"]).get("/api/v1/settings").status_code == 200


def test_rotation_without_grace_ends_the_old_secret_at_once(server: ServerThread, ada: SignedIn) -> None:
    made = make(ada)
    ada.post(f"/auth/api-keys/{made['id']}/rotate", json={"grace_s": 0})
    assert with_key(server, made["secret"]).get("/api/v1/settings").status_code == 401


def test_a_second_rotation_ends_the_secret_before_the_last(server: ServerThread, ada: SignedIn) -> None:
    made = make(ada)
    second = ada.post(f"/auth/api-keys/{made['id']}/rotate", json={}).json()["secret"]
    ada.post(f"/auth/api-keys/{made['id']}/rotate", json={})
    assert with_key(server, made["secret"]).get("/api/v1/settings").status_code == 401
    assert with_key(server, second).get("/api/v1/settings").status_code == 200


def test_a_revoked_expired_or_unknown_key_is_refused_and_so_is_one_of_a_closed_account(
    server: ServerThread, ada: SignedIn
) -> None:
    revoked, expired, closed = make(ada), make(ada, expires_in_days=1), make(ada)
    assert ada.delete(f"/auth/api-keys/{revoked['id']}").status_code == 204
    with server.state.database.write() as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(ApiKey).where(ApiKey.id == expired["id"]).values(expires_at=past))
    assert ada.post(f"/auth/api-keys/{expired['id']}/rotate", json={}).status_code == 409
    for secret in (revoked["secret"], expired["secret"], "mfk_", "mfk_nonsense", "mfk_" + "é" * 9):
        answer = httpx.get(
            f"{server.url}/api/v1/settings", headers={"Authorization": b"Bearer " + secret.encode()}, timeout=10
        )
        assert answer.status_code == 401, secret
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    with server.state.database.write() as session:
        session.execute(update(User).where(User.id == ada.user_id).values(disabled_at=datetime.now(UTC)))
    assert with_key(server, closed["secret"]).get("/api/v1/settings").status_code == 401


def test_the_last_use_is_remembered(server: ServerThread, ada: SignedIn) -> None:
    made = make(ada)
    assert ada.get("/auth/api-keys").json()["items"][0]["last_used_at"] is None
    with_key(server, made["secret"]).get("/api/v1/settings")
    server.state.get(KeyUses).write_down()
    used = datetime.fromisoformat(ada.get("/auth/api-keys").json()["items"][0]["last_used_at"])
    assert abs(datetime.now(UTC) - used) < timedelta(seconds=30)


def test_a_key_can_be_renamed_only_by_its_person(ada: SignedIn, sign_up: People) -> None:
    made, ben = make(ada), sign_up("ben@example.org")
    assert ada.patch(f"/auth/api-keys/{made['id']}", json={"name": "Blender"}).json()["name"] == "Blender"
    assert ben.patch(f"/auth/api-keys/{made['id']}", json={"name": "x"}).status_code == 404
    assert ben.post(f"/auth/api-keys/{made['id']}/rotate", json={}).status_code == 404
    assert ben.delete(f"/auth/api-keys/{made['id']}").status_code == 404
    assert ada.patch(f"/auth/api-keys/{made['id']}", json={"name": "x", "scopes": ["write"]}).status_code == 422


def test_keys_are_limited_in_number(ada: SignedIn) -> None:
    for _ in range(50):
        make(ada)
    assert ada.post("/auth/api-keys", json={"name": "one more", "scopes": ["read"]}).status_code == 409
