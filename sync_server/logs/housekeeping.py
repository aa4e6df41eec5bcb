"""What keeps the logs short: snapshots of long ones; bytes that a snapshot holds are dropped when they are old.

The rows stay, for the history by author; deleted projects are erased 30 days later.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from sync_server.database.base import now
from sync_server.logs.models import DocumentSnapshot, DocumentUpdate
from sync_server.logs.validator import Validator
from sync_server.problems import Problem
from sync_server.projects.models import Project
from sync_server.projects.service import erase_old
from sync_server.state import ServerState

LOG = logging.getLogger("mascotforge.server.logs")
SNAPSHOT_EVERY = 200
"""Entries between two snapshots of a document."""
KEPT_FOR = timedelta(days=30)
"""How long an update's own bytes are kept once a snapshot holds them."""
SWEEP_S = 3600.0


class Housekeeping:
    """A thread of its own; `saw` tells it of new entries and never waits."""

    def __init__(self, state: ServerState, validator: Validator) -> None:
        self._state = state
        self._validator = validator
        self._due: queue.Queue[str | None] = queue.Queue()
        self._pending: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="log housekeeping", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._due.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def saw(self, project_id: str, number: int) -> None:
        """An entry was written; every so often that means a snapshot."""
        if number % SNAPSHOT_EVERY == 0 and project_id not in self._pending:
            self._pending.add(project_id)
            self._due.put(project_id)

    def compact(self, project_id: str) -> None:
        """Keep a snapshot of the document as it is now. Raises Unavailable, BadRequest."""
        with self._state.database.read() as session:
            number = session.scalar(select(Project.last_update).where(Project.id == project_id))
        if not number:
            return
        data = self._validator.snapshot(project_id, number)
        with self._state.database.write() as session:
            known = session.get(DocumentSnapshot, project_id)
            if session.get(Project, project_id) is None or (known is not None and known.number >= number):
                return
            if known is None:
                session.add(DocumentSnapshot(project_id=project_id, number=number, data=data))
            else:
                known.number, known.data, known.created_at = number, data, now()

    def sweep(self) -> None:
        """Drop old bytes that a snapshot holds, and erase what was deleted long ago."""
        held = select(DocumentSnapshot.number).where(DocumentSnapshot.project_id == DocumentUpdate.project_id)
        with self._state.database.write() as session:
            session.execute(
                update(DocumentUpdate)
                .where(DocumentUpdate.created_at < now() - KEPT_FOR, DocumentUpdate.data.is_not(None))
                .where(DocumentUpdate.number <= held.scalar_subquery())
                .values(data=None)
                .execution_options(synchronize_session=False)
            )
        with self._state.database.write() as session:
            erase_old(session)

    def _run(self) -> None:
        swept = -SWEEP_S
        while True:
            try:
                project_id = self._due.get(timeout=max(0.1, swept + SWEEP_S - time.monotonic()))
            except queue.Empty:
                project_id = ""
            if project_id is None:
                return
            try:
                if project_id:
                    self._pending.discard(project_id)
                    self.compact(project_id)
                if time.monotonic() - swept >= SWEEP_S:
                    swept = time.monotonic()
                    self.sweep()
            except (Problem, SQLAlchemyError) as error:
                LOG.error("the log of project %s was not made shorter", project_id, exc_info=error)
