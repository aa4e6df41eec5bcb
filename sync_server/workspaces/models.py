"""Workspaces and who belongs to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sync_server.access.roles import Role
from sync_server.database.base import Base, Id, MadeAt


class Workspace(Base):
    __tablename__ = "workspaces"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(200))
    personal_of: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    """The person whose own workspace this is; nobody else can be invited to it."""
    used_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    """What its blobs take, and what running uploads have reserved."""
    created_at: Mapped[MadeAt]
    trashed_at: Mapped[datetime | None] = mapped_column(index=True)
    """Deleted by an owner: nobody sees it, and it is erased with all it holds after a time."""


class Membership(Base):
    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("workspace_id", "user_id"),)

    id: Mapped[Id]
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(String(10))
    created_at: Mapped[MadeAt]
