"""How often pages were looked at: counted in memory, written every few seconds, so that a busy page costs nothing."""

from __future__ import annotations

import threading
from collections import Counter

from sqlalchemy import update

from sync_server.database.database import Database
from sync_server.publications.models import Publication

EVERY_S = 5.0


class Views:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._counted: Counter[str] = Counter()
        self._lock = threading.Lock()

    def count(self, publication_id: str) -> None:
        with self._lock:
            self._counted[publication_id] += 1

    def write(self) -> None:
        """Add what was counted to the table; nothing is lost when that fails."""
        with self._lock:
            counted, self._counted = self._counted, Counter()
        try:
            with self._database.write() as session:
                for publication_id, views in sorted(counted.items()):
                    mine = Publication.id == publication_id
                    session.execute(update(Publication).where(mine).values(views=Publication.views + views))
            counted.clear()
        finally:
            with self._lock:
                self._counted.update(counted)
