"""One writer at a time for what belongs to a person: two requests at once must not both make the first row."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.accounts.models import User
from sync_server.problems import Unauthenticated


def lock_user(session: Session, user_id: str) -> User:
    """The person, locked until the transaction ends. Raises Unauthenticated when the account was deleted meanwhile.

    Rows that only refer to the person can still be written by others (FOR NO KEY UPDATE).
    """
    found = session.scalar(select(User).where(User.id == user_id).with_for_update(key_share=True))
    if found is None:
        raise Unauthenticated("This account doesn't exist any more.")
    return found
