"""When and from where a key was last used, written down a little later and together: a request doesn't wait for it."""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from sync_server.api_keys.models import ApiKey
from sync_server.audit.service import caller_address
from sync_server.database.base import now
from sync_server.database.database import Database

LOG = logging.getLogger("mascotforge.server.api_keys")
WRITE_EVERY_S = 5.0


class KeyUses:
    """Remembers the last use of each key and writes it down every few seconds, and when the server ends."""

    def __init__(self, database: Database, every_s: float = WRITE_EVERY_S) -> None:
        self._database = database
        self._every_s = every_s
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[datetime, str]] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="key uses", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(10)
        self.write_down()

    def saw(self, key_id: str) -> None:
        with self._lock:
            self._seen[key_id] = (now(), caller_address.get()[:64])

    def _run(self) -> None:
        while not self._ended.wait(self._every_s):
            self.write_down()

    def write_down(self) -> None:
        with self._lock:
            seen, self._seen = self._seen, {}
        if not seen:
            return
        try:
            with self._database.write() as session:
                for key_id, (at, address) in sorted(seen.items()):
                    used = update(ApiKey).where(ApiKey.id == key_id)
                    session.execute(used.values(last_used_at=at, last_address=address))
        except SQLAlchemyError:
            LOG.exception("the last uses of %d API keys could not be written", len(seen))
