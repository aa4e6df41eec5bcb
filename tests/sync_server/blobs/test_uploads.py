"""A file is sent in parts, checked, and is then the workspace's."""

from __future__ import annotations

import errno
import io
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select, update

from sync_server.blobs import uploads
from sync_server.blobs.chores import sweep
from sync_server.blobs.models import Blob, Upload
from sync_server.blobs.uploads import SMALL_PART_BYTES, discard_old
from sync_server.database.base import now
from sync_server.storage.folder import FolderStorage
from sync_server.storage.storage import Storage
from sync_server.workspaces.models import Workspace
from tests.sync_server.blobs.sending import begin, complete, fetch, hash_of, send, send_part
from tests.sync_server.running import ServerThread, SignedIn

SignUp = Callable[..., SignedIn]
FOX = (Path(__file__).parents[3] / "docs" / "images" / "fox.png").read_bytes()


@pytest.fixture
def ada(sign_up: SignUp) -> SignedIn:
    return sign_up("ada@example.org")


def used(server: ServerThread, person: SignedIn) -> int:
    with server.state.database.read() as session:
        workspace = session.get(Workspace, person.workspace_id)
        assert workspace is not None
        return workspace.used_bytes


def folder(server: ServerThread) -> Path:
    storage = server.state.get(Storage)
    assert isinstance(storage, FolderStorage)
    return storage.root


def test_a_picture_arrives_and_comes_back(server: ServerThread, ada: SignedIn) -> None:
    blob = send(ada, FOX)
    assert (blob["hash"], blob["size"], blob["media_type"]) == (hash_of(FOX), len(FOX), "image/png")
    assert (blob["width"], blob["height"], blob["scan"]) == (320, 320, "unscanned")
    answer = fetch(ada, blob["hash"])
    assert answer.content == FOX
    assert answer.headers["Content-Type"] == "image/png"
    assert used(server, ada) == len(FOX)
    assert begin(ada, FOX)["state"] == "here"
    assert used(server, ada) == len(FOX)


def test_a_large_file_goes_in_parts_and_resumes(server: ServerThread, ada: SignedIn) -> None:
    data = os.urandom(2 * SMALL_PART_BYTES + 5)
    upload = begin(ada, data)
    assert (upload["parts"], upload["part_bytes"]) == (3, SMALL_PART_BYTES)
    assert used(server, ada) == len(data), "room is reserved before the first byte"
    assert send_part(ada, upload, data, 3).status_code == 200
    assert send_part(ada, upload, data, 1).status_code == 200
    early = complete(ada, upload)
    assert (early.status_code, "2" in early.json()["detail"]) == (409, True)
    assert ada.get(f"/uploads/{upload['upload_id']}").json()["received"] == [1, 3]
    again = begin(ada, data)
    assert (again["upload_id"], again["received"]) == (upload["upload_id"], [1, 3])
    assert send_part(ada, upload, data, 2).status_code == 200
    assert complete(ada, upload).status_code == 200
    assert fetch(ada, hash_of(data)).content == data
    assert used(server, ada) == len(data)
    assert not list(folder(server).glob("uploads/*"))
    assert complete(ada, upload).status_code == 404


def test_a_damaged_or_cut_part_is_refused_and_the_upload_goes_on(ada: SignedIn) -> None:
    upload = begin(ada, FOX)
    address = f"/uploads/{upload['upload_id']}/parts/1"
    wrong = ada.put(address, content=FOX, headers={"X-Part-Hash": hash_of(b"other")})
    assert (wrong.status_code, "damaged" in wrong.json()["detail"]) == (422, True)
    short = ada.put(address, content=FOX[:-1], headers={"X-Part-Hash": hash_of(FOX[:-1])})
    assert short.status_code == 422
    long = ada.put(address, content=FOX + b"!", headers={"X-Part-Hash": hash_of(FOX + b"!")})
    assert long.status_code == 413
    assert ada.put(address, content=FOX).status_code == 422
    beyond = ada.put(address[:-1] + "2", content=FOX, headers={"X-Part-Hash": hash_of(FOX)})
    assert beyond.status_code == 422
    assert ada.get(f"/uploads/{upload['upload_id']}").json()["received"] == []
    assert send_part(ada, upload, FOX, 1).status_code == 200
    assert complete(ada, upload).status_code == 200


def test_a_file_that_is_not_what_was_announced_is_thrown_away(server: ServerThread, ada: SignedIn) -> None:
    announced = hash_of(b"something else")
    path = f"/workspaces/{ada.workspace_id}/uploads"
    upload = ada.post(path, json={"hash": announced, "size": len(FOX)}).json()
    assert send_part(ada, upload, FOX, 1).status_code == 200
    answer = complete(ada, upload)
    assert (answer.status_code, "hash" in answer.json()["detail"]) == (422, True)
    assert fetch(ada, announced).status_code == 404
    assert used(server, ada) == 0
    assert not list(folder(server).glob("uploads/*"))


