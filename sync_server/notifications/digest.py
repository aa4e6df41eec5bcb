"""Mail about notifications: several in one, only about what wasn't read in the app meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from sync_server.accounts.models import User
from sync_server.mail.outbox import send_mail
from sync_server.notifications.kinds import Digest
from sync_server.notifications.models import DigestPreference, Notification
from sync_server.notifications.opting_out import opt_out_link
from sync_server.notifications.reading import still_allowed
from sync_server.projects.models import Project
from sync_server.state import ServerState
from sync_server.workspaces.models import Workspace

MAX_LINES = 40
"""The rest is only counted: a mail isn't a list of everything."""
PEOPLE_AT_ONCE = 200
KEPT = timedelta(days=180)
ELSEWHERE = "MascotForge"


def send_due(state: ServerState, at: datetime) -> int:
    """Queue the mails that are due; how many. Several processes may do it at once: each person's mail is one's."""
    with state.database.read() as session:
        people = _due(session, state, at)
    return sum(_send(state, user_id, at) for user_id in people)


def forget_old(session: Session, at: datetime) -> None:
    """Notifications don't pile up for years."""
    session.execute(delete(Notification).where(Notification.created_at < at - KEPT))


def _due(session: Session, state: ServerState, at: datetime, *, only: str | None = None) -> Sequence[str]:
    soon = at - timedelta(seconds=state.config.digest_soon_s)
    daily = at - timedelta(seconds=state.config.digest_daily_s)
    found = (
        select(Notification.user_id)
        .outerjoin(DigestPreference, DigestPreference.user_id == Notification.user_id)
        .where(Notification.mail_due.is_(True))
        .group_by(Notification.user_id, DigestPreference.digest)
        .having(
            or_(
                func.coalesce(DigestPreference.digest, Digest.SOON) != Digest.DAILY,
                func.min(Notification.created_at) <= daily,
            ),
            func.min(Notification.created_at) <= soon,
        )
    )
    if only is not None:
        found = found.where(Notification.user_id == only)
    return session.scalars(found.order_by(Notification.user_id).limit(PEOPLE_AT_ONCE)).all()


def _send(state: ServerState, user_id: str, at: datetime) -> bool:
    with state.database.write() as session:
        # Another process that is at it keeps the row; one that was first left nothing due.
        free = select(User).where(User.id == user_id).with_for_update(key_share=True, skip_locked=True)
        user = session.scalar(free)
        if user is None or not _due(session, state, at, only=user_id):
            return False
        waiting = select(Notification).where(Notification.user_id == user_id, Notification.mail_due.is_(True))
        told = session.scalars(
            waiting.where(Notification.read_at.is_(None), still_allowed()).order_by(Notification.id)
        ).all()
        session.execute(update(Notification).where(Notification.user_id == user_id).values(mail_due=False))
        if not told or not _wants_mail(session, user):
            return False
        _mail(state, session, user, told)
        return True


def _wants_mail(session: Session, user: User) -> bool:
    chosen = session.get(DigestPreference, user.id)
    off = chosen is not None and chosen.digest == Digest.NEVER
    return not off and user.disabled_at is None and user.email_verified_at is not None


def _mail(state: ServerState, session: Session, user: User, told: Sequence[Notification]) -> None:
    link = opt_out_link(state, user.id)
    send_mail(
        state,
        session,
        user.email,
        "digest",
        unsubscribe=link,
        name=user.name,
        count=len(told),
        first=told[0].sentence,
        groups=_grouped(session, told[:MAX_LINES]),
        more=max(0, len(told) - MAX_LINES),
        link=link,
    )


def _grouped(session: Session, told: Sequence[Notification]) -> list[tuple[str, list[str]]]:
    """Sentences under the name of their project, else of their workspace."""
    projects = _names(session, Project, {one.project_id for one in told})
    workspaces = _names(session, Workspace, {one.workspace_id for one in told})
    groups: dict[str, list[str]] = {}
    for one in told:
        title = projects.get(one.project_id or "") or workspaces.get(one.workspace_id or "") or ELSEWHERE
        groups.setdefault(title, []).append(one.sentence)
    return list(groups.items())


def _names(session: Session, kind: type[Project] | type[Workspace], ids: set[str | None]) -> dict[str, str]:
    return dict(session.execute(select(kind.id, kind.name).where(kind.id.in_(ids))).tuples().all())
