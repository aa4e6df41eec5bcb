"""The end of an account: its personal workspace goes with it; a shared one needs somebody who still owns it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.access.principal import Principal
from sync_server.access.revocation import signed_out
from sync_server.access.roles import Role
from sync_server.accounts.people import get_user
from sync_server.audit.service import Audited, record
from sync_server.mail.outbox import send_mail
from sync_server.problems import Conflict
from sync_server.state import ServerState
from sync_server.workspaces.models import Membership, Workspace

GOODBYE = "Your account and your personal workspace were deleted, as you asked. Copies in your studio stay yours."


def delete_account(state: ServerState, session: Session, person: Principal) -> None:
    """Raises Conflict, naming the workspaces that would be left without an owner."""
    user = get_user(session, person.user_id)
    orphaned, alone = _left_without_owner(session, user.id)
    if orphaned:
        names = ", ".join(f"“{workspace.name}”" for workspace in orphaned[:5])
        raise Conflict(f"You are the only owner of {names}; hand each over to another member or delete it first.")
    send_mail(state, session, user.email, "account_changed", name=user.name, what="deleted", sentence=GOODBYE)
    record(session, person, Audited.ACCOUNT_DELETED, target=user.id)
    signed_out(state, session, user.id)
    for workspace in alone:
        session.delete(workspace)
    session.flush()
    session.delete(user)


def _left_without_owner(session: Session, user_id: str) -> tuple[list[Workspace], list[Workspace]]:
    """Workspaces of which this person is the only owner: those with other members, and those with nobody else."""
    orphaned: list[Workspace] = []
    alone: list[Workspace] = []
    owned = (
        select(Workspace)
        .join(Membership, Membership.workspace_id == Workspace.id)
        .where(Membership.user_id == user_id, Membership.role == Role.OWNER)
        .with_for_update()
    )
    for workspace in session.scalars(owned):
        others = set(
            session.scalars(
                select(Membership.role).where(Membership.workspace_id == workspace.id, Membership.user_id != user_id)
            )
        )
        if not others:
            alone.append(workspace)
        elif Role.OWNER not in others and workspace.trashed_at is None:
            orphaned.append(workspace)
        elif Role.OWNER not in others:
            alone.append(workspace)
    return orphaned, alone
