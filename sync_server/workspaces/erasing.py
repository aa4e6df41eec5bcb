"""Workspaces that lay in the trash for 30 days are erased: rows here, files by the sweep of the storage."""

from __future__ import annotations

from sqlalchemy import delete, select

from sync_server.audit.service import Audited, record
from sync_server.database.base import now
from sync_server.state import ServerState
from sync_server.workspaces.models import Workspace
from sync_server.workspaces.service import TRASH_TIME

AT_ONCE = 20


def erase_old_workspaces(state: ServerState) -> int:
    """Erase with all they hold what can't be restored any more; returns how many."""
    with state.database.write() as session:
        old = select(Workspace).where(Workspace.trashed_at < now() - TRASH_TIME).order_by(Workspace.id).limit(AT_ONCE)
        erased = session.scalars(old.with_for_update(skip_locked=True)).all()
        for workspace in erased:
            record(
                session,
                None,
                Audited.WORKSPACE_ERASED,
                workspace_id=workspace.id,
                target=workspace.id,
                name=workspace.name,
            )
        session.execute(delete(Workspace).where(Workspace.id.in_([workspace.id for workspace in erased])))
    return len(erased)
