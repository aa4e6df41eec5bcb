"""Drawings made harmless: a blob of its own beside the one that was sent, counted into the workspace's room."""

from __future__ import annotations

from blake3 import blake3
from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.blobs import quota
from sync_server.blobs.models import Blob
from sync_server.blobs.serving import damaged, note_damage
from sync_server.database.base import now
from sync_server.scanning.examiner import Examiner
from sync_server.scanning.findings import SVG
from sync_server.state import ServerState
from sync_server.storage.names import blob_key
from sync_server.storage.storage import MissingObject, Storage


def harmless(state: ServerState, blob: Blob, user_id: str) -> Blob:
    """The blob itself, or for an SVG drawing the blob of the drawing without anything that runs or points elsewhere.

    Raises Refused, OutOfQuota, Gone (the storage lost the drawing), StorageUnavailable.
    """
    if blob.media_type != SVG:
        return blob
    storage = state.get(Storage)
    try:
        with storage.local(blob_key(blob.workspace_id, blob.hash)) as path:
            data = state.get(Examiner).sanitise(path)
    except MissingObject as error:
        note_damage(state, blob)
        raise damaged() from error
    name = blake3(data).hexdigest()
    if name == blob.hash:
        return blob
    storage.put(blob_key(blob.workspace_id, name), data)
    with state.database.write() as session:
        return _row(session, state, blob, name, len(data), user_id)


def _row(session: Session, state: ServerState, original: Blob, name: str, size: int, user_id: str) -> Blob:
    there = select(Blob).where(Blob.workspace_id == original.workspace_id, Blob.hash == name)
    # The reservation locks the workspace's row, so that of two at once the second one finds the first one's blob.
    quota.reserve(session, original.workspace_id, size, state.config.quota_bytes)
    blob = session.scalar(there)
    if blob is not None:
        quota.release(session, original.workspace_id, size)
        blob.damaged_at = None
        return blob
    blob = Blob(
        workspace_id=original.workspace_id,
        hash=name,
        size=size,
        media_type=SVG,
        findings=dict(original.findings),
        scan=original.scan,
        verified_at=now(),
        created_by=user_id,
    )
    session.add(blob)
    session.flush()
    return blob
