"""Sending a file to a workspace: in parts, each with its hash; what arrived before a break is not sent again."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from blake3 import blake3

from engine.blobs.store import hash_bytes, hash_file
from engine.cloud.api import models, operations
from engine.cloud.session import Session
from engine.protocol.errors import Conflict, MascotError, NotFound

PART_HASH_HEADER = "X-Part-Hash"
ASK_AT_ONCE = 500
BUSY_PAUSE_S, BUSY_TRIES = 1.0, 30

Sent = Callable[[int], object]


class BlobDamaged(MascotError):
    """The file here is not what its name says."""


def missing(session: Session, workspace_id: str, blobs: Iterable[str]) -> set[str]:
    """Which of these files a workspace lacks."""
    wanted, lacking = sorted(set(blobs)), set[str]()
    for start in range(0, len(wanted), ASK_AT_ONCE):
        asked = models.Hashes(hashes=wanted[start : start + ASK_AT_ONCE])
        lacking |= set(session.ask(operations.find_missing_blobs(workspace_id, asked)).missing)
    return lacking


def send_file(session: Session, workspace_id: str, path: Path, blob: str, sent: Sent | None = None) -> None:
    """Send a blob's file; `sent(bytes)` hears of every part, and first of all that had arrived before a break.

    Raises BlobDamaged when the file was altered (nothing was sent), OutOfQuota, TooLarge, Forbidden, Unavailable.
    """
    try:
        if hash_file(path) != blob:
            raise BlobDamaged(
                f"The file {path} was altered, so it was not sent; it is fetched again if a teammate has it."
            )
        with path.open("rb") as file:
            _send(session, workspace_id, file, blob, path.stat().st_size, sent)
    except FileNotFoundError as error:
        raise BlobDamaged(f"The file {path} is missing; it is fetched again if a teammate has it.") from error


def send_bytes(session: Session, workspace_id: str, data: bytes) -> str:
    """Send a small file; returns its hash. Raises as `send_file`."""
    blob = hash_bytes(data)
    _send(session, workspace_id, io.BytesIO(data), blob, len(data), None)
    return blob


def _send(session: Session, workspace_id: str, file: BinaryIO, blob: str, size: int, sent: Sent | None) -> None:
    for again in (True, False):
        upload = session.ask(operations.begin_upload(workspace_id, models.NewUpload(hash=blob, size=size)))
        if upload.upload_id is None or not upload.part_bytes or not upload.parts:
            # It is there already.
            return
        try:
            lacking = sorted({*range(1, upload.parts + 1)} - {*upload.received})
            if sent is not None and len(lacking) < upload.parts:
                sent(size - sum(_part_size(number, upload.part_bytes, size) for number in lacking))
            for number in lacking:
                data = _part(file, number, upload.part_bytes, size)
                _send_part(session, upload.upload_id, number, data)
                if sent is not None:
                    sent(len(data))
            _complete(session, upload.upload_id)
            return
        except NotFound:
            # The server gave the upload up meanwhile; begin once more.
            if not again:
                raise


def _part(file: BinaryIO, number: int, part_bytes: int, size: int) -> bytes:
    file.seek((number - 1) * part_bytes)
    return file.read(_part_size(number, part_bytes, size))


def _part_size(number: int, part_bytes: int, size: int) -> int:
    return min(part_bytes, size - (number - 1) * part_bytes)


def _send_part(session: Session, upload_id: str, number: int, data: bytes) -> None:
    headers = {PART_HASH_HEADER: blake3(data).hexdigest(), "Content-Type": "application/octet-stream"}
    call = operations.send_part(upload_id, number)
    session.request(call.method, call.path, body=data, headers=headers)


def _complete(session: Session, upload_id: str) -> None:
    for number in range(BUSY_TRIES):
        try:
            session.ask(operations.complete_upload(upload_id))
            return
        except Conflict:
            # Another program sends the same file, or the last part is still being written.
            if number == BUSY_TRIES - 1:
                raise
            time.sleep(BUSY_PAUSE_S)
