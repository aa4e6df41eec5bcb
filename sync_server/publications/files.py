"""From blobs to published files: fit for everyone's eyes, and with names that say what they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.assets.models import Asset, AssetType
from sync_server.blobs.derived import harmless
from sync_server.blobs.models import Blob
from sync_server.problems import BadRequest, Conflict
from sync_server.publications.models import FileRole, PublishedFile
from sync_server.publications.schemas import FileToPublish
from sync_server.scanning.clamd import Clamd, ScanState
from sync_server.scanning.findings import SVG
from sync_server.state import ServerState

PICTURES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
FILMS = frozenset({"video/mp4", "video/webm", "video/quicktime"})
ENDINGS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    SVG: "svg",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "video/quicktime": "mov",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "model/gltf-binary": "glb",
    "application/json": "json",
    "application/zip": "zip",
    "application/pdf": "pdf",
}
_STILL_TYPES = (AssetType.IMAGE, AssetType.VECTOR, AssetType.ANIMATION, AssetType.VIDEO)


def files_of_asset(asset: Asset) -> list[FileToPublish]:
    """What is published of an asset: itself where a page can show it, else its thumbnail and itself to save."""
    thumbnail = asset.thumbnail
    shows_itself = asset.media_type in PICTURES | FILMS | {SVG} and asset.type in _STILL_TYPES
    files = [FileToPublish(role=FileRole.PREVIEW if shows_itself else FileRole.DOWNLOAD, blob=asset.blob)]
    if thumbnail is not None:
        files.append(FileToPublish(role=FileRole.POSTER if shows_itself else FileRole.PREVIEW, blob=thumbnail))
    return files


def blobs_of(session: Session, workspace_id: str, wanted: Iterable[FileToPublish]) -> dict[str, Blob]:
    """The blobs by hash. Raises BadRequest for one that isn't here."""
    hashes = {one.blob for one in wanted}
    found = select(Blob).where(Blob.workspace_id == workspace_id, Blob.hash.in_(hashes), Blob.damaged_at.is_(None))
    blobs = {blob.hash: blob for blob in session.scalars(found)}
    for name in hashes - blobs.keys():
        raise BadRequest(f"The workspace has no file {name[:12]}…; upload it first.")
    return blobs


def published_files(
    state: ServerState, title: str, wanted: list[FileToPublish], blobs: dict[str, Blob], user_id: str
) -> list[PublishedFile]:
    """Raises BadRequest (nothing to show, wrong types), Conflict (not found clean by the scanner)."""
    if not any(one.role == FileRole.PREVIEW for one in wanted):
        raise BadRequest("There is nothing to show; name a picture, an animation or a film as the preview.")
    taken: set[str] = set()
    files: list[PublishedFile] = []
    for position, one in enumerate(wanted):
        blob = blobs[one.blob]
        _require_fit(state, one.role, blob)
        shown = harmless(state, blob, user_id)
        files.append(_file(one, shown, _name(one, title, shown.media_type, taken), position))
    return files


def _require_fit(state: ServerState, role: FileRole, blob: Blob) -> None:
    if blob.scan == ScanState.INFECTED:
        raise Conflict("The malware scanner found something in this file; it can't be published.")
    if state.get(Clamd).configured and blob.scan != ScanState.CLEAN:
        raise Conflict(
            "The malware scanner has not seen this file yet; try again in a few minutes.", retry_after_s=300.0
        )
    if role == FileRole.PREVIEW and blob.media_type not in PICTURES | FILMS | {SVG}:
        raise BadRequest("A page can show PNG, JPEG, WebP, GIF, SVG, MP4 and WebM; this preview is none of them.")
    if role == FileRole.POSTER and blob.media_type not in PICTURES:
        raise BadRequest("A poster is a PNG, JPEG, WebP or GIF picture; this file is none.")


def _file(one: FileToPublish, blob: Blob, name: str, position: int) -> PublishedFile:
    known = blob.findings
    return PublishedFile(
        name=name,
        role=one.role,
        position=position,
        blob=blob.hash,
        media_type=blob.media_type,
        size=blob.size,
        width=known.get("width"),
        height=known.get("height"),
        duration_s=known.get("duration_s"),
        colours=known.get("colours", []),
    )


def _name(one: FileToPublish, title: str, media_type: str, taken: set[str]) -> str:
    """Letters that every system and address takes; unique within the publication."""
    ending = ENDINGS.get(media_type, "bin")
    said = (one.name or (title if one.role != FileRole.POSTER else f"{title} poster")).removesuffix(f".{ending}")
    plain = unicodedata.normalize("NFKD", said).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80] or "file"
    name, number = f"{stem}.{ending}", 2
    while name in taken:
        name, number = f"{stem}-{number}.{ending}", number + 1
    taken.add(name)
    return name
