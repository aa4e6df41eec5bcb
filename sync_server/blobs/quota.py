"""Room in a workspace: reserved before an upload begins, in one statement, so that a race can't overdraw it."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from sync_server.problems import OutOfQuota
from sync_server.workspaces.models import Workspace


def reserve(session: Session, workspace_id: str, size: int, quota_bytes: int) -> None:
    """Count `size` bytes as used. Raises OutOfQuota."""
    taken = session.execute(
        update(Workspace)
        .where(Workspace.id == workspace_id, Workspace.used_bytes + size <= quota_bytes)
        .values(used_bytes=Workspace.used_bytes + size)
        .returning(Workspace.id)
        .execution_options(synchronize_session=False)
    ).first()
    if taken is None:
        raise OutOfQuota(
            f"The workspace has no room for {_megabytes(size)} more (it may hold {_megabytes(quota_bytes)}); "
            "delete what isn't needed, or use another workspace."
        )


def release(session: Session, workspace_id: str, size: int) -> None:
    """Give reserved or used bytes back."""
    session.execute(
        update(Workspace)
        .where(Workspace.id == workspace_id)
        .values(used_bytes=Workspace.used_bytes - size)
        .execution_options(synchronize_session=False)
    )


def _megabytes(size: int) -> str:
    return f"{size / 2**20:,.1f} MB"
