"""The thread that sends what lies in the outbox. A mail that can't be sent is tried again, later each time."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from sqlalchemy import or_, select

from sync_server.database.base import now
from sync_server.database.database import Database
from sync_server.mail.models import OutgoingMail
from sync_server.mail.transports import Transport, Undeliverable

LOG = logging.getLogger("mascotforge.server.mail")
CLAIM_S = 120.0
FIRST_WAIT_S = 30.0
LONGEST_WAIT_S = 3600.0
MAX_TRIES = 40
POLL_S = 15.0


class Postman:
    """Several processes may each have one: a mail is claimed before it is sent."""

    def __init__(self, database: Database, transport: Transport, *, first_wait_s: float = FIRST_WAIT_S) -> None:
        self._database = database
        self._transport = transport
        self._first_wait_s = first_wait_s
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="postman", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def close(self) -> None:
        self._ended.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def _run(self) -> None:
        while not self._ended.is_set():
            self._wake.clear()
            while not self._ended.is_set() and (mail := self._claim()) is not None:
                self._send(mail)
            self._wake.wait(min(POLL_S, self._first_wait_s))

    def _claim(self) -> OutgoingMail | None:
        at = now()
        due = (
            select(OutgoingMail)
            .where(OutgoingMail.next_try_at <= at, OutgoingMail.failed_at.is_(None))
            .where(or_(OutgoingMail.claimed_until.is_(None), OutgoingMail.claimed_until < at))
            .order_by(OutgoingMail.next_try_at)
            .limit(1)
        )
        with self._database.read() as session:  # looking must not take the writer's place
            if session.scalar(due) is None:
                return None
        with self._database.write() as session:
            mail = session.scalar(due.with_for_update(skip_locked=True))
            if mail is not None:
                mail.claimed_until = at + timedelta(seconds=CLAIM_S)
            return mail

    def _send(self, mail: OutgoingMail) -> None:
        try:
            self._transport.send(mail)
        except Undeliverable as error:
            self._put_back(mail, error)
        else:
            with self._database.write() as session:
                sent = session.get(OutgoingMail, mail.id)
                if sent is not None:
                    session.delete(sent)

    def _put_back(self, mail: OutgoingMail, error: Undeliverable) -> None:
        with self._database.write() as session:
            kept = session.get(OutgoingMail, mail.id)
            if kept is None:
                return
            kept.tries += 1
            kept.claimed_until = None
            kept.last_error = str(error)[:500]
            wait = min(self._first_wait_s * 2 ** min(kept.tries - 1, 10), LONGEST_WAIT_S)
            kept.next_try_at = now() + timedelta(seconds=wait)
            if error.for_ever or kept.tries >= MAX_TRIES:
                kept.failed_at = now()
        LOG.warning("a mail could not be sent (try %s): %s", kept.tries, error)
