"""Which channels there are, and who may listen: asked when a socket subscribes, and now and then again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from sync_server.access.check import require, require_project, require_scope
from sync_server.access.principal import Principal
from sync_server.access.roles import Action, Scope
from sync_server.accounts.models import Device, User
from sync_server.api_keys.service import is_alive
from sync_server.problems import Missing, Unauthenticated

USER = "user"


def channel_for(session: Session, principal: Principal, wanted: str) -> tuple[str, str]:
    """The hub's name of a channel, and the workspace that it belongs to (empty for one's own).

    Raises Missing, Forbidden.
    """
    kind, _, id_ = wanted.partition(":")
    match kind:
        case "user" if not id_:
            require_scope(principal, Scope.READ)
            return f"user:{principal.user_id}", ""
        case "project" if id_:
            project, _ = require_project(session, principal, Action.SEE, id_)
            return wanted, project.workspace_id
        case "workspace" if id_:
            require(session, principal, Action.SEE, id_)
            return wanted, id_
        case "job":
            raise Missing("There is no such job.")
        case _:
            raise Missing("There is no such channel.")


def require_signed_in(session: Session, principal: Principal) -> None:
    """Raises Unauthenticated when the account or the device behind an open socket has ended."""
    user = session.get(User, principal.user_id)
    device = None if principal.device_id is None else session.get(Device, principal.device_id)
    if user is None or user.disabled_at is not None:
        raise Unauthenticated("This account has ended.")
    if principal.device_id is not None and (device is None or device.revoked_at is not None):
        raise Unauthenticated("This sign-in has ended; sign in again.")
    if principal.api_key_id is not None and not is_alive(session, principal.api_key_id):
        raise Unauthenticated("This API key was revoked or has expired.")
