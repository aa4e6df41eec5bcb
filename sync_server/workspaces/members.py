"""Who belongs to a workspace, and in which role. Each change locks the workspace: two at once can't undo its rules."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from sync_server.access.check import require
from sync_server.access.principal import Principal
from sync_server.access.revocation import changed_role, lost_workspace
from sync_server.access.roles import ALLOWED, Action, Role
from sync_server.accounts.models import User
from sync_server.audit.service import Audited, record
from sync_server.database.base import now
from sync_server.invitations.models import Invitation, InvitationState
from sync_server.notifications.kinds import Kind
from sync_server.notifications.telling import notify
from sync_server.problems import BadRequest, Conflict, Missing
from sync_server.state import ServerState
from sync_server.workspaces.models import Membership, Workspace
from sync_server.workspaces.rules import require_may_give, require_may_touch, require_other_owner
from sync_server.workspaces.service import locked

Member = tuple[Membership, User]


def list_members(
    session: Session, principal: Principal, workspace_id: str, after: str | None, limit: int
) -> list[Member]:
    """In the order of joining."""
    require(session, principal, Action.SEE, workspace_id)
    found = (
        select(Membership, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.workspace_id == workspace_id)
        .order_by(Membership.id)
        .limit(limit)
    )
    if after is not None:
        found = found.where(Membership.id > after)
    return list(session.execute(found).tuples())


def change_role(
    state: ServerState, session: Session, principal: Principal, workspace_id: str, user_id: str, role: Role
) -> Member:
    """Raises Forbidden for a role or a member not below the caller's, Conflict when no owner would be left."""
    workspace = locked(session, workspace_id)
    own = require(session, principal, Action.INVITE, workspace_id)
    member, user = _member(session, workspace_id, user_id)
    before = Role(member.role)
    if before is role:
        return member, user
    require_may_touch(own, before)
    require_may_give(own, role)
    require_other_owner(before, _owners(session, workspace_id))
    member.role = role
    _role_changed(state, session, principal, member, before)
    sentence = f"You are {role.lower()} in the workspace “{workspace.name}” now."
    _tell(state, session, principal, workspace_id, user_id, sentence)
    return member, user


def remove_member(state: ServerState, session: Session, principal: Principal, workspace_id: str, user_id: str) -> None:
    """Raises Forbidden for a member not below the caller. To remove oneself is to leave."""
    if user_id == principal.user_id:
        leave(state, session, principal, workspace_id)
        return
    workspace = locked(session, workspace_id)
    own = require(session, principal, Action.INVITE, workspace_id)
    member, _ = _member(session, workspace_id, user_id)
    require_may_touch(own, Role(member.role))
    require_other_owner(Role(member.role), _owners(session, workspace_id))
    session.delete(member)
    end_invitations_of(session, workspace_id, user_id)
    record(session, principal, Audited.MEMBER_REMOVED, workspace_id=workspace_id, target=user_id, role=member.role)
    sentence = f"You were removed from the workspace “{workspace.name}”."
    lost_workspace(state, session, workspace_id, user_id, sentence)
    _tell(state, session, principal, workspace_id, user_id, sentence)


def leave(state: ServerState, session: Session, principal: Principal, workspace_id: str) -> None:
    """Raises Conflict for the only owner, and for one's own workspace."""
    workspace = locked(session, workspace_id)
    require(session, principal, Action.SEE, workspace_id)
    _require_shared(workspace)
    member, _ = _member(session, workspace_id, principal.user_id)
    require_other_owner(Role(member.role), _owners(session, workspace_id))
    session.delete(member)
    end_invitations_of(session, workspace_id, principal.user_id)
    record(session, principal, Audited.MEMBER_LEFT, workspace_id=workspace_id, target=principal.user_id)
    lost_workspace(
        state, session, workspace_id, principal.user_id, f"You left the workspace “{workspace.name}”; your copies stay."
    )


def transfer_ownership(
    state: ServerState, session: Session, principal: Principal, workspace_id: str, user_id: str
) -> Member:
    """The other member becomes an owner and the caller an admin, in one step."""
    workspace = locked(session, workspace_id)
    require(session, principal, Action.TRANSFER, workspace_id)
    _require_shared(workspace)
    if user_id == principal.user_id:
        raise BadRequest("You own this workspace already; name another member.")
    heir, user = _member(session, workspace_id, user_id)
    own, _ = _member(session, workspace_id, principal.user_id)
    own.role, heir.role = Role.ADMIN, Role.OWNER
    record(session, principal, Audited.OWNERSHIP_TRANSFERRED, workspace_id=workspace_id, target=user_id)
    changed_role(state, session, workspace_id, user_id)
    changed_role(state, session, workspace_id, principal.user_id)
    sentence = f"You are an owner of the workspace “{workspace.name}” now."
    _tell(state, session, principal, workspace_id, user_id, sentence)
    return heir, user


def end_invitations_of(session: Session, workspace_id: str, user_id: str) -> None:
    """What someone offered in a role doesn't outlast the role."""
    session.execute(
        update(Invitation)
        .where(
            Invitation.workspace_id == workspace_id,
            Invitation.invited_by == user_id,
            Invitation.state == InvitationState.OPEN,
        )
        .values(state=InvitationState.REVOKED, decided_at=now())
    )


def _role_changed(state: ServerState, session: Session, principal: Principal, member: Membership, before: Role) -> None:
    if Action.INVITE not in ALLOWED[Role(member.role)]:
        end_invitations_of(session, member.workspace_id, member.user_id)
    record(
        session,
        principal,
        Audited.ROLE_CHANGED,
        workspace_id=member.workspace_id,
        target=member.user_id,
        before=before.value,
        after=member.role,
    )
    changed_role(state, session, member.workspace_id, member.user_id)


def _tell(
    state: ServerState, session: Session, principal: Principal, workspace_id: str, user_id: str, sentence: str
) -> None:
    notify(
        state,
        session,
        [user_id],
        Kind.ROLE_CHANGED,
        sentence,
        actor_id=principal.user_id,
        workspace_id=workspace_id,
        target=workspace_id,
    )


def _require_shared(workspace: Workspace) -> None:
    if workspace.personal_of is not None:
        raise Conflict("This is your own workspace; nobody joins or leaves it. Make another one to work together.")


def _member(session: Session, workspace_id: str, user_id: str) -> Member:
    found = (
        select(Membership, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.workspace_id == workspace_id, Membership.user_id == user_id)
    )
    member = session.execute(found.execution_options(populate_existing=True)).tuples().one_or_none()
    if member is None:
        raise Missing("This person doesn't belong to the workspace.")
    return member


def _owners(session: Session, workspace_id: str) -> int:
    counted = select(func.count()).where(Membership.workspace_id == workspace_id, Membership.role == Role.OWNER)
    return session.scalar(counted) or 0
