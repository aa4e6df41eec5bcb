"""A blob comes back whole, in ranges, or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from sync_server.blobs.chores import verify_some
from sync_server.blobs.models import Blob
from sync_server.blobs.serving import CHECKED_FIRST_BYTES
from sync_server.database.base import now
from sync_server.storage.folder import FolderStorage
from sync_server.storage.names import blob_key
from sync_server.storage.storage import Storage
from sync_server.workspaces.models import Membership
from tests.sync_server.blobs.sending import begin, fetch, hash_of, send
from tests.sync_server.running import ServerThread, SignedIn

SignUp = Callable[..., SignedIn]
FOX = (Path(__file__).parents[3] / "docs" / "images" / "fox.png").read_bytes()
LARGE = os.urandom(CHECKED_FIRST_BYTES + 3_000_000)


@pytest.fixture
def ada(sign_up: SignUp) -> SignedIn:
    return sign_up("ada@example.org")


def file_of(server: ServerThread, person: SignedIn, data: bytes) -> Path:
    storage = server.state.get(Storage)
    assert isinstance(storage, FolderStorage)
    return storage.root / blob_key(person.workspace_id, hash_of(data))


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-0", 206, 0, 1),
        ("bytes=5-9", 206, 5, 10),
        ("bytes=100-", 206, 100, None),
        ("bytes=-7", 206, -7, None),
        ("bytes=0-99999999", 206, 0, None),
        ("bytes=-99999999", 206, 0, None),
        ("bytes=0-1,5-6", 200, 0, None),
        ("bytes=9-5", 200, 0, None),
        ("lines=1-2", 200, 0, None),
        ("bytes=-", 200, 0, None),
    ],
)
def test_ranges(ada: SignedIn, asked: str, status: int, start: int, end: int | None) -> None:
    send(ada, FOX)
    answer = fetch(ada, hash_of(FOX), Range=asked)
    assert (answer.status_code, answer.content) == (status, FOX[start:end])
    assert answer.headers["Content-Length"] == str(len(FOX[start:end]))
    if status == 206:
        first = start % len(FOX)
        assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(answer.content) - 1}/{len(FOX)}"


def test_a_range_beyond_the_end_is_refused_with_the_size(ada: SignedIn) -> None:
    send(ada, FOX)
    for asked in (f"bytes={len(FOX)}-", "bytes=-0"):
        answer = fetch(ada, hash_of(FOX), Range=asked)
        assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(FOX)}")


def test_entity_tags(ada: SignedIn) -> None:
    send(ada, FOX)
    tag = fetch(ada, hash_of(FOX)).headers["ETag"]
    for given in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        known = fetch(ada, hash_of(FOX), **{"If-None-Match": given})
        assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", tag)
    assert fetch(ada, hash_of(FOX), **{"If-None-Match": '"other"'}).status_code == 200
    assert fetch(ada, hash_of(FOX), **{"If-Range": tag, "Range": "bytes=1-2"}).status_code == 206
    assert fetch(ada, hash_of(FOX), **{"If-Range": '"other"', "Range": "bytes=1-2"}).content == FOX


def test_head_tells_size_and_type_alone(ada: SignedIn) -> None:
    send(ada, FOX)
    answer = ada.request("HEAD", f"/workspaces/{ada.workspace_id}/blobs/{hash_of(FOX)}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert (answer.headers["Content-Length"], answer.headers["Content-Type"]) == (str(len(FOX)), "image/png")


@pytest.mark.parametrize(
    ("data", "media_type", "disposition"),
    [
        (FOX, "image/png", "inline"),
        (b"<html><script>alert(1)</script></html>", "application/octet-stream", "attachment"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "image/svg+xml", "attachment"),
        (json.dumps({"a": 1}).encode(), "application/json", "attachment"),
    ],
)
def test_nothing_runs_in_a_browser(ada: SignedIn, data: bytes, media_type: str, disposition: str) -> None:
    send(ada, data)
    headers = fetch(ada, hash_of(data)).headers
    assert headers["Content-Type"].split(";")[0] == media_type
    assert headers["Content-Disposition"] == disposition
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("data", [FOX, LARGE], ids=["small", "large"])
def test_a_blob_that_decayed_is_noticed_asked_for_again_and_healed(
    server: ServerThread, ada: SignedIn, data: bytes
) -> None:
    send(ada, data)
    path = file_of(server, ada, data)
    decayed = bytearray(data)
    decayed[len(data) // 2] ^= 1
    path.write_bytes(decayed)
    if data is FOX:
        assert fetch(ada, hash_of(data)).status_code == 410
    else:
        with pytest.raises(httpx.RemoteProtocolError):
            fetch(ada, hash_of(data))  # cut off before the end, rather than complete and wrong
    again = fetch(ada, hash_of(data))
    assert (again.status_code, "damaged" in again.json()["detail"]) == (410, True)
    asked = ada.post(f"/workspaces/{ada.workspace_id}/blobs/missing", json={"hashes": [hash_of(data)]})
    assert asked.json() == {"missing": [hash_of(data)]}
    send(ada, data)
    assert fetch(ada, hash_of(data)).content == data
    assert begin(ada, data)["state"] == "here"


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-9"}])
def test_a_blob_that_got_lost_is_noticed(server: ServerThread, ada: SignedIn, headers: dict[str, str]) -> None:
    send(ada, FOX)
    file_of(server, ada, FOX).unlink()
    assert fetch(ada, hash_of(FOX), **headers).status_code == 410
    assert begin(ada, FOX)["state"] == "wanted"


def test_decay_is_noticed_in_the_background_too(server: ServerThread, ada: SignedIn) -> None:
    send(ada, FOX)
    send(ada, b"sound")
    file_of(server, ada, FOX).write_bytes(b"decayed")
    assert verify_some(server.state) == 0, "they were checked a moment ago"
    with server.state.database.write() as session:
        session.execute(update(Blob).values(verified_at=now() - timedelta(days=8)))
    assert verify_some(server.state) == 2
    assert begin(ada, FOX)["state"] == "wanted"
    assert begin(ada, b"sound")["state"] == "here"


def test_a_signed_address_needs_no_sign_in(ada: SignedIn, client: httpx.Client) -> None:
    send(ada, FOX)
    made = ada.post(f"/workspaces/{ada.workspace_id}/blobs/{hash_of(FOX)}/url", json={"lifetime_s": 60}).json()
    answer = client.get(made["url"])
    assert answer.content == FOX
    assert answer.headers["Cache-Control"].startswith("private")
    assert client.get(made["url"], headers={"Range": "bytes=0-3"}).content == FOX[:4]
    assert client.get(made["url"][:-4] + "AAAA").status_code == 404
    assert client.get("/signed/nonsense").status_code == 404
    token = ada.client.headers["Authorization"].removeprefix("Bearer ")
    assert client.get(f"/signed/{token}").status_code == 404, "a token for something else opens nothing"


def test_a_signed_address_ends_with_the_right_to_see(server: ServerThread, ada: SignedIn, client: httpx.Client) -> None:
    send(ada, FOX)
    path = f"/workspaces/{ada.workspace_id}/blobs/{hash_of(FOX)}/url"
    address = ada.post(path, json={}).json()["url"]
    assert client.get(address).status_code == 200
    with server.state.database.write() as session:
        membership = session.query(Membership).filter_by(user_id=ada.user_id).one()
        session.delete(membership)
    assert client.get(address).status_code == 404


def test_a_signed_address_ends_with_the_sign_in(ada: SignedIn, client: httpx.Client) -> None:
    send(ada, FOX)
    path = f"/workspaces/{ada.workspace_id}/blobs/{hash_of(FOX)}/url"
    address = ada.post(path, json={}).json()["url"]
    assert ada.post("/auth/logout").status_code in (200, 204)
    assert client.get(address).status_code == 404


def test_a_signed_address_expires(server: ServerThread, ada: SignedIn, client: httpx.Client) -> None:
    from sync_server.blobs.addresses import PURPOSE
    from sync_server.secrets.signatures import Signer

    send(ada, FOX)
    claims = {"sub": ada.user_id, "device": None, "key": None, "workspace": ada.workspace_id, "hash": hash_of(FOX)}
    signer = server.state.get(Signer)
    assert client.get(f"/signed/{signer.sign(PURPOSE, claims, 60)}").status_code == 200
    assert client.get(f"/signed/{signer.sign(PURPOSE, claims, -1)}").status_code == 404
    assert client.get(f"/signed/{signer.sign('access', claims, 60)}").status_code == 404


def test_an_address_made_by_an_api_key_ends_with_the_key(ada: SignedIn, client: httpx.Client) -> None:
    send(ada, FOX)
    key = ada.post("/auth/api-keys", json={"name": "viewer", "scopes": ["read"]}).json()
    path = f"/api/v1/workspaces/{ada.workspace_id}/blobs/{hash_of(FOX)}/url"
    address = client.post(path, json={}, headers={"Authorization": f"Bearer {key['secret']}"}).json()["url"]
    assert client.get(address).content == FOX
    assert ada.delete(f"/auth/api-keys/{key['id']}").status_code == 204
    assert client.get(address).status_code == 404