def test_a_bomb_is_thrown_away(server: ServerThread, ada: SignedIn) -> None:
    buffer = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(buffer, "PNG")
    bomb = buffer.getvalue()
    assert len(bomb) < 1_000_000
    upload = begin(ada, bomb)
    assert send_part(ada, upload, bomb, 1).status_code == 200
    answer = complete(ada, upload)
    assert (answer.status_code, "20000 × 20000" in answer.json()["detail"]) == (422, True)
    assert used(server, ada) == 0


def test_equal_files_of_two_workspaces_do_not_know_of_each_other(
    server: ServerThread, ada: SignedIn, sign_up: SignUp
) -> None:
    send(ada, FOX)
    eve = sign_up("eve@example.org")
    assert begin(eve, FOX)["state"] == "wanted", "“here” would tell that somebody has it, and hand it out"
    assert eve.post(f"/workspaces/{eve.workspace_id}/blobs/missing", json={"hashes": [hash_of(FOX)]}).json() == {
        "missing": [hash_of(FOX)]
    }
    assert fetch(eve, hash_of(FOX)).status_code == 404
    assert fetch(eve, hash_of(FOX), ada.workspace_id).status_code == 404
    send(eve, FOX)
    assert fetch(eve, hash_of(FOX)).content == FOX
    assert (used(server, ada), used(server, eve)) == (len(FOX), len(FOX))


def test_nobody_sends_into_another_ones_upload(ada: SignedIn, sign_up: SignUp) -> None:
    upload = begin(ada, FOX)
    eve = sign_up("eve@example.org")
    for answer in (
        eve.get(f"/uploads/{upload['upload_id']}"),
        send_part(eve, upload, FOX, 1),
        complete(eve, upload),
        eve.delete(f"/uploads/{upload['upload_id']}"),
        eve.post(f"/workspaces/{ada.workspace_id}/uploads", json={"hash": hash_of(FOX), "size": len(FOX)}),
    ):
        assert answer.status_code == 404


def test_missing_names_what_the_server_lacks_in_order(ada: SignedIn) -> None:
    send(ada, FOX)
    asked = [hash_of(b"2"), hash_of(FOX), hash_of(b"1")]
    answer = ada.post(f"/workspaces/{ada.workspace_id}/blobs/missing", json={"hashes": asked})
    assert answer.json() == {"missing": [asked[0], asked[2]]}


def test_the_quota_holds(make_server: Callable[..., ServerThread], sign_up: SignUp) -> None:
    server = make_server(quota_bytes=1000, max_blob_bytes=5000)
    ada = sign_up("ada@example.org", server=server)
    path = f"/workspaces/{ada.workspace_id}/uploads"
    assert ada.post(path, json={"hash": hash_of(b"1"), "size": 900}).status_code == 200
    full = ada.post(path, json={"hash": hash_of(b"2"), "size": 101})
    assert (full.status_code, full.json()["code"]) == (507, "out_of_quota")
    assert ada.post(path, json={"hash": hash_of(b"3"), "size": 5001}).status_code == 413
    upload = ada.post(path, json={"hash": hash_of(b"1"), "size": 900}).json()
    assert ada.delete(f"/uploads/{upload['upload_id']}").status_code == 204
    assert ada.post(path, json={"hash": hash_of(b"2"), "size": 101}).status_code == 200
    assert used(server, ada) == 101


def test_a_race_for_the_last_room_does_not_overdraw_it(
    make_server: Callable[..., ServerThread], sign_up: SignUp
) -> None:
    server = make_server(quota_bytes=1000)
    ada = sign_up("ada@example.org", server=server)
    start = threading.Barrier(12)

    def ask(number: int) -> int:
        start.wait()
        body = {"hash": hash_of(b"%d" % number), "size": 300}
        return ada.post(f"/workspaces/{ada.workspace_id}/uploads", json=body).status_code

    with ThreadPoolExecutor(12) as threads:
        answers = sorted(threads.map(ask, range(12)))
    assert answers == [200] * 3 + [507] * 9
    assert used(server, ada) == 900


def test_one_file_asked_for_many_times_at_once_is_one_upload(server: ServerThread, ada: SignedIn) -> None:
    with ThreadPoolExecutor(8) as threads:
        uploads = list(threads.map(lambda _: begin(ada, FOX), range(8)))
    assert len({upload["upload_id"] for upload in uploads}) == 1
    assert used(server, ada) == len(FOX)
    assert send_part(ada, uploads[0], FOX, 1).status_code == 200
    with ThreadPoolExecutor(4) as threads:
        codes = sorted(threads.map(lambda _: complete(ada, uploads[0]).status_code, range(4)))
    assert codes[0] == 200
    assert set(codes) <= {200, 404, 409}
    assert used(server, ada) == len(FOX)
    assert fetch(ada, hash_of(FOX)).content == FOX


