"""A project on the server: it belongs to a workspace; its document and facts are logs (sync_server/logs)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sync_server.database.base import Base, Id, MadeAt, Time


class Project(Base):
    __tablename__ = "projects"

    id: Mapped[Id]
    """Chosen by the client: the project's id in the library."""
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[MadeAt]
    updated_at: Mapped[Time]
    trashed_at: Mapped[datetime | None]
    """In the trash: still synced, so that all copies agree, and can be taken out again."""
    deleted_at: Mapped[datetime | None] = mapped_column(index=True)
    """Gone for everyone, and erased after 30 days."""
    epoch: Mapped[str] = mapped_column(String(36))
    """Changes when the log may have lost entries (a restored backup): clients then push again what is missing."""
    restored_at: Mapped[datetime | None]
    """When the epoch changed; for a while after it anyone may give back the edits of others that were lost."""
    last_update: Mapped[int] = mapped_column(BigInteger, default=0)
    """The sequence number of the newest entry of the document's log."""
    last_fact: Mapped[int] = mapped_column(BigInteger, default=0)
    document_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    """About what the document takes: its newest snapshot and the updates since."""
