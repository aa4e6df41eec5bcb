"""The signed link at the end of each such mail: whoever has the mail can end them, without signing in."""

from __future__ import annotations

from urllib.parse import quote

from sync_server.accounts.models import User
from sync_server.notifications.kinds import Digest
from sync_server.notifications.preferences import set_digest
from sync_server.problems import Gone
from sync_server.secrets.signatures import BadSignature, Signer
from sync_server.state import ServerState

PURPOSE = "no more mail"
LIFETIME_S = 90 * 24 * 3600
PATH = "/notifications/opt-out"


def opt_out_link(state: ServerState, user_id: str) -> str:
    token = state.get(Signer).sign(PURPOSE, {"sub": user_id}, LIFETIME_S)
    return f"{state.config.url}{PATH}?token={quote(token)}"


def opt_out(state: ServerState, token: str) -> None:
    """No more mail for the person of this link. Raises Gone for one that isn't ours, or is too old."""
    try:
        user_id = str(state.get(Signer).verify(PURPOSE, token)["sub"])
    except BadSignature as error:
        raise Gone("This link has ended; use the one of a newer mail, or the studio's preferences.") from error
    with state.database.write() as session:
        if session.get(User, user_id) is not None:
            set_digest(session, user_id, Digest.NEVER)
