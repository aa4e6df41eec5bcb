"""Presets: named settings for pictures and films. Some come with the server, some are a person's, some are shared."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sync_server.database.base import Base, Id, MadeAt, Time


class Preset(Base):
    """A default one has neither owner nor workspace, an own one an owner, a shared one a workspace."""

    __tablename__ = "presets"
    __table_args__ = (CheckConstraint("owner_id IS NULL OR workspace_id IS NULL", name="one_home"),)

    id: Mapped[Id]
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    workspace_id: Mapped[str | None] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(String(1000), default="")
    category: Mapped[str] = mapped_column(String(40), index=True)
    words: Mapped[str] = mapped_column(String(1200))
    """Name and description without capitals, for the search."""
    config: Mapped[dict[str, Any]]
    created_at: Mapped[MadeAt]
    updated_at: Mapped[Time]
