"""People, the devices on which they are signed in, and what proves either."""

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


class RefreshToken(Base):
    """Good for one new pair of tokens. All of a device's are one family: one used twice ends the device."""

    __tablename__ = "refresh_tokens"

    id: Mapped[Id]
    device_id: Mapped[str] = mapped_column(ForeignKey("devices.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256, hex."""
    created_at: Mapped[MadeAt]
    expires_at: Mapped[Time]
    used_at: Mapped[datetime | None]


class MailToken(Base):
    """What a link in a mail proves: that its reader has the address.

    A registration waits here, with its password, until it is confirmed: an account with an unconfirmed address never
    exists, so nobody can prepare one for somebody else.
    """

    __tablename__ = "mail_tokens"

    id: Mapped[Id]
    purpose: Mapped[str] = mapped_column(String(20))
    """`register`, `reset` or `email`."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(320), index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    password_hash: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[MadeAt]
    expires_at: Mapped[Time] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