def test_two_people_who_send_the_same_file_pay_once(server: ServerThread, ada: SignedIn, sign_up: SignUp) -> None:
    ben = sign_up("ben@example.org")
    shared = ada.post("/workspaces", json={"name": "Foxes"}).json()["id"]
    with server.state.database.write() as session:
        from sync_server.access.roles import Role
        from sync_server.workspaces.models import Membership

        session.add(Membership(workspace_id=shared, user_id=ben.user_id, role=Role.MEMBER))
    first, second = begin(ada, FOX, shared), begin(ben, FOX, shared)
    assert first["upload_id"] != second["upload_id"]
    assert send_part(ada, first, FOX, 1).status_code == 200
    assert send_part(ben, second, FOX, 1).status_code == 200
    assert complete(ada, first).status_code == 200
    assert complete(ben, second).status_code == 200
    with server.state.database.read() as session:
        workspace = session.get(Workspace, shared)
        assert workspace is not None
        assert workspace.used_bytes == len(FOX)


def test_an_upload_that_nobody_goes_on_with_is_given_up(server: ServerThread, ada: SignedIn) -> None:
    old, young = begin(ada, FOX), begin(ada, b"young")
    with server.state.database.write() as session:
        aged = update(Upload).where(Upload.id == old["upload_id"]).values(touched_at=now() - timedelta(hours=25))
        session.execute(aged)
    assert discard_old(server.state) == 1
    assert used(server, ada) == len(b"young")
    assert send_part(ada, old, FOX, 1).status_code == 404
    assert send_part(ada, young, b"young", 1).status_code == 200
    assert [path.name for path in folder(server).glob("uploads/*")] == [young["upload_id"]]


def test_what_no_row_speaks_of_is_swept_after_a_day(server: ServerThread, ada: SignedIn) -> None:
    send(ada, FOX)
    kept = next(folder(server).glob(f"workspaces/{ada.workspace_id}/*/*"))
    orphan = kept.with_name("ab" * 32)
    orphan.write_bytes(b"orphan")
    abandoned = folder(server) / "uploads" / "nobody"
    abandoned.write_bytes(b"")
    assert sweep(server.state) == 0, "they may belong to a request that runs"
    for path in (kept, orphan, abandoned):
        os.utime(path, (0, 0))
    assert sweep(server.state) == 2
    assert kept.exists()
    assert not orphan.exists()


def test_names_that_are_no_hashes_are_refused(ada: SignedIn) -> None:
    for name in ("..%2f..%2fserver.db", "AB" * 32, "ab" * 31):
        assert ada.get(f"/workspaces/{ada.workspace_id}/blobs/{name}").status_code in (404, 422)
    body = {"hash": "../" + "a" * 61, "size": 4}
    assert ada.post(f"/workspaces/{ada.workspace_id}/uploads", json=body).status_code == 422


def test_a_viewer_sees_and_does_not_send(server: ServerThread, ada: SignedIn) -> None:
    send(ada, FOX)
    upload = begin(ada, b"more")
    with server.state.database.write() as session:
        from sync_server.workspaces.models import Membership

        session.execute(update(Membership).where(Membership.user_id == ada.user_id).values(role="VIEWER"))
    assert fetch(ada, hash_of(FOX)).status_code == 200
    assert send_part(ada, upload, b"more", 1).status_code == 403
    assert complete(ada, upload).status_code == 403
    body = {"hash": hash_of(b"3"), "size": 4}
    assert ada.post(f"/workspaces/{ada.workspace_id}/uploads", json=body).status_code == 403
    with server.state.database.read() as session:
        assert session.scalars(select(Blob.hash)).all() == [hash_of(FOX)]


def test_a_full_disk_is_said_and_the_upload_goes_on_later(ada: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    data = os.urandom(1000)
    upload = begin(ada, data)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "pwrite", full)
        answer = send_part(ada, upload, data, 1)
    assert (answer.status_code, "disk is full" in answer.json()["detail"]) == (503, True)
    assert send_part(ada, upload, data, 1).status_code == 200
    assert complete(ada, upload).status_code == 200


def test_no_part_is_taken_while_the_upload_is_being_completed(server: ServerThread, ada: SignedIn) -> None:
    data = os.urandom(1000)
    upload = begin(ada, data)
    assert send_part(ada, upload, data, 1).status_code == 200
    with server.state.database.read() as session:
        place = uploads.place_of(session.get_one(Upload, upload["upload_id"]))
    with server.state.get(Storage).sealed(place):
        assert send_part(ada, upload, data, 1).status_code == 409
        again = complete(ada, upload)
        assert (again.status_code, again.headers["Retry-After"]) == (409, "2")
    assert complete(ada, upload).status_code == 200


def test_an_upload_that_the_storage_lost_is_begun_again(server: ServerThread, ada: SignedIn) -> None:
    data = os.urandom(1000)
    upload = begin(ada, data)
    with server.state.database.read() as session:
        place = uploads.place_of(session.get_one(Upload, upload["upload_id"]))
    server.state.get(Storage).abort(place)
    assert send_part(ada, upload, data, 1).status_code == 404
    assert send(ada, data)["hash"] == hash_of(data)
