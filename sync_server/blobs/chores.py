"""What is tidied: given-up uploads, blobs without a row, blobs that decayed, files that no scanner has seen yet."""

from __future__ import annotations

from datetime import timedelta

from blake3 import blake3
from sqlalchemy import select, update

from sync_server.blobs.models import Blob, Upload
from sync_server.blobs.serving import note_damage
from sync_server.database.base import now
from sync_server.scanning.clamd import Clamd, ScanState
from sync_server.state import ServerState
from sync_server.storage.names import UPLOADS, WORKSPACES, blob_key, blob_of_key
from sync_server.storage.storage import MissingObject, Storage, Stored

FRESH = timedelta(hours=24)
"""Objects younger than this may belong to a request that runs."""
VERIFIED_AT_ONCE_BYTES = 256 * 2**20
VERIFY_AFTER = timedelta(days=7)
SCANNED_AT_ONCE = 50


def sweep(state: ServerState) -> int:
    """Delete what no row speaks of: left by a crash, or by a workspace that was erased. Returns how many."""
    storage = state.get(Storage)
    old = now() - FRESH
    leftovers = [one for one in storage.list(UPLOADS) if one.modified < old and not _is_upload(state, one)]
    leftovers += [one for one in storage.list(WORKSPACES) if one.modified < old and not _is_blob(state, one)]
    for one in leftovers:
        storage.delete(one.key)
    return len(leftovers)


def verify_some(state: ServerState) -> int:
    """Read the blobs that were not looked at for longest, and note those that decayed; returns how many were read."""
    read = done = 0
    while read < VERIFIED_AT_ONCE_BYTES:
        with state.database.read() as session:
            oldest = select(Blob).where(Blob.damaged_at.is_(None), Blob.verified_at < now() - VERIFY_AFTER)
            blob = session.scalar(oldest.order_by(Blob.verified_at).limit(1))
        if blob is None:
            break
        if not is_whole(state, blob):
            note_damage(state, blob)
        with state.database.write() as session:
            session.execute(update(Blob).where(Blob.id == blob.id).values(verified_at=now()))
        read += blob.size
        done += 1
    return done


def is_whole(state: ServerState, blob: Blob) -> bool:
    """Whether the storage has the blob with the bytes of its name."""
    hasher = blake3()
    try:
        for piece in state.get(Storage).read(blob_key(blob.workspace_id, blob.hash)):
            hasher.update(piece)
    except MissingObject:
        return False
    return hasher.hexdigest() == blob.hash


def scan_some(state: ServerState) -> int:
    """Show the scanner what it has not seen, now that it may answer again; returns how many it judged."""
    clamd, storage = state.get(Clamd), state.get(Storage)
    if not clamd.configured:
        return 0
    with state.database.read() as session:
        unseen = select(Blob).where(Blob.scan == ScanState.UNSCANNED, Blob.damaged_at.is_(None))
        blobs = session.scalars(unseen.order_by(Blob.id).limit(SCANNED_AT_ONCE)).all()
    judged = 0
    for blob in blobs:
        try:
            found = clamd.scan(storage.read(blob_key(blob.workspace_id, blob.hash)))
        except MissingObject:
            note_damage(state, blob)
            continue
        if found != ScanState.UNSCANNED:
            judged += 1
            with state.database.write() as session:
                session.execute(update(Blob).where(Blob.id == blob.id).values(scan=found))
    return judged


def _is_upload(state: ServerState, one: Stored) -> bool:
    with state.database.read() as session:
        return session.get(Upload, one.key.removeprefix(f"{UPLOADS}/")) is not None


def _is_blob(state: ServerState, one: Stored) -> bool:
    named = blob_of_key(one.key)
    if named is None:
        return True  # not ours to judge
    with state.database.read() as session:
        found = select(Blob.id).where(Blob.workspace_id == named[0], Blob.hash == named[1])
        return session.scalar(found) is not None
