"""A public page for everyone who has its address, and files fit for a CDN."""

from __future__ import annotations

import io
import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import update

from sync_server.blobs.models import Blob
from sync_server.publications.views import Views
from sync_server.scanning.clamd import ScanState
from tests.sync_server.blobs.sending import fetch, hash_of, send
from tests.sync_server.running import ServerThread, SignedIn

SignUp = Callable[..., SignedIn]
IMAGES = Path(__file__).parents[3] / "docs" / "images"
FOX = (IMAGES / "fox.png").read_bytes()
WAVE = (IMAGES / "fox-wave.webp").read_bytes()
HEAD = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4">'
SVG = HEAD + b'<script>alert(1)</script><rect width="4" height="4"/></svg>'


@pytest.fixture
def ada(sign_up: SignUp) -> SignedIn:
    return sign_up("ada@example.org")


def send_once(person: SignedIn, data: bytes) -> None:
    if fetch(person, hash_of(data)).status_code == 404:
        send(person, data)


def publish(person: SignedIn, **more: Any) -> dict[str, Any]:
    send_once(person, FOX)
    send_once(person, WAVE)
    files = [{"role": "PREVIEW", "blob": hash_of(WAVE)}, {"role": "POSTER", "blob": hash_of(FOX)}]
    body = {"workspace_id": person.workspace_id, "title": "Pip the fox", "files": files, **more}
    answer = person.post("/publications", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_everyone_with_the_address_sees_the_page(ada: SignedIn, client: httpx.Client) -> None:
    made = publish(ada, description="Waves at you.\n<script>alert(1)</script>")
    page = client.get(made["url"])
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert "Pip the fox" in page.text
    assert "<script" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    preview, poster = (file["url"] for file in made["files"])
    assert client.get(preview).content == WAVE
    assert client.get(poster).content == FOX
    for path in re.findall(r'(?:src|srcset|href)="(/a/[^"]+)"', page.text):
        assert client.get(path).status_code == 200
    assert 'media="(prefers-reduced-motion: reduce)"' in page.text


def test_other_sites_find_what_they_need_for_a_preview(ada: SignedIn, client: httpx.Client) -> None:
    made = publish(ada, description="Waves at you.")
    told = dict(re.findall(r'<meta property="(og:[^"]+)" content="([^"]*)">', client.get(made["url"]).text))
    assert told["og:title"] == "Pip the fox"
    assert told["og:description"] == "Waves at you."
    assert told["og:url"] == made["url"]
    assert told["og:image"] == made["files"][1]["url"], "the still picture"
    assert (told["og:image:type"], told["og:image:width"], told["og:image:height"]) == ("image/png", "320", "320")


def test_the_page_allows_its_own_style_and_no_script(ada: SignedIn, client: httpx.Client) -> None:
    page = client.get(publish(ada)["url"])
    policy = page.headers["Content-Security-Policy"]
    style = re.search(r"<style>(.*?)</style>", page.text, re.DOTALL)
    assert style is not None
    assert f"'sha256-{b64encode(sha256(style[1].encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r'\sstyle="', page.text), "the policy forbids styles of single elements"
    assert "frame-ancestors *" in client.get(page.url.path.replace("/p/", "/e/")).headers["Content-Security-Policy"]


def test_files_are_immutable_and_fit_for_a_cdn(ada: SignedIn, client: httpx.Client) -> None:
    address = publish(ada)["files"][1]["url"]
    answer = client.get(address, headers={"Origin": "https://elsewhere.example"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["ETag"] == f'"{hash_of(FOX)}"'
    assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    part = client.get(address, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, FOX[10:20])
    assert client.head(address).headers["Content-Length"] == str(len(FOX))


def test_unpublished_means_gone_and_the_page_is_asked_for_anew(ada: SignedIn, client: httpx.Client) -> None:
    made = publish(ada)
    page = client.get(made["url"])
    assert page.headers["Cache-Control"] == "no-cache"
    assert client.get(made["url"], headers={"If-None-Match": page.headers["ETag"]}).status_code == 304
    assert ada.delete(f"/publications/{made['id']}").status_code == 204
    assert ada.delete(f"/publications/{made['id']}").status_code == 204
    ended = client.get(made["url"], headers={"If-None-Match": page.headers["ETag"]})
    assert (ended.status_code, "taken down" in ended.text) == (410, True)
    assert client.get(made["files"][0]["url"]).status_code == 410
    assert client.get(made["url"].replace("/p/", "/e/")).status_code == 410
    assert ada.get(f"/publications/{made['id']}").json()["ended_at"] is not None
    assert fetch(ada, hash_of(FOX)).status_code == 200, "the file itself stays the workspace's"


def test_an_unknown_address_is_a_page_too(client: httpx.Client) -> None:
    unknown = client.get("/p/nothing-is-here")
    assert (unknown.status_code, "Nothing here" in unknown.text) == (404, True)
    assert client.get("/a/nothing-is-here/fox.png").status_code == 404


def test_a_title_can_change_and_the_tag_with_it(ada: SignedIn, client: httpx.Client) -> None:
    made = publish(ada)
    before = client.get(made["url"]).headers["ETag"]
    assert ada.patch(f"/publications/{made['id']}", json={"title": "Pip <3"}).json()["title"] == "Pip <3"
    after = client.get(made["url"], headers={"If-None-Match": before})
    assert (after.status_code, "Pip &lt;3" in after.text) == (200, True)
    assert ada.patch(f"/publications/{made['id']}", json={"views": 10**6}).status_code == 422


def test_views_are_counted(server: ServerThread, ada: SignedIn, client: httpx.Client) -> None:
    made = publish(ada)
    for _ in range(3):
        client.get(made["url"])
    server.state.get(Views).write()
    client.get(made["url"].replace("/p/", "/e/"))
    server.state.get(Views).write()
    assert ada.get(f"/publications/{made['id']}").json()["views"] == 4


def test_a_drawing_is_published_without_its_script(ada: SignedIn, client: httpx.Client) -> None:
    send(ada, SVG)
    files = [{"role": "PREVIEW", "blob": hash_of(SVG)}]
    made = publish(ada, files=files)
    answer = client.get(made["files"][0]["url"])
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Content-Disposition"] == "inline"
    assert b"script" not in answer.content
    assert b"rect" in answer.content
    original = fetch(ada, hash_of(SVG))
    assert original.content == SVG, "the workspace keeps what was sent"
    assert original.headers["Content-Disposition"] == "attachment"
    assert "sandbox" in original.headers["Content-Security-Policy"]


def test_what_the_scanner_did_not_find_clean_is_not_published(
    make_server: Callable[..., ServerThread], sign_up: SignUp
) -> None:
    server = make_server(clamd="127.0.0.1:9")
    ada = sign_up("ada@example.org", server=server)
    assert send(ada, FOX)["scan"] == "unscanned", "a scanner that doesn't answer is never “clean”"
    body = {"workspace_id": ada.workspace_id, "title": "Pip", "files": [{"role": "PREVIEW", "blob": hash_of(FOX)}]}
    assert ada.post("/publications", json=body).status_code == 409
    for state, expected in ((ScanState.INFECTED, 409), (ScanState.CLEAN, 201)):
        with server.state.database.write() as session:
            session.execute(update(Blob).values(scan=state))
        assert ada.post("/publications", json=body).status_code == expected
    made = ada.get(f"/publications?workspace_id={ada.workspace_id}").json()["items"][0]
    with server.state.database.write() as session:
        session.execute(update(Blob).values(scan=ScanState.INFECTED))
    assert httpx.get(made["files"][0]["url"]).status_code == 403
    assert fetch(ada, hash_of(FOX)).status_code == 403


def test_what_can_not_be_shown_is_not_published(ada: SignedIn) -> None:
    data = b"just some words"
    send(ada, data)
    body = {"workspace_id": ada.workspace_id, "title": "Pip", "files": [{"role": "PREVIEW", "blob": hash_of(data)}]}
    assert ada.post("/publications", json=body).status_code == 422
    body["files"] = [{"role": "DOWNLOAD", "blob": hash_of(data)}]
    assert ada.post("/publications", json=body).status_code == 422
    body["files"] = [{"role": "PREVIEW", "blob": hash_of(b"not here")}]
    assert ada.post("/publications", json=body).status_code == 422
    body["files"] = []
    assert ada.post("/publications", json=body).status_code == 422


def test_names_become_plain_and_unique(ada: SignedIn, client: httpx.Client) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4), "teal").save(buffer, "PNG")
    other = buffer.getvalue()
    send(ada, other)
    files = [
        {"role": "PREVIEW", "blob": hash_of(FOX), "name": "Füchsin & Söhne.png"},
        {"role": "PREVIEW", "blob": hash_of(other), "name": "Füchsin & Söhne.png"},
        {"role": "DOWNLOAD", "blob": hash_of(FOX), "name": "狐"},
    ]
    made = publish(ada, files=files)
    assert [file["name"] for file in made["files"]] == ["fuchsin-sohne.png", "fuchsin-sohne-2.png", "file.png"]
    assert client.get(made["files"][1]["url"]).content == other
    files[0]["name"] = "../../etc/passwd"
    assert ada.post("/publications", json={**made, "files": files}).status_code == 422


def test_an_asset_is_published_as_it_is(ada: SignedIn, client: httpx.Client) -> None:
    send(ada, FOX)
    asset = ada.post(
        "/assets", json={"workspace_id": ada.workspace_id, "name": "Pip", "type": "IMAGE", "blob": hash_of(FOX)}
    ).json()
    made = publish(ada, files=[], asset_id=asset["id"])
    assert made["asset_id"] == asset["id"]
    assert client.get(made["files"][0]["url"]).content == FOX
    assert ada.delete(f"/assets/{asset['id']}").status_code == 204
    assert client.get(made["files"][0]["url"]).content == FOX, "what is public stays until it is unpublished"


def test_the_list_goes_on_where_it_stopped(ada: SignedIn, sign_up: SignUp) -> None:
    made = [publish(ada)["id"]]
    body = {"workspace_id": ada.workspace_id, "title": "Two", "files": [{"role": "PREVIEW", "blob": hash_of(FOX)}]}
    made.append(ada.post("/publications", json=body).json()["id"])
    page = ada.get(f"/publications?workspace_id={ada.workspace_id}&limit=1").json()
    assert [item["id"] for item in page["items"]] == made[:1]
    page = ada.get(f"/publications?workspace_id={ada.workspace_id}&limit=1&after={page['next']}").json()
    assert [item["id"] for item in page["items"]] == made[1:]
    eve = sign_up("eve@example.org")
    assert eve.get(f"/publications?workspace_id={ada.workspace_id}").status_code == 404
    assert eve.get(f"/publications/{made[0]}").status_code == 404
    assert eve.delete(f"/publications/{made[0]}").status_code == 404
    assert eve.post("/publications", json=body).status_code == 404
