"""A new epoch tells every replica that a log may have lost entries: they push again what the server lacks."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.protocol.ids import new_id
from sync_server.database.base import now
from sync_server.projects.models import Project

RETURNING_FOR = timedelta(days=30)


def begin_new_epochs(session: Session) -> int:
    """Give every project a new epoch, after a backup was restored; returns how many there are."""
    projects = session.scalars(select(Project)).all()
    for project in projects:
        project.epoch, project.restored_at = new_id(), now()
    return len(projects)


def may_return(project: Project) -> bool:
    """Whether the project is young enough in its epoch that people may give back what others had pushed before."""
    return project.restored_at is not None and now() - project.restored_at < RETURNING_FOR
