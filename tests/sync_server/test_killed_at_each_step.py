"""kill -9 of the server at each step of an upload and of a push: nothing acknowledged is lost, nothing is there twice.

Kills at random moments are in `blobs/test_crashes.py`, `logs/test_crash.py` and, of the client, in tests/cloud.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from sync_server.blobs.models import Blob, Upload
from sync_server.blobs.uploads import SMALL_PART_BYTES
from sync_server.config import ServerConfig
from sync_server.database.database import Database
from sync_server.workspaces.models import Workspace
from tests.sync_server.blobs.sending import begin, complete, fetch, hash_of, send_part
from tests.sync_server.dying import DIES
from tests.sync_server.logs.replicas import Replica, fact, make_project
from tests.sync_server.running import Mailbox, ServerProcess, SignedIn, sign_in, start_process

Processes = Callable[..., ServerProcess]
DATA = os.urandom(SMALL_PART_BYTES + 5)

UPLOAD = [
    "after sync_server.blobs.uploads:_make",
    "after sync_server.storage.folder:FolderStorage.begin",
    "before sync_server.storage.folder:_FolderPart.keep",
    "before sync_server.blobs.uploads:note_part",
    "after sync_server.blobs.uploads:note_part",
    "before sync_server.blobs.completing:_judged",
    "after sync_server.blobs.completing:_judged",
    "after sync_server.storage.folder:_FolderUpload.keep",
    "after sync_server.blobs.completing:_settle",
    "after sync_server.blobs.completing:complete",
]
PUSH = [
    "before sync_server.logs.writer:LogWriter._write",
    "after sync_server.logs.writer:LogWriter._try_updates",
    "before sync_server.logs.writer:take",
    "after sync_server.logs.writer:take",
    "before sync_server.logs.writer:LogWriter._tell_after_commit",
    "before sync_server.realtime.hub:Hub.publish",
    "after sync_server.logs.writer:LogWriter._commit",
]

pytestmark = pytest.mark.slow


def dies_while(
    work: Callable[[SignedIn], Any],
    step: str,
    make: Processes,
    sign_up: Callable[..., SignedIn],
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[ServerProcess, SignedIn]:
    """A server that is killed at this step of the work, and another one over what it left."""
    healthy = make()
    ada = sign_up("ada@example.org", server=healthy)
    healthy.process.terminate()
    healthy.process.wait(20)
    monkeypatch.setenv(DIES, step)
    dying = start_process(healthy.config.model_copy(update={"port": 0}), mailbox, program="tests.sync_server.dying")
    monkeypatch.delenv(DIES)
    ada = sign_in(dying, ada.email)
    with contextlib.suppress(httpx.TransportError):
        work(ada)
    assert dying.process.wait(20) == -signal.SIGKILL, "the step was never reached"
    dying.stop()
    again = make()
    return again, sign_in(again, ada.email)


def uploaded(person: SignedIn) -> None:
    upload = begin(person, DATA)
    if upload["state"] == "wanted":
        for number in range(1, upload["parts"] + 1):
            if number not in upload["received"]:
                assert send_part(person, upload, DATA, number).status_code == 200
        assert complete(person, upload).status_code == 200


def rows(config: ServerConfig) -> tuple[list[str], int, int]:
    """Hashes of files, uploads that wait, bytes that count against the quota."""
    database = Database(config.database_url)
    with database.read() as session:
        blobs, uploads = session.scalars(select(Blob.hash)).all(), session.scalars(select(Upload.id)).all()
        used = max(session.scalars(select(Workspace.used_bytes)).all())
    database.close()
    return list(blobs), len(uploads), used


@pytest.mark.parametrize("step", UPLOAD)
def test_an_upload_goes_on_where_it_was(
    step: str,
    make_server_process: Processes,
    sign_up: Callable[..., SignedIn],
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server, ada = dies_while(uploaded, step, make_server_process, sign_up, mailbox, monkeypatch)
    uploaded(ada)
    assert fetch(ada, hash_of(DATA)).content == DATA
    assert rows(server.config) == ([hash_of(DATA)], 0, len(DATA))


@pytest.mark.parametrize("step", PUSH)
def test_a_push_arrives_once(
    step: str,
    make_server_process: Processes,
    sign_up: Callable[..., SignedIn],
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    replicas: list[Replica] = []
    one = fact()

    def pushed(person: SignedIn) -> None:
        replica = Replica(person, make_project(person))
        replicas.append(replica)
        replica.set("name", "Fox")
        replica.push(one)

    _, ada = dies_while(pushed, step, make_server_process, sign_up, mailbox, monkeypatch)
    (replica,) = replicas
    replica.person = ada
    replica.push(one)
    replica.set("name", "Vixen")
    replica.push()
    fresh = Replica(ada, replica.project_id)
    assert fresh.value == {"project": {"name": "Vixen"}}
    assert [stored["id"] for stored in fresh.facts] == [one["id"]]
    every = ada.get(f"/projects/{replica.project_id}/log", params={"merged": False}).json()
    assert [entry["number"] for entry in every["updates"]] == [1, 2]
