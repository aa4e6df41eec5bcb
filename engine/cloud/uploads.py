"""Sending a file to a workspace: in parts, each with its hash; what arrived before a break is not sent again."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import BinaryIO

from blake3 import blake3

from engine.blobs.store import hash_bytes, hash_file
from engine.cloud.api import models, operations
from engine.cloud.http import Pieces
from engine.cloud.session import Session
from engine.protocol.errors import Conflict, MascotError, NotFound

PART_HASH_HEADER = "X-Part-Hash"
ASK_AT_ONCE = 500
PARTS_AT_ONCE = 3
"""One is hashed while another is on its way and the server writes a third."""
PIECE_BYTES = 256 * 1024
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


def send_file(
    session: Session,
    workspace_id: str,
    path: Path,
    blob: str,
    sent: Sent | None = None,
    going: Callable[[], object] | None = None,
) -> None:
    """Send a blob's file; `sent(bytes)` hears of every part, and first of all that had arrived before a break.

    `going` is called before every piece, in several threads, and may raise to break off: the rest goes another time.
    Raises BlobDamaged when the file was altered (nothing was sent), OutOfQuota, TooLarge, Forbidden, Unavailable.
    """
    try:
        if hash_file(path) != blob:
            raise BlobDamaged(
                f"The file {path} was altered, so it was not sent; it is fetched again if a teammate has it."
            )
        with path.open("rb") as file:
            _send(session, workspace_id, _Source(file, path.stat().st_size, going), blob, sent)
    except FileNotFoundError as error:
        raise BlobDamaged(f"The file {path} is missing; it is fetched again if a teammate has it.") from error


def send_bytes(session: Session, workspace_id: str, data: bytes) -> str:
    """Send a small file; returns its hash. Raises as `send_file`."""
    blob = hash_bytes(data)
    _send(session, workspace_id, _Source(io.BytesIO(data), len(data), None), blob, None)
    return blob


class _Source:
    """What is sent, read piece by piece in any thread."""

    def __init__(self, file: BinaryIO, size: int, going: Callable[[], object] | None) -> None:
        self.size = size
        self._file = file
        self._going = going
        self._guard = threading.Lock()
        self.given_up = threading.Event()

    def pieces(self, start: int, size: int) -> Iterator[bytes]:
        for at in range(start, start + size, PIECE_BYTES):
            if self.given_up.is_set():
                raise _GivenUp
            if self._going is not None:
                self._going()
            with self._guard:
                self._file.seek(at)
                piece = self._file.read(min(PIECE_BYTES, start + size - at))
            yield piece


class _GivenUp(Exception):
    """Another part failed, so this one isn't worth its way."""


def _send(session: Session, workspace_id: str, source: _Source, blob: str, sent: Sent | None) -> None:
    wanted = models.NewUpload(hash=blob, size=source.size)
    for again in (True, False):
        upload = session.ask(operations.begin_upload(workspace_id, wanted))
        if upload.upload_id is None or not upload.part_bytes or not upload.parts:
            # It is there already.
            return
        try:
            parts = _Parts(session, upload.upload_id, source, upload.part_bytes)
            lacking = sorted({*range(1, upload.parts + 1)} - {*upload.received})
            if sent is not None and len(lacking) < upload.parts:
                sent(source.size - sum(map(parts.size_of, lacking)))
            parts.send(lacking, sent)
            _complete(session, upload.upload_id)
            return
        except NotFound:
            # The server gave the upload up meanwhile; begin once more.
            if not again:
                raise
            source.given_up.clear()


class _Parts:
    """The parts of one upload, a few of them on their way at once."""

    def __init__(self, session: Session, upload_id: str, source: _Source, part_bytes: int) -> None:
        self._session = session
        self._upload_id = upload_id
        self._source = source
        self._part_bytes = part_bytes

    def size_of(self, number: int) -> int:
        return min(self._part_bytes, self._source.size - (number - 1) * self._part_bytes)

    def send(self, numbers: Sequence[int], sent: Sent | None) -> None:
        """`sent` is called in this thread. The first error ends it, and breaks off the parts that are on their way."""
        with ThreadPoolExecutor(max(1, min(PARTS_AT_ONCE, len(numbers))), thread_name_prefix="parts") as pool:
            going = [pool.submit(self._send_one, number) for number in numbers]
            try:
                for done in as_completed(going):
                    size = done.result()
                    if sent is not None:
                        sent(size)
            except BaseException:
                self._source.given_up.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _send_one(self, number: int) -> int:
        start, size = (number - 1) * self._part_bytes, self.size_of(number)
        hasher = blake3()
        for piece in self._source.pieces(start, size):
            hasher.update(piece)
        headers = {PART_HASH_HEADER: hasher.hexdigest(), "Content-Type": "application/octet-stream"}
        call = operations.send_part(self._upload_id, number)
        body = Pieces(size, lambda: self._source.pieces(start, size))
        self._session.request(call.method, call.path, body=body, headers=headers)
        return size


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
