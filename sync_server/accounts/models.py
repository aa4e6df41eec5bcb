"""People, and the devices on which they are signed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sync_server.database.base import Base, Id, MadeAt, Time


class User(Base):
    """A person. `email` is stored in lower case; one that isn't confirmed yet proves nothing."""

    __tablename__ = "users"

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(320), unique=True)
    email_verified_at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(String(200), default="")
    password_hash: Mapped[str | None] = mapped_column(String(300))
    """None for those who only sign in with a provider."""
    is_admin: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[MadeAt]


class Device(Base):
    """A sign-in on one device: what its tokens are bound to, and what "sign out" ends."""

    __tablename__ = "devices"

    id: Mapped[Id]
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[MadeAt]
    seen_at: Mapped[Time]
    revoked_at: Mapped[datetime | None]
