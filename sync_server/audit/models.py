"""Who did what: rows that are only ever added. They outlive the people and workspaces that they speak of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Index, String, event
from sqlalchemy.orm import Mapped, Mapper, ORMExecuteState, Session, mapped_column

from sync_server.database.base import Base, Id, MadeAt


class AuditEvent(Base):
    __tablename__ = "audit_events"
    __table_args__ = (Index(None, "workspace_id", "id"), Index(None, "user_id", "id"))

    id: Mapped[Id]
    workspace_id: Mapped[str | None] = mapped_column(String(36))
    """No foreign key: the deletion of a workspace is itself an event."""
    user_id: Mapped[str | None] = mapped_column(String(36))
    """Who did it; None for the server itself and for those who failed to sign in."""
    device_id: Mapped[str | None] = mapped_column(String(36))
    api_key_id: Mapped[str | None] = mapped_column(String(36))
    action: Mapped[str] = mapped_column(String(60))
    target: Mapped[str] = mapped_column(String(200), default="")
    """The id of what it was done to."""
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    address: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[MadeAt]


def _never(_mapper: Mapper[Any], _connection: Connection, _event: AuditEvent) -> None:
    raise RuntimeError(_REFUSED)


def _never_at_once(statement: ORMExecuteState) -> None:
    mapper = statement.bind_mapper
    if (statement.is_update or statement.is_delete) and mapper is not None and mapper.class_ is AuditEvent:
        raise RuntimeError(_REFUSED)


_REFUSED = "Audit events are never changed or deleted."
event.listen(AuditEvent, "before_update", _never)
event.listen(AuditEvent, "before_delete", _never)
event.listen(Session, "do_orm_execute", _never_at_once)
