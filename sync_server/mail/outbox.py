"""Putting a mail into the outbox: it is sent once the transaction it belongs to is durable."""

from __future__ import annotations

from sqlalchemy.orm import Session

from sync_server.database.database import after_commit
from sync_server.mail.letters import written
from sync_server.mail.models import OutgoingMail
from sync_server.mail.postman import Postman
from sync_server.state import ServerState


def send_mail(
    state: ServerState, session: Session, recipient: str, template: str, *, unsubscribe: str = "", **values: object
) -> None:
    """Queue the mail of `templates/<template>` within a write transaction."""
    letter = written(template, **values)
    session.add(
        OutgoingMail(
            recipient=recipient, subject=letter.subject, text=letter.text, html=letter.html, unsubscribe=unsubscribe
        )
    )
    after_commit(session, state.get(Postman).wake)
