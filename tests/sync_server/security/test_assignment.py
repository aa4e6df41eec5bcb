"""Property-level authorisation (OWASP API3): nobody sets what isn't theirs to set, nor reads what isn't shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine.protocol.ids import new_id
from sync_server.contract import contract
from tests.sync_server.access.world import World
from tests.sync_server.teams import Crowd

KEPT_FOR_NEWER_PROGRAMS = {"Push", "Fact", "SettingsChange"}
"""Bodies whose unknown fields are stored as they came and passed on, but never looked at."""
NEVER_SHOWN = ("password_hash", "token_hash", "secret_hash", "sealed", "seed")


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    return contract()


@pytest.fixture(scope="module")
def world(crowd: Crowd) -> World:
    return World(crowd)


def schemas_of_bodies(api: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every route with a JSON body, and the name of its schema."""
    for path, operations in api["paths"].items():
        for method, operation in operations.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            if body is not None:
                yield f"{method.upper()} {path}", body.get("$ref", "an unnamed schema").rpartition("/")[2]


def test_every_body_refuses_fields_that_it_does_not_ask_for(api: dict[str, Any]) -> None:
    open_ones = {
        f"{route}: {name}"
        for route, name in schemas_of_bodies(api)
        if name not in KEPT_FOR_NEWER_PROGRAMS
        and api["components"]["schemas"].get(name, {}).get("additionalProperties") is not False
    }
    assert open_ones == set()


def test_every_text_in_a_body_has_a_limit(api: dict[str, Any]) -> None:
    names = {name for _, name in schemas_of_bodies(api)} - KEPT_FOR_NEWER_PROGRAMS
    endless = {
        f"{name}.{field}"
        for name in names
        for field, schema in api["components"]["schemas"][name].get("properties", {}).items()
        for one in (schema, *schema.get("anyOf", ()))
        if one.get("type") == "string" and not {"maxLength", "enum", "const", "pattern"} & set(one)
    }
    assert endless == set()


def test_no_answer_has_a_field_for_what_is_secret(api: dict[str, Any]) -> None:
    shown = {
        f"{name}.{field}"
        for name, schema in api["components"]["schemas"].items()
        for field in schema.get("properties", {})
        if any(secret in field for secret in NEVER_SHOWN)
    }
    assert shown == set()


FORGED = [
    ("PATCH", "/auth/me", {"name": "Olga", "is_admin": True}),
    ("PATCH", "/auth/me", {"name": "Olga", "email_verified_at": "2026-01-01T00:00:00Z"}),
    ("POST", "/workspaces", {"name": "Big", "quota_bytes": 2**60}),
    ("POST", "/workspaces", {"name": "Mine", "personal_of": "me"}),
    ("PATCH", "/workspaces/{workspace}", {"name": "Free", "used_bytes": 0}),
    ("PATCH", "/workspaces/{workspace}", {"name": "Mine", "role": "OWNER"}),
    ("POST", "/workspaces/{workspace}/invitations", {"email": "a@example.org", "role": "VIEWER", "state": "ACCEPTED"}),
    ("PATCH", "/workspaces/{workspace}/members/{viewer}", {"role": "VIEWER", "user_id": "x"}),
    ("POST", "/auth/api-keys", {"name": "k", "scopes": ["read"], "user_id": "x"}),
    ("POST", "/auth/api-keys", {"name": "k", "scopes": ["account"]}),
    ("POST", "/presets", {"name": "P", "category": "style", "config": {}, "owner_id": "x"}),
    ("PATCH", "/projects/{project}", {"name": "P", "epoch": "mine"}),
    ("PATCH", "/projects/{project}", {"workspace_id": "elsewhere"}),
]


@pytest.mark.parametrize(("method", "path", "body"), FORGED)
def test_a_forged_field_is_refused_by_name(method: str, path: str, body: dict[str, Any], world: World) -> None:
    filled = path.format(workspace=world.workspace_id, viewer=world.viewer_id(), project=world.project())
    answer = world.owner.request(method, filled, json=body)
    assert answer.status_code == 422, answer.text
    assert any(field["where"].startswith("body.") for field in answer.json()["fields"])


def test_nobody_makes_themselves_an_administrator_by_making_a_default_preset(world: World) -> None:
    body = {"name": "All", "category": "style", "config": {}, "home": "default"}
    assert world.owner.post("/presets", json=body).status_code == 403


def test_the_author_of_a_fact_is_attested_by_the_server(world: World) -> None:
    member, admin = world.crowd.people["MEMBER"], world.crowd.people["ADMIN"]
    project = world.project()
    epoch = member.get(f"/projects/{project}").json()["epoch"]
    fact = {
        "id": new_id(),
        "kind": "comment",
        "made_at": 1,
        "body": {"text": "Praise Adam", "author_id": admin.user_id},
        "author_id": admin.user_id,
        "author_name": "Adam",
        "number": 77,
    }
    pushed = member.post(f"/projects/{project}/log", json={"epoch": epoch, "facts": [fact]})
    assert pushed.status_code == 200, pushed.text
    (stored,) = world.owner.get(f"/projects/{project}/log").json()["facts"]
    assert (stored["author_id"], stored["author_name"], stored["number"]) == (member.user_id, "Mia", 1)
