"""What ends at once when someone loses a role or signs out: live sockets in every process, and signed URLs.

Sockets are told through the hub, which passes the word to the server's other processes. Signed URLs need no word: they
name the person, the device and the workspace, and `require_signed` asks the database at each use.
"""

from __future__ import annotations

from pydantic import BaseModel
from sqlalchemy.orm import Session

from engine.protocol.sync import Revoked
from sync_server.access.check import require
from sync_server.access.principal import EVERYTHING, Principal
from sync_server.access.roles import Action, Role
from sync_server.accounts.models import Device, User
from sync_server.database.database import after_commit
from sync_server.problems import Missing
from sync_server.realtime.hub import Hub, Listener
from sync_server.state import ServerState

CHANNEL = "revocations"


class Revocation(BaseModel):
    """Whose sockets it concerns; what isn't named is anyone's. Without a workspace the whole socket ends."""

    user_id: str | None = None
    device_id: str | None = None
    api_key_id: str | None = None
    workspace_id: str | None = None
    sentence: str
    reconnect: bool = False
    """The role became another: the socket ends, and its client comes back and learns it."""

    def concerns(self, listener: Listener) -> bool:
        principal = listener.principal
        return (
            self.user_id in (None, principal.user_id)
            and self.device_id in (None, principal.device_id)
            and self.api_key_id in (None, principal.api_key_id)
            and (self.workspace_id is None or self.workspace_id in listener.channels.values())
        )


def lost_workspace(state: ServerState, session: Session, workspace_id: str, user_id: str | None, sentence: str) -> None:
    """This person (None: everybody) no longer belongs to the workspace, once the transaction is durable."""
    _after(state, session, Revocation(user_id=user_id, workspace_id=workspace_id, sentence=sentence))


def changed_role(state: ServerState, session: Session, workspace_id: str, user_id: str) -> None:
    """This person has another role in the workspace, once the transaction is durable."""
    told = Revocation(user_id=user_id, workspace_id=workspace_id, sentence="Your role changed.", reconnect=True)
    _after(state, session, told)


def signed_out(
    state: ServerState,
    session: Session,
    user_id: str,
    *,
    device_id: str | None = None,
    api_key_id: str | None = None,
) -> None:
    """The device or API key (neither: everything of this person) lost its access, once the transaction is durable."""
    told = Revocation(user_id=user_id, device_id=device_id, api_key_id=api_key_id, sentence="You were signed out.")
    _after(state, session, told)


def require_signed(
    session: Session, user_id: str, device_id: str | None, action: Action, workspace_id: str
) -> tuple[Principal, Role]:
    """For a signed URL, at each use: the person and the device must still be there, and still have the right.

    Raises Missing, also for too low a role: a URL that lost its right says nothing about what it pointed to.
    """
    user = session.get(User, user_id)
    device = None if device_id is None else session.get(Device, device_id)
    gone = user is None or user.disabled_at is not None
    signed_out_since = device_id is not None and (device is None or device.revoked_at is not None)
    if gone or signed_out_since:
        raise Missing("This link has ended; open the file in the studio again.")
    principal = Principal(user_id, device_id, None, EVERYTHING)
    return principal, require(session, principal, action, workspace_id)


def install_revocation(hub: Hub) -> None:
    """Have this process act on revocations, its own and those of other processes."""
    hub.handlers[CHANNEL] = lambda text: _act(hub, Revocation.model_validate_json(text))


def _after(state: ServerState, session: Session, revocation: Revocation) -> None:
    after_commit(session, lambda: state.hub.publish(CHANNEL, revocation))


def _act(hub: Hub, revocation: Revocation) -> None:
    if revocation.workspace_id is None or revocation.reconnect:
        hub.end(revocation.concerns)
        return
    for listener in hub.listeners:
        if revocation.concerns(listener):
            _revoke(hub, listener, revocation)


def _revoke(hub: Hub, listener: Listener, revocation: Revocation) -> None:
    lost = [channel for channel, workspace in listener.channels.items() if workspace == revocation.workspace_id]
    for channel in lost:
        hub.unsubscribe(listener, channel)
        if not listener.send(Revoked(channel=channel, sentence=revocation.sentence)):
            hub.end(lambda one: one is listener)
            return
