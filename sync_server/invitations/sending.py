"""How people learn of invitations: a mail to the address, and a notice where the address has an account."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.access.roles import ALLOWED, Action, Role
from sync_server.accounts.models import User
from sync_server.invitations.models import Invitation
from sync_server.limits.limiter import Limiter
from sync_server.mail.outbox import send_mail
from sync_server.notifications.kinds import Kind
from sync_server.notifications.telling import notify
from sync_server.state import ServerState
from sync_server.workspaces.models import Membership, Workspace

PER_WORKSPACE = "60/hour"
PER_ADDRESS = "10/day"
"""However many workspaces want the person: nobody's mailbox is flooded."""


def send(state: ServerState, session: Session, invitation: Invitation, workspace_name: str, inviter_name: str) -> None:
    """Raises TooMany when the workspace or the address had too many mails."""
    limiter = state.get(Limiter)
    limiter.hit("invitations", invitation.workspace_id, PER_WORKSPACE)
    limiter.hit("invited", invitation.email, PER_ADDRESS)
    values = {"workspace": workspace_name, "inviter": inviter_name or "Someone", "role": invitation.role.lower()}
    send_mail(state, session, invitation.email, "invitation", **values, email=invitation.email, id=invitation.id)
    invited = session.scalar(select(User.id).where(User.email == invitation.email))
    if invited is not None:
        sentence = f"{values['inviter']} invites you to the workspace “{workspace_name}” as {values['role']}."
        notify(state, session, [invited], Kind.INVITED, sentence, actor_id=invitation.invited_by, target=invitation.id)


def tell_joined(state: ServerState, session: Session, workspace_id: str, user_id: str) -> None:
    """Tell those who can invite to the workspace that someone came."""
    hosts = [role.value for role in Role if Action.INVITE in ALLOWED[role]]
    told = session.scalars(
        select(Membership.user_id).where(Membership.workspace_id == workspace_id, Membership.role.in_(hosts))
    )
    name = session.scalar(select(User.name).where(User.id == user_id)) or "Someone"
    where = session.scalar(select(Workspace.name).where(Workspace.id == workspace_id))
    sentence = f"{name} joined the workspace “{where}”."
    notify(
        state,
        session,
        told,
        Kind.MEMBER_JOINED,
        sentence,
        actor_id=user_id,
        workspace_id=workspace_id,
        target=workspace_id,
    )
