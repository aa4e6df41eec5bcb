"""What a server notifies its person of. Raises of all: what `Session.call` raises."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from pydantic import JsonValue

from engine.cloud.paging import pages, records
from engine.cloud.records import Notice
from engine.cloud.session import Session


def notices(session: Session, *, unread_only: bool = False, most: int = 100) -> list[Notice]:
    """The newest first."""
    return records(Notice, islice(pages(session, "/notifications", {"unread": unread_only}), most))


def unread(session: Session) -> int:
    return _unread(session.call("GET", "/notifications/unread"))


def mark_read(session: Session, ids: Sequence[str] | None) -> int:
    """These, or all; returns how many are unread now."""
    if ids is None:
        return _unread(session.call("POST", "/notifications/read-all", {}))
    return _unread(session.call("POST", "/notifications/read", {"ids": list(ids)}))


def _unread(said: JsonValue) -> int:
    found = said.get("unread") if isinstance(said, dict) else None
    return found if isinstance(found, int) else 0
