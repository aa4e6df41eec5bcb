"""The thread that looks now and then whether mail about notifications is due."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from sync_server.database.base import now
from sync_server.notifications.digest import forget_old, send_due
from sync_server.state import ServerState

LOG = logging.getLogger("mascotforge.server.notifications")
FORGET_EVERY = timedelta(hours=6)


class DigestRunner:
    """Each process has one; a person's mail is sent by whichever comes first."""

    def __init__(self, state: ServerState) -> None:
        self._state = state
        self._ended = threading.Event()
        self._forgot_at: datetime | None = None
        self._thread = threading.Thread(target=self._run, name="digests", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def _run(self) -> None:
        while not self._ended.wait(self._state.config.digest_check_s):
            try:
                self._round(now())
            except SQLAlchemyError:
                LOG.exception("mail about notifications could not be prepared; the next round tries again")

    def _round(self, at: datetime) -> None:
        sent = send_due(self._state, at)
        if sent:
            LOG.info("%d mails about notifications", sent)
        if self._forgot_at is None or at - self._forgot_at > FORGET_EVERY:
            self._forgot_at = at
            with self._state.database.write() as session:
                forget_old(session, at)
