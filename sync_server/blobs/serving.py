"""A blob as an answer: the right type, harmless in a browser, checked against its hash while it is sent."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from itertools import chain

from blake3 import blake3
from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import update

from sync_server.blobs.models import Blob
from sync_server.blobs.ranges import Wanted, entity_tag, is_known, wanted_range
from sync_server.database.base import now
from sync_server.problems import Forbidden, Gone
from sync_server.scanning.clamd import ScanState
from sync_server.scanning.findings import INLINE
from sync_server.state import ServerState
from sync_server.storage.names import blob_key
from sync_server.storage.storage import MissingObject, Storage

LOG = logging.getLogger("mascotforge.server.blobs")
CHECKED_FIRST_BYTES = 8 * 2**20
"""Up to this size the whole is checked before the first byte goes out; of larger ones the end is held back."""
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
    "Accept-Ranges": "bytes",
}
PRIVATE = {"Cache-Control": "private, no-cache", "Cross-Origin-Resource-Policy": "same-site"}


class DamagedWhileSent(Exception):
    """The connection is cut rather than to end an answer whose bytes are wrong."""


def blob_response(
    state: ServerState, request: Request, blob: Blob, headers: Mapping[str, str], *, media_type: str | None = None
) -> Response:
    """The blob, a range of it, or 304. `media_type` is for what is known to be harmless though its type may not be.

    Raises Gone (damaged: whoever has it can send it again), Forbidden (malware), OutOfRange.
    """
    if blob.scan == ScanState.INFECTED:
        raise Forbidden("The malware scanner found something in this file; it isn't handed out.")
    if blob.damaged_at is not None:
        raise damaged()
    tag = entity_tag(blob.hash)
    shown = {**SAFE_HEADERS, **headers, "ETag": tag}
    if is_known(request.headers, tag):
        return Response(status_code=304, headers=shown)
    wanted = wanted_range(request.headers, tag, blob.size)
    shown["Content-Disposition"] = "inline" if media_type or blob.media_type in INLINE else "attachment"
    shown["Content-Length"] = str(wanted.end - wanted.start)
    if wanted.partial:
        shown["Content-Range"] = f"bytes {wanted.start}-{wanted.end - 1}/{blob.size}"
    status, kind = (206 if wanted.partial else 200), media_type or blob.media_type
    if request.method == "HEAD":
        _require_there(state, blob)
        return Response(status_code=status, headers=shown, media_type=kind)
    pieces = _range(state, blob, wanted) if wanted.partial else _whole(state, blob)
    return StreamingResponse(pieces, status_code=status, headers=shown, media_type=kind)


def damaged() -> Gone:
    return Gone("The server's copy of this file is damaged; it comes back when someone who has it syncs.")


def note_damage(state: ServerState, blob: Blob) -> None:
    """From now on the workspace lacks this blob, so that whoever has it sends it again."""
    LOG.error("blob %s of workspace %s is damaged or missing", blob.hash, blob.workspace_id)
    with state.database.write() as session:
        session.execute(update(Blob).where(Blob.id == blob.id, Blob.damaged_at.is_(None)).values(damaged_at=now()))


def _require_there(state: ServerState, blob: Blob) -> None:
    if state.get(Storage).size(blob_key(blob.workspace_id, blob.hash)) != blob.size:
        note_damage(state, blob)
        raise damaged()


def _range(state: ServerState, blob: Blob, wanted: Wanted) -> Iterator[bytes]:
    """Ranges can't be checked against the hash, only the size can; the janitor checks the whole in its time."""
    _require_there(state, blob)
    return state.get(Storage).read(blob_key(blob.workspace_id, blob.hash), wanted.start, wanted.end)


def _whole(state: ServerState, blob: Blob) -> Iterator[bytes]:
    """Raises Gone at once where that can be known before the first byte."""
    checked = _checked(state, blob)
    if blob.size > CHECKED_FIRST_BYTES:
        _require_there(state, blob)
        return checked
    try:
        return iter(list(checked))
    except DamagedWhileSent as error:
        raise damaged() from error


def _checked(state: ServerState, blob: Blob) -> Iterator[bytes]:
    """The pieces; the last one only when the hash of all is right."""
    hasher = blake3()
    held = b""
    try:
        for piece in chain(state.get(Storage).read(blob_key(blob.workspace_id, blob.hash)), [b""]):
            hasher.update(piece)
            if piece and held:
                yield held
            held = piece or held
    except MissingObject:
        hasher.update(b"missing")
    if hasher.hexdigest() != blob.hash:
        note_damage(state, blob)
        raise DamagedWhileSent(blob.hash)
    yield held
