"""Hostile input (OWASP API4, API7, API8): paths in names, addresses to fetch, bodies that overwhelm a parser."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sync_server.contract import contract
from tests.sync_server.access.world import World
from tests.sync_server.teams import Crowd

PATHS = ["../../etc/passwd", "..", ".", "/etc/passwd", "C:\\Windows", "a/../../b", "..\\..\\x", "x\x00.png", "a\nb"]
ADDRESSES_TO_FETCH = {"uri", "iri", "uri-reference", "hostname", "ipv4", "ipv6"}
ALLOWED_ADDRESSES = {"redirect_uri"}
"""Goes back to the caller's own machine (loopback alone), and is never fetched by the server."""


@pytest.fixture(scope="module")
def world(crowd: Crowd) -> World:
    return World(crowd)


@pytest.mark.parametrize("name", PATHS)
def test_no_name_is_a_path(name: str, world: World) -> None:
    owner, workspace = world.owner, world.workspace_id
    project = world.project()
    answers = {
        "workspace": owner.post("/workspaces", json={"name": name}),
        "workspace's new name": owner.patch(f"/workspaces/{workspace}", json={"name": name}),
        "project": owner.post("/projects", json={"id": "p1", "workspace_id": workspace, "name": name}),
        "project's id": owner.post("/projects", json={"id": name, "workspace_id": workspace, "name": "P"}),
        "project's new name": owner.patch(f"/projects/{project}", json={"name": name}),
        "preset": owner.post("/presets", json={"name": name, "category": "style", "config": {}}),
        "key": owner.post("/auth/api-keys", json={"name": name, "scopes": ["read"]}),
    }
    assert {kind: answer.status_code for kind, answer in answers.items()} == dict.fromkeys(answers, 422)


ESCAPES = ["..%2f..%2fkeys.json", "%2e%2e/%2e%2e/keys.json", "..%5ckeys.json", "%00", "....//keys.json", "~", "*"]


@pytest.mark.parametrize("escape", ESCAPES)
def test_no_path_of_a_request_leads_out_of_the_storage(escape: str, world: World) -> None:
    workspace = world.workspace_id
    for path in (
        f"/api/v1/workspaces/{workspace}/blobs/{escape}",
        f"/api/v1/workspaces/{escape}/blobs/{world.blob}",
        f"/api/v1/workspaces/{escape}",
        f"/api/v1/projects/{escape}/log",
        f"/api/v1/uploads/{escape}",
        f"/api/v1/auth/oauth/{escape}/start",
        f"/signed/{escape}",
        f"/{escape}",
    ):
        answer = world.owner.client.get(path)
        assert answer.status_code in {404, 405, 422, 403, 410}, f"{path}: {answer.status_code} {answer.text}"
        assert "signing" not in answer.text


def test_no_route_takes_an_address_that_the_server_would_fetch() -> None:
    api = contract()
    taken: set[str] = set()
    for path, operations in api["paths"].items():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if is_address(parameter["name"], parameter["schema"]):
                    taken.add(f"{path}: {parameter['name']}")
    bodies = {
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for operations in api["paths"].values()
        for operation in operations.values()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    }
    for name in bodies:
        for field, schema in api["components"]["schemas"][name].get("properties", {}).items():
            if is_address(field, schema):
                taken.add(f"{name}.{field}")
    assert taken == set(), "an address given by a client must not be fetched"


def is_address(name: str, schema: dict[str, Any]) -> bool:
    if name in ALLOWED_ADDRESSES:
        return False
    words = {"url", "uri", "href", "link", "webhook", "callback", "host", "origin"}
    formats = {one.get("format") for one in (schema, *schema.get("anyOf", ()))}
    return bool(ADDRESSES_TO_FETCH & formats) or bool(words & set(name.lower().split("_")))


@pytest.mark.parametrize(
    "address", ["http://169.254.169.254/", "https://evil.example/", "http://127.0.0.1.evil.example/"]
)
def test_a_sign_in_with_a_provider_comes_back_to_one_s_own_machine_alone(address: str, world: World) -> None:
    query = {"redirect_uri": address, "state": "s" * 16, "code_challenge": "c" * 43}
    with world.crowd.server.client() as anyone:
        answer = anyone.get("/api/v1/auth/oauth/github/start", params=query, follow_redirects=False)
    assert answer.status_code in {404, 422}, answer.headers.get("location")


HOSTILE_BODIES: dict[str, bytes] = {
    "nested arrays": b"[" * 100_000,
    "nested objects": b'{"config":' * 50_000 + b"1" + b"}" * 50_000,
    "a number of a million digits": b'{"name":"a","category":"style","config":{"n":' + b"9" * 1_000_000 + b"}}",
    "infinity": b'{"name":"a","category":"style","config":{"n":Infinity}}',
    "not a number": b'{"name":"a","category":"style","config":{"n":NaN}}',
    "half a pair": b'{"name":"a","category":"style","config":{"n":"\\ud800"}}',
    "half a pair as a name": b'{"name":"\\ud800","category":"style","config":{}}',
    "null character": b'{"name":"a","category":"style","config":{"n":"\\u0000"}}',
    "null character in a field's name": b'{"name":"a","category":"style","config":{"\\u0000":1}}',
    "wrong encoding": b'{"name":"\xff\xfe","category":"style","config":{}}',
    "a byte order mark": b'\xef\xbb\xbf{"name":"a"}',
    "nothing": b"",
    "null": b"null",
    "twice the same field": b'{"name":"a","name":"b","category":"style","config":{},"config":[]}',
}


@pytest.mark.parametrize("kind", HOSTILE_BODIES)
def test_a_hostile_body_is_refused_and_the_server_goes_on(kind: str, world: World) -> None:
    headers = {"Content-Type": "application/json"}
    answer = world.owner.post("/presets", content=HOSTILE_BODIES[kind], headers=headers)
    assert answer.status_code in {201, 413, 422}, f"{answer.status_code} {answer.text}"
    if answer.status_code == 201:
        json.loads(world.owner.get(f"/presets/{answer.json()['id']}").text, parse_constant=refuse)
    assert world.owner.get("/auth/me").status_code == 200


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


@pytest.mark.parametrize("value", ["-1", "0", "201", "1e9", "nan", "9" * 400, "'; DROP TABLE users; --", "\x00", "%"])
def test_hostile_numbers_and_cursors_are_refused(value: str, world: World) -> None:
    assert world.owner.get("/workspaces", params={"limit": value}).status_code == 422
    cursor = world.owner.get("/workspaces", params={"after": value})
    assert cursor.status_code == (200 if value in {"-1", "0", "201", "1e9", "nan"} else 422)


def test_a_search_is_text_and_not_a_pattern(world: World) -> None:
    world.owner.post("/presets", json={"name": "100 percent", "category": "style", "config": {}})
    for search in ("%", "_", "\\", "' OR 1=1 --"):
        found = world.owner.get("/presets", params={"search": search})
        assert found.status_code == 200
        assert found.json()["items"] == [], search
