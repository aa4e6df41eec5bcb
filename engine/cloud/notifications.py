"""What a server notifies its person of. Raises of all: what `Session.ask` raises."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from engine.cloud.api import models, operations
from engine.cloud.paging import AT_ONCE, pages, records
from engine.cloud.records import Notice
from engine.cloud.session import Session


def notices(session: Session, *, unread_only: bool = False, most: int = 100) -> list[Notice]:
    """The newest first."""
    found = pages(
        session, lambda after: operations.list_notifications(unread=unread_only, after=after, limit=min(most, AT_ONCE))
    )
    return records(Notice, islice(found, most))


def unread(session: Session) -> int:
    return session.ask(operations.count_unread_notifications()).unread


def mark_read(session: Session, ids: Sequence[str] | None) -> int:
    """These, or all; returns how many are unread now."""
    if ids is None:
        return session.ask(operations.mark_all_notifications_read(models.MarkAllRead())).unread
    return session.ask(operations.mark_notifications_read(models.MarkRead(ids=list(ids)))).unread
