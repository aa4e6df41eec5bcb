"""Finished things of a workspace: a picture, a film, a model, made of blobs."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import BigInteger, Float, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sync_server.database.base import Base, Id, MadeAt, Time, now


class AssetType(StrEnum):
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    AUDIO = "AUDIO"
    MODEL_3D = "MODEL_3D"
    ANIMATION = "ANIMATION"
    VECTOR = "VECTOR"
    OTHER = "OTHER"


class Asset(Base):
    """Sizes in pixels and bytes, the duration in seconds; taken from the file itself where it says them."""

    __tablename__ = "assets"

    id: Mapped[Id]
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    project_id: Mapped[str | None] = mapped_column(ForeignKey("projects.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    type: Mapped[AssetType] = mapped_column(String(12))
    blob: Mapped[str] = mapped_column(String(64))
    thumbnail: Mapped[str | None] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    duration_s: Mapped[float | None] = mapped_column(Float)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[MadeAt]
    updated_at: Mapped[Time] = mapped_column(default=now, onupdate=now)
