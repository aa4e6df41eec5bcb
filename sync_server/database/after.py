"""What is to happen only when a transaction has become durable: messages to sockets, work for other threads."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session


def after_commit(session: Session, work: Callable[[], object]) -> None:
    """Do this once the session's transaction is committed, never when it is rolled back. Keep it short."""

    def committed(_: Session) -> None:
        work()

    event.listen(session, "after_commit", committed, once=True)
