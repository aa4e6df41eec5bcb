"""The end of an upload: the whole is verified, looked into, scanned, made durable, and only then known as a blob.

Every step may be the last one before the power fails. The object is in place before its row is, so a row never speaks
of a file that isn't there; a completion that was cut off is simply asked for again.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from blake3 import blake3
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sync_server.access.check import require
from sync_server.access.principal import Principal
from sync_server.access.roles import Action
from sync_server.blobs import quota, uploads
from sync_server.blobs.models import Blob, Upload
from sync_server.database.base import now
from sync_server.problems import BadRequest, Conflict, Missing
from sync_server.scanning.clamd import Clamd, ScanState
from sync_server.scanning.examiner import Examiner, Refused
from sync_server.scanning.findings import Findings
from sync_server.state import ServerState
from sync_server.storage.names import blob_key, upload_key
from sync_server.storage.storage import CHUNK_BYTES, MissingObject, Sealed, Storage, UploadBusy, UploadLost
from sync_server.workspaces.models import Workspace

RETRY_AFTER_S = 2.0
HASHED_AT_ONCE_BYTES = 4 * 2**20


class _InPlace:
    """What an earlier completion left under the blob's own key before it was cut off."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, key: str) -> None:
        """It is there already."""


def complete(state: ServerState, caller: Principal, upload_id: str) -> Blob:
    """Make a blob of an upload. Raises Missing, Forbidden, Conflict (parts are missing), BadRequest, Refused."""
    with state.database.read() as session:
        upload = uploads.own_upload(session, caller, upload_id)
    key = blob_key(upload.workspace_id, upload.hash)
    with _whole(state, upload, key) as whole:
        findings, scan = _judged(state, upload, whole.path)
        whole.keep(key)
        with state.database.write() as session:
            require(session, caller, Action.EDIT, upload.workspace_id)
            return _settle(session, upload, findings, scan)


@contextmanager
def _whole(state: ServerState, upload: Upload, key: str) -> Generator[Sealed]:
    storage = state.get(Storage)
    _require_all_parts(state, upload, key)
    try:
        with storage.sealed(uploads.place_of(upload)) as sealed:
            yield sealed
    except UploadBusy as error:
        raise Conflict(
            "Parts of this upload are still arriving, or it is being completed; ask again in a moment.",
            retry_after_s=RETRY_AFTER_S,
        ) from error
    except UploadLost as error:
        if storage.size(key) != upload.size:
            uploads.discard(state, upload)
            raise Missing("The storage has lost this upload; begin it again.") from error
        try:
            with storage.local(key) as path:
                yield _InPlace(path)
        except MissingObject as gone:
            raise Missing("The storage has lost this upload; begin it again.") from gone


def _require_all_parts(state: ServerState, upload: Upload, key: str) -> None:
    lacking = sorted(set(range(1, uploads.part_count(upload) + 1)) - set(uploads.received_parts(state, upload)))
    if not lacking:
        return
    storage = state.get(Storage)
    # A service forgets the list of its parts once they are put together: a completion was cut off after that.
    if storage.takes_parts_directly and upload.size in (storage.size(upload_key(upload.id)), storage.size(key)):
        return
    named = ", ".join(map(str, lacking[:10]))
    raise Conflict(f"Parts of the file have not arrived yet: {named}; send them first.")


def _judged(state: ServerState, upload: Upload, path: Path) -> tuple[Findings, ScanState]:
    if path.stat().st_size != upload.size or _hash(path) != upload.hash:
        uploads.discard(state, upload)
        raise BadRequest("What arrived is not the file that was announced: its hash is another; send it anew.")
    try:
        findings = state.get(Examiner).examine(path)
    except Refused:
        uploads.discard(state, upload)
        raise
    return findings, state.get(Clamd).scan(_pieces(path))


def _settle(session: Session, upload: Upload, findings: Findings, scan: ScanState) -> Blob:
    """The row of the blob, new or healed; what was reserved is now used, or given back."""
    session.execute(select(Workspace.id).where(Workspace.id == upload.workspace_id).with_for_update())
    mine = session.execute(delete(Upload).where(Upload.id == upload.id).returning(Upload.id)).first()
    found = select(Blob).where(Blob.workspace_id == upload.workspace_id, Blob.hash == upload.hash)
    blob = session.scalar(found)
    if blob is None:
        blob = Blob(workspace_id=upload.workspace_id, hash=upload.hash, size=upload.size, created_by=upload.user_id)
        session.add(blob)
        if mine is None:
            raise Missing("This upload was given up; begin it again.")
    elif mine is not None:
        quota.release(session, upload.workspace_id, upload.size)
    blob.media_type, blob.findings, blob.scan = findings.media_type, asdict(findings), scan
    blob.damaged_at, blob.verified_at = None, now()
    session.flush()
    return blob


def _hash(path: Path) -> str:
    """By reading, not by mapping: mapped pages would count as this process's memory."""
    hasher = blake3(max_threads=blake3.AUTO)
    buffer = bytearray(HASHED_AT_ONCE_BYTES)
    with path.open("rb", buffering=0) as file:
        while read := file.readinto(buffer):
            hasher.update(memoryview(buffer)[:read])
    return hasher.hexdigest()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK_BYTES):
            yield piece
