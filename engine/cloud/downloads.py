"""Fetching a file of a workspace: resumed after a break, verified by its hash, in place whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from engine.blobs.files import translate_os_error
from engine.blobs.store import BlobStore, hash_bytes, hash_file
from engine.cloud.api import operations
from engine.cloud.http import Interrupted
from engine.cloud.session import Session
from engine.library.lock import FileLock
from engine.protocol.errors import DownloadFailed, Unauthenticated

TRIES = 5
WAIT_S = 3600.0
"""How long to wait for another program that fetches the same file."""

Came = Callable[[int], object]


def fetch_blob(
    session: Session, store: BlobStore, aside: Path, workspace_id: str, blob: str, came: Came | None = None
) -> Path:
    """The blob's file in the store, fetched if it is missing or damaged; `aside` holds what has come so far.

    Raises NotFound when the server doesn't have it (yet), DownloadFailed, Unavailable, Offline, DiskFull.
    """
    target = store.path(blob)
    if store.verify(blob):
        return target
    part = aside / f"{blob}.part"
    try:
        aside.mkdir(parents=True, exist_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(aside / f"{blob}.lock", wait_s=WAIT_S):
            if not store.verify(blob):
                _fetch(session, operations.get_blob(workspace_id, blob).path, part, blob, came)
                part.replace(target)
        (aside / f"{blob}.lock").unlink(missing_ok=True)
    except OSError as error:
        raise translate_os_error(error, target) or error from error
    return target


def fetch_bytes(session: Session, workspace_id: str, blob: str, most_bytes: int) -> bytes | None:
    """A small file's bytes; None when it is too large or not what its name says. Raises NotFound, Unavailable."""
    url, data = session.url(operations.get_blob(workspace_id, blob).path), bytearray()
    with session.http.stream(url, session.headers()) as answer:
        for piece in answer.iter_bytes():
            data += piece
            if len(data) > most_bytes:
                return None
    return bytes(data) if hash_bytes(bytes(data)) == blob else None


def _fetch(session: Session, path: str, part: Path, blob: str, came: Came | None) -> None:
    refused: str | None = None
    for number in range(TRIES):
        headers = session.headers(but=refused)
        try:
            _read(session, session.url(path), headers, part, came)
        except Unauthenticated:
            if refused is not None:
                raise
            refused = headers["Authorization"].partition(" ")[2]
            continue
        except Interrupted:
            # What came is kept, and the next try goes on behind it.
            if number == TRIES - 1:
                raise
            continue
        if hash_file(part) == blob:
            _flush(part)
            return
        part.unlink(missing_ok=True)
    raise DownloadFailed(
        "A file came damaged from the server again and again; tell the server's administrator.", details=blob
    )


def _read(session: Session, url: str, headers: dict[str, str], part: Path, came: Came | None) -> None:
    have = part.stat().st_size if part.is_file() else 0
    asked = headers | ({"Range": f"bytes={have}-"} if have else {})
    with session.http.stream(url, asked, passing=(416,)) as answer:
        if answer.status_code == 416:
            # Nothing is left to come: the hash tells whether what is here is it.
            return
        with part.open("ab" if answer.status_code == 206 else "wb") as file:
            for piece in answer.iter_bytes(1 << 20):
                file.write(piece)
                if came is not None:
                    came(len(piece))


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
