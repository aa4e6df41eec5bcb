"""Recording what matters for security, in the transaction that does it: what didn't happen isn't recorded."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from sync_server.access.principal import Principal
from sync_server.audit.models import AuditEvent

LOG = logging.getLogger("mascotforge.server.audit")
MAX_TARGET = 200

caller_address: ContextVar[str] = ContextVar("caller_address", default="")
"""The network address of the request in hand; set once per request, behind the trusted proxies."""


class Audited(StrEnum):
    """What is recorded. Values are stored: add, never rename."""

    SIGNED_UP = "account.signed_up"
    SIGNED_IN = "account.signed_in"
    SIGN_IN_FAILED = "account.sign_in_failed"
    SIGNED_OUT = "account.signed_out"
    TOKEN_REUSED = "account.token_reused"
    PASSWORD_CHANGED = "account.password_changed"
    PASSWORD_RESET = "account.password_reset"
    EMAIL_CHANGED = "account.email_changed"
    ACCOUNT_EXPORTED = "account.exported"
    ACCOUNT_DELETED = "account.deleted"
    SECOND_FACTOR_ENABLED = "account.second_factor_enabled"
    SECOND_FACTOR_DISABLED = "account.second_factor_disabled"
    PROVIDER_LINKED = "account.provider_linked"
    PROVIDER_UNLINKED = "account.provider_unlinked"
    KEY_CREATED = "api_key.created"
    KEY_ROTATED = "api_key.rotated"
    KEY_REVOKED = "api_key.revoked"
    WORKSPACE_CREATED = "workspace.created"
    WORKSPACE_RENAMED = "workspace.renamed"
    WORKSPACE_DELETED = "workspace.deleted"
    WORKSPACE_RESTORED = "workspace.restored"
    WORKSPACE_ERASED = "workspace.erased"
    OWNERSHIP_TRANSFERRED = "workspace.transferred"
    MEMBER_JOINED = "member.joined"
    MEMBER_LEFT = "member.left"
    MEMBER_REMOVED = "member.removed"
    ROLE_CHANGED = "member.role_changed"
    INVITED = "invitation.sent"
    INVITATION_RESENT = "invitation.resent"
    INVITATION_REVOKED = "invitation.revoked"
    INVITATION_DECLINED = "invitation.declined"
    PROJECT_CREATED = "project.created"
    PROJECT_DELETED = "project.deleted"
    PROJECT_RESTORED = "project.restored"
    ASSET_DELETED = "asset.deleted"
    PUBLISHED = "publication.made"
    UNPUBLISHED = "publication.ended"


def record(
    session: Session,
    principal: Principal | None,
    action: Audited,
    *,
    workspace_id: str | None = None,
    user_id: str | None = None,
    target: str = "",
    **details: Any,
) -> None:
    """Add an event to the caller's transaction. `user_id` is for callers who have no principal yet (a sign-in)."""
    address = caller_address.get()
    session.add(
        AuditEvent(
            workspace_id=workspace_id,
            user_id=user_id if principal is None else principal.user_id,
            device_id=None if principal is None else principal.device_id,
            api_key_id=None if principal is None else principal.api_key_id,
            action=action.value,
            target=target[:MAX_TARGET],
            details=details,
            address=address[:64],
        )
    )
    LOG.info("%s by %s on %s", action.value, principal.user_id if principal else user_id, target)


def events_of_workspace(session: Session, workspace_id: str, after: str | None, limit: int) -> list[AuditEvent]:
    """The newest first; `after` is the id of the last one already seen."""
    return _page(session, select(AuditEvent).where(AuditEvent.workspace_id == workspace_id), after, limit)


def events_of_account(session: Session, user_id: str, after: str | None, limit: int) -> list[AuditEvent]:
    """What concerns the account itself, not its workspaces; the newest first."""
    own = select(AuditEvent).where(AuditEvent.user_id == user_id, AuditEvent.workspace_id.is_(None))
    return _page(session, own, after, limit)


def _page(session: Session, events: Select[AuditEvent], after: str | None, limit: int) -> list[AuditEvent]:
    if after is not None:
        events = events.where(AuditEvent.id < after)
    return list(session.scalars(events.order_by(AuditEvent.id.desc()).limit(limit)))
