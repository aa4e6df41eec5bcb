"""Uploads: asked for, sent part by part, resumed after any break, given up after a day."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from sync_server.access.check import require
from sync_server.access.principal import Principal
from sync_server.access.roles import Action
from sync_server.blobs import quota
from sync_server.blobs.models import Blob, Upload, UploadPart
from sync_server.blobs.schemas import NewUpload, PartAddress, UploadItem
from sync_server.database.base import now
from sync_server.problems import BadRequest, Missing, TooLarge
from sync_server.state import ServerState
from sync_server.storage.storage import Storage, UploadPlace

LIFETIME = timedelta(hours=24)
SMALL_PART_BYTES = 8 * 2**20
LARGE_PART_BYTES = 32 * 2**20
LARGE_FROM_BYTES = 512 * 2**20
ADDRESS_LIFETIME_S = 3600


def begin(state: ServerState, caller: Principal, workspace_id: str, new: NewUpload) -> UploadItem:
    """The answer to "I want to send this": it is here, or where to send what. Takes up one's own earlier upload again.

    Raises Missing, Forbidden, TooLarge, OutOfQuota, StorageUnavailable.
    """
    if new.size > state.config.max_blob_bytes:
        raise TooLarge(f"Files of at most {state.config.max_blob_bytes // 2**20} MB are taken.")
    replaced: UploadPlace | None = None
    with state.database.write() as session:
        require(session, caller, Action.EDIT, workspace_id)
        if blob_of(session, workspace_id, new.hash) is not None:
            return UploadItem(state="here", hash=new.hash, size=new.size)
        upload = _own_upload(session, caller, workspace_id, new.hash)
        if upload is not None and upload.size != new.size:
            replaced = _forget(session, upload)
            upload = None
        if upload is None:
            upload = _make(session, state, caller, workspace_id, new)
        upload.touched_at = now()
    storage = state.get(Storage)
    if replaced is not None:
        storage.abort(replaced)
    if upload.reference is None:
        upload.reference = _make_room(state, storage, upload)
    return item_of(state, upload)


def blob_of(session: Session, workspace_id: str, blob: str) -> Blob | None:
    """The blob, unless the workspace lacks it or it is damaged."""
    found = select(Blob).where(Blob.workspace_id == workspace_id, Blob.hash == blob, Blob.damaged_at.is_(None))
    return session.scalar(found)


def own_upload(session: Session, caller: Principal, upload_id: str) -> Upload:
    """An upload of the caller's, who must still be allowed to send. Raises Missing, Forbidden."""
    upload = session.get(Upload, upload_id)
    if upload is None or upload.user_id != caller.user_id or upload.reference is None:
        raise Missing("There is no such upload, or it was given up; begin it again.")
    require(session, caller, Action.EDIT, upload.workspace_id)
    return upload


def place_of(upload: Upload) -> UploadPlace:
    return UploadPlace(upload.id, upload.reference or "", upload.size, upload.part_bytes)


def item_of(state: ServerState, upload: Upload) -> UploadItem:
    """How far an upload is."""
    storage = state.get(Storage)
    return UploadItem(
        state="wanted",
        hash=upload.hash,
        size=upload.size,
        upload_id=upload.id,
        part_bytes=upload.part_bytes,
        parts=part_count(upload),
        received=received_parts(state, upload),
        direct=storage.takes_parts_directly,
        expires_at=upload.touched_at + LIFETIME,
    )


def received_parts(state: ServerState, upload: Upload) -> list[int]:
    """Numbers of the parts that are here with the right size."""
    with state.database.read() as session:
        rows = select(UploadPart.number, UploadPart.size).where(UploadPart.upload_id == upload.id)
        through_server = dict(session.execute(rows).tuples().all())
    parts = {**state.get(Storage).parts_sent_directly(place_of(upload)), **through_server}
    return sorted(n for n, size in parts.items() if n <= part_count(upload) and size == part_size(upload, n))


