"""Keys for scripts and plugins: what they may do, until when; only hashes of their secrets."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sync_server.database.base import Base, Id, MadeAt


class ApiKey(Base):
    __tablename__ = "api_keys"

    id: Mapped[Id]
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    beginning: Mapped[str] = mapped_column(String(16))
    """The first letters of its secret, by which a person recognises it."""
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256, hex; the secret is long and random."""
    former_secret_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    """Of the secret before the last rotation, good until `former_until`."""
    former_until: Mapped[datetime | None]
    scopes: Mapped[list[str]]
    created_at: Mapped[MadeAt]
    rotated_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    """None for one that stays good until it is revoked."""
    last_used_at: Mapped[datetime | None]
    last_address: Mapped[str] = mapped_column(String(64), default="")
