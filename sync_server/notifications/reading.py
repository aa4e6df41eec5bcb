"""A person's notifications: listing, counting, marking as read."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from sync_server.database.base import now
from sync_server.notifications.kinds import FOR_MEMBERS
from sync_server.notifications.models import Notification
from sync_server.workspaces.models import Membership, Workspace


def still_allowed() -> ColumnElement[bool]:
    """Not about the inside of a workspace that the person has left."""
    belongs = exists().where(
        Membership.workspace_id == Notification.workspace_id,
        Membership.user_id == Notification.user_id,
        Workspace.id == Notification.workspace_id,
        Workspace.trashed_at.is_(None),
    )
    return or_(Notification.workspace_id.is_(None), Notification.kind.not_in(FOR_MEMBERS), belongs)


def _of(user_id: str) -> ColumnElement[bool]:
    return and_(Notification.user_id == user_id, Notification.in_app.is_(True), still_allowed())


def list_page(
    session: Session, user_id: str, *, unread_only: bool, after: str | None, limit: int
) -> Sequence[Notification]:
    """The newest first; `after` is the id of the last one already seen."""
    found = select(Notification).where(_of(user_id))
    if unread_only:
        found = found.where(Notification.read_at.is_(None))
    if after is not None:
        found = found.where(Notification.id < after)
    return session.scalars(found.order_by(Notification.id.desc()).limit(limit)).all()


def count_unread(session: Session, user_id: str) -> int:
    unread = select(func.count()).select_from(Notification).where(_of(user_id), Notification.read_at.is_(None))
    return session.scalar(unread) or 0


def mark_read(session: Session, user_id: str, ids: Sequence[str]) -> None:
    """Those of another person are left alone."""
    _mark(session, Notification.user_id == user_id, Notification.id.in_(ids))


def mark_all_read(session: Session, user_id: str, up_to: str | None) -> None:
    """All, or those up to the newest one that the person has seen: what arrived since stays unread."""
    newest = () if up_to is None else (Notification.id <= up_to,)
    _mark(session, Notification.user_id == user_id, *newest)


def _mark(session: Session, *which: ColumnElement[bool]) -> None:
    # What was read needs no mail any more.
    session.execute(
        update(Notification).where(*which, Notification.read_at.is_(None)).values(read_at=now(), mail_due=False)
    )
