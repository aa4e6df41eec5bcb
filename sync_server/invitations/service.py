"""Inviting by mail, bound to the address: accepted once, within seven days, by the confirmed owner of the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from sync_server.access.check import require
from sync_server.access.principal import Principal
from sync_server.access.roles import Action, Role
from sync_server.accounts.models import User
from sync_server.audit.service import Audited, record
from sync_server.database.base import now
from sync_server.invitations.models import Invitation, InvitationState
from sync_server.invitations.sending import send, tell_joined
from sync_server.problems import BadRequest, Conflict, Gone, Missing, TooMany
from sync_server.state import ServerState
from sync_server.workspaces.models import Membership, Workspace
from sync_server.workspaces.rules import require_may_give
from sync_server.workspaces.service import Belonging, locked, see

LIFETIME = timedelta(days=7)
RESEND_AFTER = timedelta(minutes=1)
MAX_OPEN = 200
"""In one workspace."""


@dataclass(frozen=True)
class Offer:
    """An invitation with what it speaks of."""

    invitation: Invitation
    workspace_name: str
    inviter_name: str


def invite(
    state: ServerState, session: Session, principal: Principal, workspace_id: str, email: str, role: Role
) -> Offer:
    """Raises Forbidden for a role not below one's own, Conflict for members, open invitations, personal workspaces."""
    workspace = locked(session, workspace_id)
    own = require(session, principal, Action.INVITE, workspace_id)
    if workspace.personal_of is not None:
        raise Conflict("Nobody can be invited to your own workspace; make another one to work together.")
    if role is Role.OWNER:
        raise BadRequest("Nobody is invited as an owner; hand the ownership over once they have joined.")
    require_may_give(own, role)
    _require_room(session, workspace_id, email)
    invitation = Invitation(
        workspace_id=workspace_id,
        email=email,
        role=role,
        invited_by=principal.user_id,
        sent_at=now(),
        expires_at=now() + LIFETIME,
    )
    session.add(invitation)
    session.flush()
    record(
        session,
        principal,
        Audited.INVITED,
        workspace_id=workspace_id,
        target=invitation.id,
        email=email,
        role=role.value,
    )
    return _sent(state, session, invitation, workspace)


def resend(state: ServerState, session: Session, principal: Principal, workspace_id: str, invitation_id: str) -> Offer:
    """Mail it again, for another seven days. Raises TooMany within a minute, Gone when it was answered."""
    workspace = locked(session, workspace_id)
    own = require(session, principal, Action.INVITE, workspace_id)
    invitation = _of_workspace(session, workspace_id, invitation_id)
    _require_open(invitation)
    require_may_give(own, Role(invitation.role))
    wait = (invitation.sent_at + RESEND_AFTER - now()).total_seconds()
    if wait > 0:
        raise TooMany("This invitation was mailed a moment ago; wait a minute.", retry_after_s=wait)
    invitation.sent_at, invitation.expires_at = now(), now() + LIFETIME
    record(session, principal, Audited.INVITATION_RESENT, workspace_id=workspace_id, target=invitation_id)
    return _sent(state, session, invitation, workspace)


def revoke(session: Session, principal: Principal, workspace_id: str, invitation_id: str) -> None:
    """Take an open invitation back. Raises Gone when it was answered."""
    locked(session, workspace_id)
    require(session, principal, Action.INVITE, workspace_id)
    invitation = _of_workspace(session, workspace_id, invitation_id)
    _require_open(invitation)
    _decide(invitation, InvitationState.REVOKED)
    record(session, principal, Audited.INVITATION_REVOKED, workspace_id=workspace_id, target=invitation_id)


def list_of_workspace(
    session: Session, principal: Principal, workspace_id: str, after: str | None, limit: int
) -> list[Offer]:
    """The open ones, also those that have expired and wait to be sent again."""
    require(session, principal, Action.INVITE, workspace_id)
    return _page(session, _offers().where(Invitation.workspace_id == workspace_id), after, limit)


def list_for_me(session: Session, principal: Principal, after: str | None, limit: int) -> list[Offer]:
    """What is offered to the caller's address and can be accepted now."""
    mine = _offers().where(Invitation.email == _confirmed_email(session, principal), Invitation.expires_at > now())
    return _page(session, mine.where(Workspace.trashed_at.is_(None)), after, limit)


