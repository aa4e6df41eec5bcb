"""How a person wants to be told: in the app, by mail, per kind; and how often there is mail."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sync_server.accounts.lock import lock_user
from sync_server.notifications.kinds import MAILED_BY_DEFAULT, TITLES, Digest, Kind
from sync_server.notifications.models import DigestPreference, Notification, NotificationPreference
from sync_server.notifications.schemas import KindChange, KindPreference, Preferences


def preferences_of(session: Session, user_id: str) -> Preferences:
    """Every kind with what was chosen, or with its default."""
    rows = session.scalars(select(NotificationPreference).where(NotificationPreference.user_id == user_id))
    chosen = {row.kind: (row.app, row.mail) for row in rows}
    digest = session.get(DigestPreference, user_id)
    kinds: list[KindPreference] = []
    for kind in Kind:
        app, mail = chosen.get(kind, (True, kind in MAILED_BY_DEFAULT))
        kinds.append(KindPreference(kind=kind, title=TITLES[kind], app=app, mail=mail))
    return Preferences(digest=Digest.SOON if digest is None else Digest(digest.digest), kinds=kinds)


def set_kind(session: Session, user_id: str, change: KindChange) -> None:
    lock_user(session, user_id)
    row = session.get(NotificationPreference, (user_id, change.kind))
    if row is None:
        row = NotificationPreference(user_id=user_id, kind=change.kind, app=True, mail=change.kind in MAILED_BY_DEFAULT)
        session.add(row)
    row.app = row.app if change.app is None else change.app
    row.mail = row.mail if change.mail is None else change.mail
    if not row.mail:
        waiting = update(Notification).where(Notification.user_id == user_id, Notification.kind == change.kind)
        session.execute(waiting.values(mail_due=False))


def set_digest(session: Session, user_id: str, digest: Digest) -> None:
    """With NEVER also what already waits isn't sent."""
    lock_user(session, user_id)
    row = session.get(DigestPreference, user_id)
    if row is None:
        row = DigestPreference(user_id=user_id, digest=digest)
        session.add(row)
    row.digest = digest
    if digest == Digest.NEVER:
        session.execute(update(Notification).where(Notification.user_id == user_id).values(mail_due=False))
