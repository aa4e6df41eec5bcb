"""Reading what was recorded: a workspace's events for its admins, an account's own for its person."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.access.check import require
from sync_server.access.roles import Action
from sync_server.accounts.models import User
from sync_server.audit import service
from sync_server.audit.models import AuditEvent
from sync_server.audit.schemas import AuditItem, AuditPage
from sync_server.http.dependencies import Caller, Person, Reading
from sync_server.inputs import After, IdInPath, Limit
from sync_server.problems import IN_WORKSPACE, SIGNED_IN, documented

router = APIRouter(tags=["audit"])


@router.get("/workspaces/{workspace_id}/audit", operation_id="list_audit_events", responses=documented(*IN_WORKSPACE))
def list_audit_events(
    workspace_id: IdInPath, caller: Caller, session: Reading, after: After = None, limit: Limit = 50
) -> AuditPage:
    """What was done in a workspace, the newest first"""
    require(session, caller, Action.SEE_AUDIT, workspace_id)
    return _page(session, service.events_of_workspace(session, workspace_id, after, limit), limit)


@router.get("/audit", operation_id="list_own_audit_events", responses=documented(*SIGNED_IN))
def list_own_audit_events(person: Person, session: Reading, after: After = None, limit: Limit = 50) -> AuditPage:
    """Sign-ins and changes of the account itself, the newest first"""
    return _page(session, service.events_of_account(session, person.user_id, after, limit), limit)


def _page(session: Session, events: list[AuditEvent], limit: int) -> AuditPage:
    people = {event.user_id for event in events if event.user_id is not None}
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(people))).tuples().all())
    items = [
        AuditItem(
            id=event.id,
            action=event.action,
            user_id=event.user_id,
            user_name=names.get(event.user_id or "", ""),
            device_id=event.device_id,
            api_key_id=event.api_key_id,
            target=event.target,
            details=event.details,
            address=event.address,
            created_at=event.created_at,
        )
        for event in events
    ]
    return AuditPage(items=items, next=items[-1].id if len(items) == limit else None)
