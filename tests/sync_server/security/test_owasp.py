"""The list that the server is held to, an attack each, from outside; where more of the kind is tried is said by name.

API1 object-level authorisation: every route × role × scope in tests/sync_server/access, mixed ids in `test_objects`.
API2 authentication, API3 properties (`test_assignment`), API4 resources, API5 functions and API6 flows
(`test_surface`), API7 addresses to fetch and API8 hostile bodies (`test_input`), API9 the inventory of routes (access),
API10 what comes from providers (tests/sync_server/oauth).
"""

from __future__ import annotations

import base64
import io
import json
import statistics
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from loro import ExportMode, LoroDoc

from engine.protocol.ids import new_id
from sync_server.secrets.keys import ServerKeys
from tests.sync_server.access.test_roles import Route, routes_of
from tests.sync_server.access.world import World
from tests.sync_server.blobs.sending import begin, complete, fetch, hash_of, send, send_part
from tests.sync_server.logs.replicas import Replica, make_project
from tests.sync_server.running import PASSWORD, ServerProcess, ServerThread, SignedIn, register, sign_in
from tests.sync_server.teams import Crowd

THINGS = ("workspace_id", "project_id", "asset_id", "publication_id", "preset_id", "invitation_id", "upload_id")


@pytest.fixture(scope="module")
def world(crowd: Crowd) -> World:
    return World(crowd)


def things_of(world: World) -> dict[str, str]:
    """Ids of real things of the team, by the names that paths give them."""
    return {
        "workspace_id": world.workspace_id,
        "project_id": world.project(),
        "asset_id": world.asset(),
        "publication_id": world.publication(),
        "preset_id": world.preset(),
        "invitation_id": world.invitation(),
        "upload_id": world.sent(),
        "user_id": world.viewer_id(),
        "blob": world.blob,
        "number": "1",
    }


def test_object_level_authorisation_on_every_route_that_names_a_thing(world: World) -> None:
    """API1. From the server's own routes: to a stranger, things of others are not there, whatever the method."""
    real, asked = things_of(world), 0
    stranger = world.crowd.people["STRANGER"].client
    for name, route in routes_of(world.crowd.server.app).items():
        if not any(f"{{{thing}" in route.path for thing in THINGS):
            continue
        asked += 1
        headers = {"X-Part-Hash": "0" * 64}
        answer = stranger.request(route.method, path_of(route, real), json=body_of(world, name), headers=headers)
        assert answer.status_code == 404, f"{name}: {answer.status_code} {answer.text}"
        assert real["project_id"] not in answer.text and "Zorbo" not in answer.text, name
    assert asked >= 40
    assert world.owner.get(f"/projects/{real['project_id']}").status_code == 200, "nothing was changed"


def path_of(route: Route, real: dict[str, str]) -> str:
    parts = [
        real.get(part[1:].partition("}")[0].partition(":")[0], "none") if part.startswith("{") else part
        for part in route.path.split("/")
    ]
    return "/".join(parts)


def body_of(world: World, operation: str) -> Any:
    """The smallest body that the contract allows, so that its absence isn't what is answered."""
    api = world.crowd.server.app.openapi()
    for operations in api["paths"].values():
        for one in operations.values():
            content = one.get("requestBody", {}).get("content", {}).get("application/json")
            if one.get("operationId") == operation and content is not None:
                return smallest(api, content["schema"])
    return None


