"""The outbox: a mail is written in the transaction that causes it, and sent afterwards, also after a restart."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from sync_server.database.base import Base, Id, MadeAt, Time, now


class OutgoingMail(Base):
    __tablename__ = "outgoing_mails"

    id: Mapped[Id]
    recipient: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    unsubscribe: Mapped[str] = mapped_column(String(1000), default="")
    """The address of the header List-Unsubscribe; empty for mails that aren't optional."""
    created_at: Mapped[MadeAt]
    next_try_at: Mapped[Time] = mapped_column(default=now, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None]
    """While a process is sending it; a process that died lets go of it by this time."""
    failed_at: Mapped[datetime | None]
    """Given up; kept for the administrator with its last error."""
    last_error: Mapped[str] = mapped_column(String(500), default="")
