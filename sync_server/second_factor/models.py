"""The second factor of a sign-in: a sealed seed for an authenticator app, and hashes of recovery codes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sync_server.database.base import Base, Id, MadeAt
from sync_server.secrets.vault import Sealed


class SecondFactor(Base):
    """One that isn't confirmed by a first code yet asks for nothing."""

    __tablename__ = "second_factors"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    seed: Mapped[str] = mapped_column(Sealed)
    created_at: Mapped[MadeAt]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    """The step of 30 seconds whose code was used last: neither it nor an older one is good again."""


class RecoveryCode(Base):
    """Good for one sign-in when the authenticator app is lost; deleted when used."""

    __tablename__ = "recovery_codes"

    id: Mapped[Id]
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), index=True)
    """SHA-256, hex; the code has 80 random bits."""
