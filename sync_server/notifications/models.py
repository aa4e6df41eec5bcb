"""What people were told, and how they want to be told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from sync_server.database.base import Base, Id, MadeAt
from sync_server.notifications.kinds import Digest, Kind


class Notification(Base):
    __tablename__ = "notifications"
    __table_args__ = (Index(None, "user_id", "id"), Index(None, "mail_due", "user_id"))

    id: Mapped[Id]
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[Kind] = mapped_column(String(30))
    sentence: Mapped[str] = mapped_column(String(500))
    actor_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    workspace_id: Mapped[str | None] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), index=True)
    project_id: Mapped[str | None] = mapped_column(String(36))
    """No foreign key: it may be told about a project that is erased."""
    target: Mapped[str] = mapped_column(String(64), default="")
    """The id of the comment, invitation or job."""
    in_app: Mapped[bool] = mapped_column(default=True)
    mail_due: Mapped[bool] = mapped_column(default=False)
    """Waits for the next mail; not sent when it was read before."""
    created_at: Mapped[MadeAt]
    read_at: Mapped[datetime | None]


class NotificationPreference(Base):
    """What a person chose for one kind; without a row the defaults hold."""

    __tablename__ = "notification_preferences"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[Kind] = mapped_column(String(30), primary_key=True)
    app: Mapped[bool]
    mail: Mapped[bool]


class DigestPreference(Base):
    """How often a person wants mail; without a row soon."""

    __tablename__ = "digest_preferences"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[Digest] = mapped_column(String(10))
