"""Public links: a page for everyone who has its address, and the files that it shows."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Float, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sync_server.database.base import Base, Id, MadeAt


def new_token() -> str:
    """128 random bits: the address is the only key to the page."""
    return secrets.token_urlsafe(16)


class PublicationKind(StrEnum):
    MASCOT = "MASCOT"
    FILM = "FILM"
    MODEL = "MODEL"


class FileRole(StrEnum):
    PREVIEW = "PREVIEW"
    """What the page shows: a picture, an animation, a film, a drawing."""
    POSTER = "POSTER"
    """A still picture for those who want no motion, and for other sites' previews."""
    DOWNLOAD = "DOWNLOAD"


class Publication(Base):
    __tablename__ = "publications"

    id: Mapped[Id]
    token: Mapped[str] = mapped_column(String(32), unique=True, default=new_token)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    project_id: Mapped[str | None] = mapped_column(ForeignKey("projects.id", ondelete="SET NULL"), index=True)
    asset_id: Mapped[str | None] = mapped_column(ForeignKey("assets.id", ondelete="SET NULL"), index=True)
    kind: Mapped[PublicationKind] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(String(2000), default="")
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[MadeAt]
    ended_at: Mapped[datetime | None]
    views: Mapped[int] = mapped_column(BigInteger, default=0)
    files: Mapped[list[PublishedFile]] = relationship(
        lazy="selectin", order_by="PublishedFile.position", cascade="all, delete-orphan", passive_deletes=True
    )


class PublishedFile(Base):
    """A file under the publication's token. What an address gives never changes; only the whole can end."""

    __tablename__ = "published_files"
    __table_args__ = (UniqueConstraint("publication_id", "name"),)

    id: Mapped[Id]
    publication_id: Mapped[str] = mapped_column(ForeignKey("publications.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[FileRole] = mapped_column(String(10))
    position: Mapped[int]
    blob: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    duration_s: Mapped[float | None] = mapped_column(Float)
    colours: Mapped[list[str]]
