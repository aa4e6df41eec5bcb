"""An offer of a role in a workspace, to whoever proves to own a mail address."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from sync_server.access.roles import Role
from sync_server.database.base import Base, Id, MadeAt, Time


class InvitationState(StrEnum):
    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    REVOKED = "REVOKED"


_OPEN = text("state = 'OPEN'")


class Invitation(Base):
    """It holds no secret: only a signed-in account with this address, confirmed, can use it, and once."""

    __tablename__ = "invitations"
    __table_args__ = (
        Index("uq_invitations_open", "workspace_id", "email", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[Id]
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(320), index=True)
    role: Mapped[Role] = mapped_column(String(10))
    invited_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    state: Mapped[InvitationState] = mapped_column(String(10), default=InvitationState.OPEN)
    created_at: Mapped[MadeAt]
    sent_at: Mapped[Time]
    expires_at: Mapped[Time]
    decided_at: Mapped[datetime | None]
