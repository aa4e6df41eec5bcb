"""Telling people something, in the transaction in which it happens: `notify` is for every room."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.protocol.sync import Noticed
from sync_server.database.database import after_commit
from sync_server.notifications.kinds import MAILED_BY_DEFAULT, Kind
from sync_server.notifications.models import Notification, NotificationPreference
from sync_server.notifications.reading import count_unread
from sync_server.state import ServerState

MAX_SENTENCE = 500


def notify(
    state: ServerState,
    session: Session,
    user_ids: Iterable[str],
    kind: Kind,
    sentence: str,
    *,
    actor_id: str | None = None,
    workspace_id: str | None = None,
    project_id: str | None = None,
    target: str = "",
) -> None:
    """Tell these people, as each of them wants it, once the transaction is durable.

    Who did it (`actor_id`) isn't told. `sentence` is shown as it is. With a `workspace_id` it is hidden from those who
    have left the workspace.
    """
    wanted = sorted(set(user_ids) - {actor_id or ""})
    chosen = _chosen(session, wanted, kind)
    told: set[str] = set()
    for user_id in wanted:
        app, mail = chosen.get(user_id, (True, kind in MAILED_BY_DEFAULT))
        if not app and not mail:
            continue
        session.add(
            Notification(
                user_id=user_id,
                kind=kind,
                sentence=_shortened(sentence),
                actor_id=actor_id,
                workspace_id=workspace_id,
                project_id=project_id,
                target=target[:64],
                in_app=app,
                mail_due=mail,
            )
        )
        if app:
            told.add(user_id)
    if told:
        after_commit(session, lambda: tell_unread(state, told))


def tell_unread(state: ServerState, user_ids: Iterable[str]) -> None:
    """Send people's devices the number of what they haven't read. Call it after the commit."""
    with state.database.read() as session:
        counts = {user_id: count_unread(session, user_id) for user_id in user_ids}
    for user_id, unread in counts.items():
        state.hub.publish(f"user:{user_id}", Noticed(unread=unread))


def _chosen(session: Session, user_ids: list[str], kind: Kind) -> dict[str, tuple[bool, bool]]:
    rows = session.scalars(
        select(NotificationPreference).where(
            NotificationPreference.user_id.in_(user_ids), NotificationPreference.kind == kind
        )
    )
    return {row.user_id: (row.app, row.mail) for row in rows}


def _shortened(sentence: str) -> str:
    one_line = " ".join(sentence.replace("\x00", "").split())
    return one_line if len(one_line) <= MAX_SENTENCE else one_line[: MAX_SENTENCE - 1] + "…"
