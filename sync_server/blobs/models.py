"""Blobs of a workspace, and uploads that are on their way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sync_server.database.base import Base, Id, MadeAt, Time, now
from sync_server.scanning.clamd import ScanState


class Blob(Base):
    """A file by its hash. Two workspaces that hold the same file have a row, and a copy, each."""

    __tablename__ = "blobs"
    __table_args__ = (UniqueConstraint("workspace_id", "hash"),)

    id: Mapped[Id]
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    hash: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    """By content, as `scanning` found it."""
    findings: Mapped[dict[str, Any]]
    scan: Mapped[ScanState] = mapped_column(String(10))
    damaged_at: Mapped[datetime | None]
    """The storage lost it or changed it: it is asked for again."""
    verified_at: Mapped[Time] = mapped_column(default=now, index=True)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[MadeAt]


class Upload(Base):
    """A file that someone sends in parts. Its size is already counted into the workspace's used bytes."""

    __tablename__ = "uploads"
    __table_args__ = (UniqueConstraint("workspace_id", "hash", "user_id"), Index(None, "touched_at"))

    id: Mapped[Id]
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    hash: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    part_bytes: Mapped[int]
    reference: Mapped[str | None] = mapped_column(String(1000))
    """The storage's name of it; None until the storage has made room."""
    created_at: Mapped[MadeAt]
    touched_at: Mapped[Time] = mapped_column(default=now)


class UploadPart(Base):
    """A part that is here, with the hash that its sender named and the server found."""

    __tablename__ = "upload_parts"

    upload_id: Mapped[str] = mapped_column(ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
