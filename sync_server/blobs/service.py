"""Blobs of a workspace: which are here, and one to look at."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.access.check import require
from sync_server.access.principal import Principal
from sync_server.access.roles import Action
from sync_server.blobs.models import Blob
from sync_server.blobs.schemas import BlobItem
from sync_server.problems import Missing


def blob_to_see(session: Session, caller: Principal, workspace_id: str, blob: str) -> Blob:
    """A blob of a workspace of the caller's, also a damaged one. Raises Missing, Forbidden."""
    require(session, caller, Action.SEE, workspace_id)
    found = session.scalar(select(Blob).where(Blob.workspace_id == workspace_id, Blob.hash == blob))
    if found is None:
        raise Missing("The workspace has no such file; perhaps it is still on its way from another device.")
    return found


def missing(session: Session, caller: Principal, workspace_id: str, hashes: Sequence[str]) -> list[str]:
    """Those that the workspace lacks or has damaged, in the order given. Raises Missing, Forbidden."""
    require(session, caller, Action.SEE, workspace_id)
    here = select(Blob.hash).where(Blob.workspace_id == workspace_id, Blob.hash.in_(hashes), Blob.damaged_at.is_(None))
    known = set(session.scalars(here))
    return [blob for blob in dict.fromkeys(hashes) if blob not in known]


def item_of(blob: Blob) -> BlobItem:
    known = {name: blob.findings.get(name) for name in ("width", "height", "frames", "duration_s")}
    return BlobItem(
        hash=blob.hash,
        size=blob.size,
        media_type=blob.media_type,
        scan=blob.scan,
        created_at=blob.created_at,
        **known,
    )
