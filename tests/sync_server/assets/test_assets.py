"""Finished things of a workspace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sync_server.blobs.sending import fetch, hash_of, send
from tests.sync_server.running import SignedIn

SignUp = Callable[..., SignedIn]
FOX = (Path(__file__).parents[3] / "docs" / "images" / "fox.png").read_bytes()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 4"><rect onclick="alert(1)" width="8" height="4"/></svg>'


@pytest.fixture
def ada(sign_up: SignUp) -> SignedIn:
    person = sign_up("ada@example.org")
    send(person, FOX)
    return person


def body(person: SignedIn, **more: Any) -> dict[str, Any]:
    return {"workspace_id": person.workspace_id, "name": "Pip", "type": "IMAGE", "blob": hash_of(FOX), **more}


def test_an_asset_knows_its_file(ada: SignedIn) -> None:
    made = ada.post("/assets", json=body(ada, width=1, thumbnail=hash_of(FOX)))
    assert made.status_code == 201
    asset = made.json()
    assert (asset["width"], asset["height"], asset["size"]) == (320, 320, len(FOX)), "the file's own size counts"
    assert (asset["media_type"], asset["created_by"]) == ("image/png", ada.user_id)
    assert ada.get(f"/assets/{asset['id']}").json() == asset


def test_change_and_delete(ada: SignedIn) -> None:
    asset = ada.post("/assets", json=body(ada)).json()
    changed = ada.patch(f"/assets/{asset['id']}", json={"name": "Pip waves", "type": "ANIMATION"}).json()
    assert (changed["name"], changed["type"], changed["blob"]) == ("Pip waves", "ANIMATION", asset["blob"])
    assert changed["updated_at"] >= asset["updated_at"]
    assert ada.patch(f"/assets/{asset['id']}", json={"size": 1}).status_code == 422
    assert ada.delete(f"/assets/{asset['id']}").status_code == 204
    assert ada.get(f"/assets/{asset['id']}").status_code == 404
    assert fetch(ada, hash_of(FOX)).status_code == 200


@pytest.mark.parametrize(
    "name", ["../pip", "a/b", "a\\b", "..", ".", "", "  ", "a\nb", "a\0b", "x" * 101, "\u202efdp.exe"]
)
def test_names_that_look_like_paths_or_hide_something_are_refused(ada: SignedIn, name: str) -> None:
    assert ada.post("/assets", json=body(ada, name=name)).status_code == 422


def test_a_drawing_becomes_harmless(ada: SignedIn) -> None:
    send(ada, SVG)
    asset = ada.post("/assets", json=body(ada, type="VECTOR", blob=hash_of(SVG))).json()
    assert asset["blob"] != hash_of(SVG)
    assert (asset["width"], asset["height"]) == (8, 4)
    cleaned = fetch(ada, asset["blob"]).content
    assert b"alert" not in cleaned
    assert b"rect" in cleaned
    again = ada.post("/assets", json=body(ada, type="VECTOR", blob=asset["blob"])).json()
    assert again["blob"] == asset["blob"]


def test_an_asset_needs_a_file_of_its_own_workspace(ada: SignedIn, sign_up: SignUp) -> None:
    assert ada.post("/assets", json=body(ada, blob=hash_of(b"not here"))).status_code == 422
    assert ada.post("/assets", json=body(ada, thumbnail=hash_of(b"not here"))).status_code == 422
    eve = sign_up("eve@example.org")
    assert eve.post("/assets", json=body(eve)).status_code == 422, "Ada's file is not hers"
    assert eve.post("/assets", json=body(ada)).status_code == 404
    send(ada, b"words")
    assert ada.post("/assets", json=body(ada, thumbnail=hash_of(b"words"))).status_code == 422


def test_lists_go_page_by_page_and_by_type(ada: SignedIn, sign_up: SignUp) -> None:
    made = [ada.post("/assets", json=body(ada, name=f"Pip {n}")).json()["id"] for n in range(3)]
    vector = ada.post("/assets", json=body(ada, type="VECTOR")).json()["id"]
    first = ada.get("/assets?limit=2").json()
    assert [item["id"] for item in first["items"]] == made[:2]
    rest = ada.get(f"/assets?limit=2&after={first['next']}").json()
    assert [item["id"] for item in rest["items"]] == [made[2], vector]
    of_type = ada.get(f"/assets?workspace_id={ada.workspace_id}&type=VECTOR").json()
    assert [item["id"] for item in of_type["items"]] == [vector]
    eve = sign_up("eve@example.org")
    assert eve.get("/assets").json()["items"] == []
    assert eve.get(f"/assets?workspace_id={ada.workspace_id}").status_code == 404
    assert eve.get(f"/assets/{vector}").status_code == 404
    assert eve.patch(f"/assets/{vector}", json={"name": "Mine"}).status_code == 404
    assert eve.delete(f"/assets/{vector}").status_code == 404


def test_an_asset_may_belong_to_a_project_of_its_workspace(ada: SignedIn) -> None:
    project = {"id": "0190a000-0000-7000-8000-000000000001", "workspace_id": ada.workspace_id, "name": "Foxes"}
    assert ada.post("/projects", json=project).status_code in (200, 201)
    asset = ada.post("/assets", json=body(ada, project_id=project["id"])).json()
    assert asset["project_id"] == project["id"]
    assert len(ada.get(f"/assets?project_id={project['id']}").json()["items"]) == 1
    other = ada.post("/workspaces", json={"name": "Other"}).json()["id"]
    send(ada, FOX, other)
    refused = ada.post("/assets", json=body(ada, workspace_id=other, project_id=project["id"]))
    assert refused.status_code == 422
