"""Answers that were given to a POST with an idempotency key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sync_server.database.base import Base, Id, Time


class IdempotentAnswer(Base):
    __tablename__ = "idempotent_answers"
    __table_args__ = (UniqueConstraint("owner", "key"),)

    id: Mapped[Id]
    owner: Mapped[str] = mapped_column(String(64))
    """The user's id, or an API key's hash."""
    key: Mapped[str] = mapped_column(String(200))
    request_hash: Mapped[str] = mapped_column(String(64))
    """Of method, address and body: the same key for another request is a mistake."""
    began_at: Mapped[Time] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]
    status: Mapped[int] = mapped_column(default=0)
    media_type: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