def accept(state: ServerState, session: Session, principal: Principal, invitation_id: str) -> Belonging:
    """Join with the offered role. Raises Missing for anyone else's, Gone when it was used, revoked or is too old."""
    invitation, workspace = _mine(session, principal, invitation_id)
    _require_open(invitation)
    if invitation.expires_at <= now() or workspace.trashed_at is not None:
        raise Gone("This invitation has expired; ask for a new one.")
    _decide(invitation, InvitationState.ACCEPTED)
    session.add(Membership(workspace_id=workspace.id, user_id=principal.user_id, role=invitation.role))
    session.flush()
    record(
        session,
        principal,
        Audited.MEMBER_JOINED,
        workspace_id=workspace.id,
        target=principal.user_id,
        role=invitation.role,
        invited_by=invitation.invited_by,
    )
    tell_joined(state, session, workspace.id, principal.user_id)
    return see(session, principal, workspace.id)


def decline(session: Session, principal: Principal, invitation_id: str) -> None:
    """Raises Missing for anyone else's, Gone when it was answered."""
    invitation, workspace = _mine(session, principal, invitation_id)
    _require_open(invitation)
    _decide(invitation, InvitationState.DECLINED)
    record(session, principal, Audited.INVITATION_DECLINED, workspace_id=workspace.id, target=invitation_id)


def _require_room(session: Session, workspace_id: str, email: str) -> None:
    member = (
        select(Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.workspace_id == workspace_id, User.email == email)
    )
    if session.scalar(member) is not None:
        raise Conflict("This person belongs to the workspace already.")
    waiting = select(Invitation).where(
        Invitation.workspace_id == workspace_id, Invitation.state == InvitationState.OPEN
    )
    if session.scalar(waiting.where(Invitation.email == email)) is not None:
        raise Conflict("This address is invited already; send the invitation again, or take it back first.")
    if (session.scalar(select(func.count()).select_from(waiting.subquery())) or 0) >= MAX_OPEN:
        raise Conflict(f"{MAX_OPEN} invitations are open, which is the most; take some back first.")


def _sent(state: ServerState, session: Session, invitation: Invitation, workspace: Workspace) -> Offer:
    inviter = session.get(User, invitation.invited_by) if invitation.invited_by is not None else None
    offer = Offer(invitation, workspace.name, "" if inviter is None else inviter.name)
    send(state, session, invitation, offer.workspace_name, offer.inviter_name)
    return offer


def _offers() -> Select[Invitation, str, str]:
    return (
        select(Invitation, Workspace.name, func.coalesce(User.name, ""))
        .join(Workspace, Workspace.id == Invitation.workspace_id)
        .outerjoin(User, User.id == Invitation.invited_by)
        .where(Invitation.state == InvitationState.OPEN)
        .order_by(Invitation.id)
    )


def _page(session: Session, offers: Select[Invitation, str, str], after: str | None, limit: int) -> list[Offer]:
    if after is not None:
        offers = offers.where(Invitation.id > after)
    rows = session.execute(offers.limit(limit))
    return [Offer(invitation, workspace, inviter) for invitation, workspace, inviter in rows]


def _of_workspace(session: Session, workspace_id: str, invitation_id: str) -> Invitation:
    invitation = session.get(Invitation, invitation_id, populate_existing=True)
    if invitation is None or invitation.workspace_id != workspace_id:
        raise Missing("There is no such invitation.")
    return invitation


def _mine(session: Session, principal: Principal, invitation_id: str) -> tuple[Invitation, Workspace]:
    """The invitation as it is once nobody else can change the workspace's members."""
    found = session.get(Invitation, invitation_id)
    if found is None or found.email != _confirmed_email(session, principal):
        raise Missing("There is no such invitation for the address of your account.")
    workspace = locked(session, found.workspace_id)
    session.refresh(found)
    return found, workspace


def _confirmed_email(session: Session, principal: Principal) -> str | None:
    user = session.get(User, principal.user_id)
    return None if user is None or user.email_verified_at is None else user.email


def _require_open(invitation: Invitation) -> None:
    if invitation.state != InvitationState.OPEN:
        raise Gone(f"This invitation was {invitation.state.lower()} before; ask for a new one.")


def _decide(invitation: Invitation, state: InvitationState) -> None:
    invitation.state = state
    invitation.decided_at = now()
