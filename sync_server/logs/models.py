"""The two logs of a project, numbered under its lock; who made which edits; snapshots that shorten the log."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sync_server.database.base import Base, Json, MadeAt


def _of_project() -> Mapped[str]:
    return mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)


class DocumentUpdate(Base):
    """An entry of the document's log. The row stays for ever, for the history; its bytes go when a snapshot holds them
    and they are old."""

    __tablename__ = "document_updates"
    __table_args__ = (
        UniqueConstraint("project_id", "digest"),
        Index("ix_document_updates_created_at", "created_at"),
    )

    project_id: Mapped[str] = _of_project()
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    """BLAKE3 of the bytes: the same push again is the same entry."""
    data: Mapped[bytes | None]
    size: Mapped[int]
    spans: Mapped[dict[str, Any]] = mapped_column(Json)
    """What it added to the document: peer → [first, end) of its operations."""
    author_id: Mapped[str | None] = mapped_column(String(36))
    """No foreign key: what happened stays true when an account is deleted."""
    returned_by: Mapped[str | None] = mapped_column(String(36))
    device_id: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[MadeAt]


class DocumentSnapshot(Base):
    """The whole document as of an entry, so that a fresh replica and the validator need few bytes."""

    __tablename__ = "document_snapshots"

    project_id: Mapped[str] = _of_project()
    number: Mapped[int] = mapped_column(BigInteger)
    data: Mapped[bytes]
    created_at: Mapped[MadeAt]


class Peer(Base):
    """Whose edits a Loro peer makes, and how many of them the server has."""

    __tablename__ = "peers"

    project_id: Mapped[str] = _of_project()
    peer: Mapped[str] = mapped_column(String(20), primary_key=True)
    """An unsigned 64-bit number, in decimal."""
    user_id: Mapped[str | None] = mapped_column(String(36))
    """None for edits that someone gave back after a restore: whose they are is not known."""
    device_id: Mapped[str | None] = mapped_column(String(36))
    counter: Mapped[int] = mapped_column(BigInteger)


class LoggedFact(Base):
    """An entry of the facts' log."""

    __tablename__ = "facts"
    __table_args__ = (UniqueConstraint("project_id", "id"), Index("ix_facts_project_kind", "project_id", "kind"))

    project_id: Mapped[str] = _of_project()
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    extra: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Fields that this server doesn't know: a newer program's, kept and given back."""
    author_id: Mapped[str | None] = mapped_column(String(36))
    returned_by: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[MadeAt]
