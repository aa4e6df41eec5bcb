"""Notifications over HTTP; that there are new ones is told on the channel `user:<id>`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from sync_server.database.database import after_commit
from sync_server.http.dependencies import Person, Reading, State, Writing
from sync_server.inputs import After, Limit
from sync_server.notifications import preferences, reading
from sync_server.notifications.schemas import (
    MarkAllRead,
    MarkRead,
    NotificationItem,
    NotificationPage,
    Preferences,
    PreferencesChange,
    Unread,
)
from sync_server.notifications.telling import tell_unread
from sync_server.problems import SIGNED_IN, documented
from sync_server.state import ServerState

router = APIRouter(prefix="/notifications", tags=["notifications"])


@router.get("", operation_id="list_notifications", responses=documented(*SIGNED_IN))
def list_notifications(
    person: Person,
    session: Reading,
    unread: Annotated[bool, Query(description="Only those not read yet.")] = False,
    after: After = None,
    limit: Limit = 50,
) -> NotificationPage:
    """One's own notifications, the newest first"""
    found = reading.list_page(session, person.user_id, unread_only=unread, after=after, limit=limit)
    items = [NotificationItem.model_validate(row, from_attributes=True) for row in found]
    return NotificationPage(items=items, next=items[-1].id if len(items) == limit else None)


@router.get("/unread", operation_id="count_unread_notifications", responses=documented(*SIGNED_IN))
def count_unread_notifications(person: Person, session: Reading) -> Unread:
    """How many aren't read"""
    return Unread(unread=reading.count_unread(session, person.user_id))


@router.post("/read", operation_id="mark_notifications_read", responses=documented(*SIGNED_IN))
def mark_notifications_read(marked: MarkRead, person: Person, session: Writing, state: State) -> Unread:
    """Mark some as read"""
    reading.mark_read(session, person.user_id, marked.ids)
    return _told(state, session, person.user_id)


@router.post("/read-all", operation_id="mark_all_notifications_read", responses=documented(*SIGNED_IN))
def mark_all_notifications_read(marked: MarkAllRead, person: Person, session: Writing, state: State) -> Unread:
    """Mark all as read, up to the newest one seen"""
    reading.mark_all_read(session, person.user_id, marked.up_to)
    return _told(state, session, person.user_id)


@router.get("/preferences", operation_id="get_notification_preferences", responses=documented(*SIGNED_IN))
def get_notification_preferences(person: Person, session: Reading) -> Preferences:
    """How one is told of what"""
    return preferences.preferences_of(session, person.user_id)


@router.patch("/preferences", operation_id="change_notification_preferences", responses=documented(*SIGNED_IN))
def change_notification_preferences(change: PreferencesChange, person: Person, session: Writing) -> Preferences:
    """Choose how to be told; what isn't named stays"""
    for kind in change.kinds:
        preferences.set_kind(session, person.user_id, kind)
    if change.digest is not None:
        preferences.set_digest(session, person.user_id, change.digest)
    session.flush()
    return preferences.preferences_of(session, person.user_id)


def _told(state: ServerState, session: Session, user_id: str) -> Unread:
    after_commit(session, lambda: tell_unread(state, [user_id]))
    return Unread(unread=reading.count_unread(session, user_id))
