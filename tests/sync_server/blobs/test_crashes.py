"""kill -9 at each step of an upload: the client goes on where it was, and the accounts stay right."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from sync_server.blobs import completing
from sync_server.blobs.models import Blob, Upload
from sync_server.blobs.uploads import SMALL_PART_BYTES
from sync_server.config import ServerConfig
from sync_server.database.database import Database
from sync_server.workspaces.models import Workspace
from tests.sync_server.blobs.sending import begin, complete, fetch, hash_of, send_part
from tests.sync_server.running import ServerProcess, ServerThread, SignedIn, sign_in

SignUp = Callable[..., SignedIn]
Processes = Callable[..., ServerProcess]
DATA = os.urandom(2 * SMALL_PART_BYTES + 5)


def restarted(server: ServerProcess, make: Processes, person: SignedIn) -> tuple[ServerProcess, SignedIn]:
    server.kill()
    server = make()
    return server, sign_in(server, person.email)


def rows(config: ServerConfig) -> tuple[list[Blob], list[Upload], int]:
    database = Database(config.database_url)
    with database.read() as session:
        blobs, uploads = session.scalars(select(Blob)).all(), session.scalars(select(Upload)).all()
        used = max(session.scalars(select(Workspace.used_bytes)).all())
    database.close()
    return list(blobs), list(uploads), used


def test_killed_between_and_within_parts(make_server_process: Processes, sign_up: SignUp) -> None:
    server = make_server_process()
    ada = sign_up("ada@example.org", server=server)
    upload = begin(ada, DATA)
    server, ada = restarted(server, make_server_process, ada)
    assert begin(ada, DATA)["upload_id"] == upload["upload_id"]
    assert send_part(ada, upload, DATA, 2).status_code == 200
    server, ada = restarted(server, make_server_process, ada)
    assert begin(ada, DATA)["received"] == [2]

    cut = threading.Event()

    def half_a_part() -> Any:
        yield DATA[:2_000_000]
        cut.set()
        time.sleep(0.3)
        yield DATA[2_000_000:SMALL_PART_BYTES]

    def send_half() -> None:
        headers = {"X-Part-Hash": hash_of(DATA[:SMALL_PART_BYTES]), "Content-Length": str(SMALL_PART_BYTES)}
        with contextlib.suppress(httpx.TransportError):
            ada.put(f"/uploads/{upload['upload_id']}/parts/1", content=half_a_part(), headers=headers)

    sender = threading.Thread(target=send_half)
    sender.start()
    assert cut.wait(10)
    server.kill()
    sender.join()
    server = make_server_process()
    ada = sign_in(server, ada.email)
    assert begin(ada, DATA)["received"] == [2]
    assert send_part(ada, upload, DATA, 1).status_code == 200
    assert send_part(ada, upload, DATA, 3).status_code == 200
    server, ada = restarted(server, make_server_process, ada)
    assert complete(ada, upload).status_code == 200
    server, ada = restarted(server, make_server_process, ada)
    assert fetch(ada, hash_of(DATA)).content == DATA
    blobs, uploads, used = rows(server.config)
    assert ([blob.hash for blob in blobs], uploads, used) == ([hash_of(DATA)], [], len(DATA))


@pytest.mark.slow
def test_killed_at_any_moment_of_the_completion(make_server_process: Processes, sign_up: SignUp) -> None:
    server = make_server_process()
    ada = sign_up("ada@example.org", server=server)
    total = 0
    for round_ in range(8):
        data = os.urandom(3_000_000)
        total += len(data)
        upload = begin(ada, data)
        assert send_part(ada, upload, data, 1).status_code == 200
        asking = threading.Thread(target=_asked_until_killed, args=(ada, upload))
        asking.start()
        time.sleep(0.02 * round_)
        server.kill()
        asking.join()
        server = make_server_process()
        ada = sign_in(server, ada.email)
        again = begin(ada, data)
        if again["state"] == "wanted":
            assert again["received"] == [1]
            assert complete(ada, again).status_code == 200
        assert fetch(ada, hash_of(data)).content == data
        assert rows(server.config)[1:] == ([], total)


def _asked_until_killed(person: SignedIn, upload: dict[str, Any]) -> None:
    with contextlib.suppress(httpx.TransportError):
        complete(person, upload)


@pytest.mark.parametrize("step", ["_judged", "_settle"])
def test_a_completion_that_was_cut_off_is_asked_for_again(
    server: ServerThread, sign_up: SignUp, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    ada = sign_up("ada@example.org")
    upload = begin(ada, DATA)
    for number in (1, 2, 3):
        assert send_part(ada, upload, DATA, number).status_code == 200

    def cut(*_: object) -> None:
        raise RuntimeError("the power failed")

    with monkeypatch.context() as broken:
        broken.setattr(completing, step, cut)
        assert complete(ada, upload).status_code == 500
    assert fetch(ada, hash_of(DATA)).status_code == 404
    assert begin(ada, DATA)["received"] == [1, 2, 3]
    assert complete(ada, upload).status_code == 200
    assert fetch(ada, hash_of(DATA)).content == DATA
    blobs, uploads, used = rows(server.config)
    assert (len(blobs), uploads, used) == (1, [], len(DATA))


def test_a_connection_that_breaks_within_a_part_harms_nothing(server: ServerThread, sign_up: SignUp) -> None:
    ada = sign_up("ada@example.org")
    upload = begin(ada, DATA)

    def broken() -> Any:
        yield DATA[:2_000_000]
        raise ConnectionError("the cable")

    headers = {"X-Part-Hash": hash_of(DATA[:SMALL_PART_BYTES]), "Content-Length": str(SMALL_PART_BYTES)}
    with pytest.raises(ConnectionError):
        ada.put(f"/uploads/{upload['upload_id']}/parts/1", content=broken(), headers=headers)
    for number in (1, 2, 3):
        assert send_part(ada, upload, DATA, number).status_code == 200
    until = time.monotonic() + 5
    while (answer := complete(ada, upload)).status_code == 409 and time.monotonic() < until:
        time.sleep(0.05)  # the broken part's lock goes when the server notices
    assert answer.status_code == 200
    assert fetch(ada, hash_of(DATA)).content == DATA