def part_count(upload: Upload) -> int:
    return -(-upload.size // upload.part_bytes)


def part_size(upload: Upload, number: int) -> int:
    """How many bytes a part has. Raises BadRequest when there is no such part."""
    if number > part_count(upload):
        raise BadRequest(f"This upload has {part_count(upload)} parts; there is no part {number}.")
    return min(upload.part_bytes, upload.size - (number - 1) * upload.part_bytes)


def note_part(state: ServerState, upload_id: str, number: int, size: int, part_hash: str) -> None:
    """The part is here. Raises Missing when the upload was given up meanwhile."""
    with state.database.write() as session:
        alive = session.execute(
            update(Upload).where(Upload.id == upload_id).values(touched_at=now()).returning(Upload.id)
        ).first()
        if alive is None:
            raise Missing("This upload was given up; begin it again.")
        session.merge(UploadPart(upload_id=upload_id, number=number, size=size, hash=part_hash))


def part_addresses(state: ServerState, caller: Principal, upload_id: str, numbers: list[int]) -> list[PartAddress]:
    """Addresses of the storage to which parts may be sent; none where the storage is a folder."""
    with state.database.read() as session:
        upload = own_upload(session, caller, upload_id)
    storage, place = state.get(Storage), place_of(upload)
    if not storage.takes_parts_directly:
        return []
    wanted = [number for number in numbers if part_size(upload, number)]
    return [PartAddress(number=n, url=storage.part_url(place, n, ADDRESS_LIFETIME_S)) for n in wanted]


def give_up(state: ServerState, caller: Principal, upload_id: str) -> None:
    """End one's own upload and give its room back. Raises Missing, Forbidden."""
    with state.database.write() as session:
        place = _forget(session, own_upload(session, caller, upload_id))
    state.get(Storage).abort(place)


def discard(state: ServerState, upload: Upload) -> None:
    """End an upload whose bytes aren't what they were said to be."""
    _discard_all(state, Upload.id == upload.id)


def discard_old(state: ServerState) -> int:
    """Give up uploads that nobody sent a part to for a day; returns how many."""
    return _discard_all(state, Upload.touched_at < now() - LIFETIME)


def _discard_all(state: ServerState, which: object) -> int:
    with state.database.write() as session:
        places = [_forget(session, upload) for upload in session.scalars(select(Upload).where(which))]  # pyright: ignore[reportArgumentType]
    for place in places:
        state.get(Storage).abort(place)
    return len(places)


def _own_upload(session: Session, caller: Principal, workspace_id: str, blob: str) -> Upload | None:
    own = select(Upload).where(
        Upload.workspace_id == workspace_id, Upload.hash == blob, Upload.user_id == caller.user_id
    )
    return session.scalar(own)


def _make(session: Session, state: ServerState, caller: Principal, workspace_id: str, new: NewUpload) -> Upload:
    # The workspace's row is locked by this update until the commit, so the same person's second request waits here.
    quota.reserve(session, workspace_id, new.size, state.config.quota_bytes)
    upload = _own_upload(session, caller, workspace_id, new.hash)
    if upload is not None:
        quota.release(session, workspace_id, new.size)
        return upload
    part_bytes = LARGE_PART_BYTES if new.size >= LARGE_FROM_BYTES else SMALL_PART_BYTES
    upload = Upload(
        workspace_id=workspace_id, user_id=caller.user_id, hash=new.hash, size=new.size, part_bytes=part_bytes
    )
    session.add(upload)
    session.flush()
    return upload


def _make_room(state: ServerState, storage: Storage, upload: Upload) -> str:
    """Outside of a transaction, as a storage may be slow. Of two at once the first one's reference stays."""
    reference = storage.begin(upload.id, upload.size)
    with state.database.write() as session:
        session.execute(
            update(Upload).where(Upload.id == upload.id, Upload.reference.is_(None)).values(reference=reference)
        )
        return session.scalar(select(Upload.reference).where(Upload.id == upload.id)) or reference


def _forget(session: Session, upload: Upload) -> UploadPlace:
    place = place_of(upload)
    gone = session.execute(delete(Upload).where(Upload.id == upload.id).returning(Upload.id)).first()
    if gone is not None:
        quota.release(session, upload.workspace_id, upload.size)
    return place
