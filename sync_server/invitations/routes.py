"""Invitations over HTTP: a workspace's for its admins, one's own for the signed-in person."""

from __future__ import annotations

from fastapi import APIRouter

from sync_server.access.roles import Role
from sync_server.database.base import now
from sync_server.http.dependencies import Caller, Person, Reading, State, Writing
from sync_server.inputs import After, IdInPath, Limit
from sync_server.invitations import service
from sync_server.invitations.models import InvitationState
from sync_server.invitations.schemas import InvitationItem, InvitationPage, NewInvitation
from sync_server.invitations.service import Offer
from sync_server.problems import IN_WORKSPACE, SIGNED_IN, Conflict, Gone, Missing, documented
from sync_server.workspaces.routes import workspace_item
from sync_server.workspaces.schemas import WorkspaceItem

router = APIRouter(tags=["invitations"])
_OF_WORKSPACE = "/workspaces/{workspace_id}/invitations"
_MINE = "/invitations"


@router.post(
    _OF_WORKSPACE,
    status_code=201,
    operation_id="create_invitation",
    responses=documented(*IN_WORKSPACE, Conflict),
)
def create_invitation(
    workspace_id: IdInPath, caller: Caller, state: State, session: Writing, body: NewInvitation
) -> InvitationItem:
    """Invite someone by mail, to a role below your own unless you are an owner"""
    return _item(service.invite(state, session, caller, workspace_id, body.email, body.role))


@router.get(_OF_WORKSPACE, operation_id="list_invitations", responses=documented(*IN_WORKSPACE))
def list_invitations(
    workspace_id: IdInPath, caller: Caller, session: Reading, after: After = None, limit: Limit = 50
) -> InvitationPage:
    """The open invitations of a workspace"""
    return _page(service.list_of_workspace(session, caller, workspace_id, after, limit), limit)


@router.post(
    _OF_WORKSPACE + "/{invitation_id}/resend",
    operation_id="resend_invitation",
    responses=documented(*IN_WORKSPACE, Gone),
)
def resend_invitation(
    workspace_id: IdInPath, invitation_id: IdInPath, caller: Caller, state: State, session: Writing
) -> InvitationItem:
    """Mail it again; it is good for another seven days"""
    return _item(service.resend(state, session, caller, workspace_id, invitation_id))


@router.delete(
    _OF_WORKSPACE + "/{invitation_id}",
    status_code=204,
    operation_id="revoke_invitation",
    responses=documented(*IN_WORKSPACE, Gone),
)
def revoke_invitation(workspace_id: IdInPath, invitation_id: IdInPath, caller: Caller, session: Writing) -> None:
    """Take it back"""
    service.revoke(session, caller, workspace_id, invitation_id)


@router.get(_MINE, operation_id="list_my_invitations", responses=documented(*SIGNED_IN))
def list_my_invitations(person: Person, session: Reading, after: After = None, limit: Limit = 50) -> InvitationPage:
    """What is offered to the address of your account"""
    return _page(service.list_for_me(session, person, after, limit), limit)


@router.post(
    _MINE + "/{invitation_id}/accept",
    operation_id="accept_invitation",
    responses=documented(*SIGNED_IN, Missing, Gone),
)
def accept_invitation(invitation_id: IdInPath, person: Person, state: State, session: Writing) -> WorkspaceItem:
    """Join the workspace"""
    return workspace_item(state.config, service.accept(state, session, person, invitation_id))


@router.post(
    _MINE + "/{invitation_id}/decline",
    status_code=204,
    operation_id="decline_invitation",
    responses=documented(*SIGNED_IN, Missing, Gone),
)
def decline_invitation(invitation_id: IdInPath, person: Person, session: Writing) -> None:
    """Don't join; the invitation ends"""
    service.decline(session, person, invitation_id)


def _page(offers: list[Offer], limit: int) -> InvitationPage:
    items = [_item(offer) for offer in offers]
    return InvitationPage(items=items, next=items[-1].id if len(items) == limit else None)


def _item(offer: Offer) -> InvitationItem:
    invitation = offer.invitation
    return InvitationItem(
        id=invitation.id,
        workspace_id=invitation.workspace_id,
        workspace_name=offer.workspace_name,
        email=invitation.email,
        role=Role(invitation.role),
        invited_by=offer.inviter_name,
        state=InvitationState(invitation.state),
        expired=invitation.expires_at <= now(),
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
    )