def smallest(api: dict[str, Any], schema: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return smallest(api, api["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return smallest(api, schema["anyOf"][0])
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: smallest(api, schema["properties"][name]) for name in schema.get("required", [])}
        case "array":
            return [smallest(api, schema["items"])] * schema.get("minItems", 0)
        case "string" if "[0-9a-f]" in schema.get("pattern", ""):
            return "0" * 64
        case "string":
            return "a@example.org" if schema.get("format") == "email" else "x" * max(1, schema.get("minLength", 1))
        case "integer":
            return max(1, schema.get("minimum", 1))
        case _:
            return None


def test_mass_assignment_makes_nobody_an_administrator(world: World) -> None:
    """API3."""
    member = world.crowd.people["MEMBER"]
    assert member.patch("/auth/me", json={"name": "Mia", "is_admin": True}).status_code == 422
    assert member.get("/auth/me").json()["is_admin"] is False


def test_refresh_token_reuse_ends_the_sign_in_of_the_thief_and_of_the_owner(
    make_server: Callable[..., ServerThread], sign_up: Callable[..., SignedIn]
) -> None:
    """API2."""
    server = make_server(refresh_grace_s=0)
    ada = sign_up("ada@example.org", server=server)

    def refreshed(token: str) -> httpx.Response:
        return server.client().post("/api/v1/auth/refresh", json={"refresh_token": token})

    stolen = ada.refresh_token
    owners = refreshed(stolen).json()
    time.sleep(0.02)
    assert refreshed(stolen).status_code == 401
    assert server.client(owners["access_token"]).get("/api/v1/auth/me").status_code == 401
    assert refreshed(owners["refresh_token"]).status_code == 401
    events = sign_in(server, ada.email).get("/audit").json()["items"]
    assert any("reused" in event["action"] for event in events), "and the owner can read of it"


def test_jwt_algorithm_confusion_opens_nothing(world: World) -> None:
    """API2. No algorithm, another one, a key that the header brings along, a key's id that is a path."""
    server, member = world.crowd.server, world.crowd.people["MEMBER"]
    key = ServerKeys.load(server.config.keys_path).signing[0]
    claims = jwt.decode(member.token, OctKey.import_key(key.secret), algorithms=["HS256"]).claims
    own = OctKey.generate_key(256)

    def made(header: dict[str, Any], secret: OctKey) -> str:
        return jwt.encode({"alg": "HS256", **header}, claims, secret, algorithms=["HS256", "HS384", "HS512"])

    def unsigned(algorithm: str) -> str:
        parts = (json.dumps({"alg": algorithm, "kid": key.id}), json.dumps(claims))
        return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts) + "."

    right = OctKey.import_key(key.secret)
    assert server.client(made({"kid": key.id}, right)).get("/api/v1/auth/me").status_code == 200
    for wrong in (
        unsigned("none"),
        unsigned("None"),
        unsigned("HS256"),
        made({"alg": "HS512", "kid": key.id}, right),
        made({"kid": key.id, "jwk": own.as_dict()}, own),
        made({"kid": "../../../dev/null"}, OctKey.import_key(b"\0" * 32)),
        made({}, own),
    ):
        assert server.client(wrong).get("/api/v1/auth/me").status_code == 401, wrong


def test_signing_in_takes_as_long_for_unknown_accounts_as_for_known_ones(server_process: ServerProcess) -> None:
    """API2. With the real cost of a hash; that the same work is done is counted in tests/sync_server/accounts."""
    register(server_process, "ada@example.org")
    took: dict[str, list[float]] = {"ada@example.org": [], "nobody@example.org": []}
    with server_process.client() as client:
        for _ in range(9):
            for email, times in took.items():
                began = time.perf_counter()
                answer = client.post("/api/v1/auth/login", json={"email": email, "password": "wrong password"})
                times.append(time.perf_counter() - began)
                assert answer.status_code == 401
    known, unknown = (statistics.median(times) for times in took.values())
    assert 0.6 < unknown / known < 1.6, took
    assert PASSWORD not in str(took)


def test_a_path_in_a_name_stays_a_name(world: World) -> None:
    """API8. What can't be refused as a name is only shown, and never becomes a path or a header's line."""
    owner, name = world.owner, "..%2f..%2fkeys.json"
    project = owner.post("/projects", json={"id": new_id(), "workspace_id": world.workspace_id, "name": name}).json()
    assert project["name"] == name
    for bad in ("../keys.json", "..\\keys.json", 'a".png\r\nX-Evil: 1', "a\0.png"):
        asset = {"workspace_id": world.workspace_id, "name": bad, "type": "IMAGE", "blob": world.blob}
        assert owner.post("/assets", json=asset).status_code == 422, bad
    before = sorted(path for path in world.crowd.server.config.data.rglob("*") if path.is_file())
    assert all(".." not in path.parts for path in before)


SCRIPTS = {
    "an element": b"<script>alert(1)</script>",
    "an event": b'<rect width="4" height="4" onload="alert(1)"/>',
    "a link": b'<a href="javascript:alert(1)"><rect width="4" height="4"/></a>',
    "another page": b'<foreignObject><iframe src="https://evil.example"/></foreignObject>',
    "another file": b'<image href="https://evil.example/track.png" width="4" height="4"/>',
    "a style": b"<style>@import url(https://evil.example/x.css)</style>",
}


@pytest.mark.parametrize("kind", SCRIPTS)
def test_svg_with_script_is_public_without_it(kind: str, world: World) -> None:
    """API8."""
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><circle r="2"/>' + SCRIPTS[kind] + b"</svg>"
    blob = send(world.owner, svg, world.workspace_id)["hash"]
    body = {"workspace_id": world.workspace_id, "title": "Fox", "files": [{"role": "PREVIEW", "blob": blob}]}
    made = world.owner.post("/publications", json=body)
    assert made.status_code == 201, made.text
    with world.crowd.server.client() as anyone:
        shown = anyone.get(made.json()["files"][0]["url"])
    assert b"circle" in shown.content
    for trace in (b"script", b"onload", b"evil.example", b"iframe", b"javascript"):
        assert trace not in shown.content
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    kept = fetch(world.owner, blob, world.workspace_id)
    assert (kept.content, kept.headers["Content-Disposition"]) == (svg, "attachment")


def image_bomb() -> bytes:
    """A PNG of some hundred bytes that claims 3.6 thousand million pixels."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def zip_bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.txt", b"\0" * 30_000_000)
    return file.getvalue()


@pytest.mark.parametrize("make", [image_bomb, zip_bomb])
def test_zip_and_image_bombs_are_refused_when_they_arrive(make: Callable[[], bytes], world: World) -> None:
    """API4. Nothing of them is kept or counted."""
    data, owner, workspace = make(), world.owner, world.workspace_id
    used = owner.get(f"/workspaces/{workspace}").json()["used_bytes"]
    upload = begin(owner, data, workspace)
    assert send_part(owner, upload, data, 1).status_code == 200
    answer = complete(owner, upload)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_input"), answer.text
    assert fetch(owner, hash_of(data), workspace).status_code == 404
    assert owner.get(f"/workspaces/{workspace}").json()["used_bytes"] == used


def test_ssrf_no_input_takes_an_address_that_the_server_would_fetch(world: World) -> None:
    """API7. That no field of the contract is one is in `test_input`; here some are offered where a file is expected."""
    for address in ("http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "//evil.example/x"):
        body = {"workspace_id": world.workspace_id, "name": "Fox.png", "type": "IMAGE", "blob": address}
        assert world.owner.post("/assets", json=body).status_code == 422
        body = {**body, "blob": world.blob, "url": address}
        assert world.owner.post("/assets", json=body).status_code == 422


def test_peer_id_spoofing_signs_no_edit_with_a_teammate_s_name(world: World) -> None:
    """API1. In its other forms in tests/sync_server/logs/test_binding.py."""
    people = world.crowd.people
    project = make_project(people["OWNER"], world.workspace_id)
    victim = Replica(people["OWNER"], project)
    victim.set("name", "Fox")
    victim.push()
    forger = Replica(people["MEMBER"], project, peer=victim.doc.peer_id)
    forger.set("name", "Forged")
    assert forger.try_push(update=forger.new_edits()).status_code == 403
    history = people["VIEWER"].get(f"/projects/{project}/history").json()["items"]
    assert {item["author_name"] for item in history} == {"Olga"}
    assert Replica(people["VIEWER"], project).value == {"project": {"name": "Fox"}}


def test_oversized_and_malformed_updates_are_refused_and_edits_go_on(world: World) -> None:
    """API4. Thousands of mutations: tests/sync_server/logs/test_hostile.py."""
    member = world.crowd.people["MEMBER"]
    project = make_project(member, world.workspace_id)
    replica = Replica(member, project)
    bomb = LoroDoc()
    bomb.get_map("m").insert("x", "0" * (80 * 2**20))
    bomb.commit()
    most = world.crowd.server.config.max_update_bytes
    hostile = {
        "no update": b"nonsense",
        "an update that was cut off": base64.b64decode(edited(replica))[:-3],
        "a small update that becomes a huge document": bomb.export(ExportMode.Snapshot()),
        "more than a push may hold": bytes(most + 1),
    }
    for kind, data in hostile.items():
        answer = replica.try_push(update=base64.b64encode(data).decode())
        assert answer.status_code in (413, 422), f"{kind}: {answer.text}"
    assert replica.try_push(update="no base64!").status_code == 422
    assert replica.push()["update_number"] == 1


def edited(replica: Replica) -> str:
    replica.set("name", "Fox")
    return replica.new_edits()
