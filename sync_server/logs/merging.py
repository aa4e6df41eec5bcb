"""Pulls in few bytes: many small entries that a replica lacks are sent as one update.

An entry of a keystroke takes several times its own size in wrapping; together they take what Loro needs for the edits.
"""

from __future__ import annotations

import base64
import logging

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.protocol.sync import Pull, Update
from sync_server.database.base import now
from sync_server.database.database import Database
from sync_server.logs.models import DocumentUpdate
from sync_server.logs.past import version_at
from sync_server.logs.reading import MAX_PULL_BYTES
from sync_server.logs.validator import Validator
from sync_server.problems import Problem

LOG = logging.getLogger("mascotforge.server.logs")
MERGED_FROM = 20
"""From how many entries on."""


def merge(database: Database, validator: Validator, project_id: str, pull: Pull) -> Pull:
    """The same answer with its entries as one update, and those that didn't fit into it, where that is worth it."""
    snapshots = [update for update in pull.updates if update.snapshot]
    entries = [update for update in pull.updates if not update.snapshot]
    if not entries or pull.last_update - entries[0].number + 1 < MERGED_FROM:
        return pull
    first = entries[0].number
    with database.read() as session:
        if _size_from(session, project_id, first) > MAX_PULL_BYTES:
            return pull
        version = version_at(session, project_id, first - 1)
    try:
        data = validator.updates_since(project_id, pull.last_update, version)
    except Problem as problem:
        LOG.warning("the entries of project %s are sent one by one: %s", project_id, problem.sentence)
        return pull
    update = Update(
        number=pull.last_update,
        data=base64.b64encode(data).decode(),
        author_id=None,
        created_at=now().isoformat(),
        merged_from=first,
    )
    return pull.model_copy(update={"updates": [*snapshots, update]})


def _size_from(session: Session, project_id: str, first: int) -> int:
    found = select(func.sum(DocumentUpdate.size)).where(
        DocumentUpdate.project_id == project_id, DocumentUpdate.number >= first
    )
    return session.scalar(found) or 0
