"""The one who writes the logs: pushes that wait are committed together, and each is answered when it is durable.

A push costs a flush of the disk; many at once cost one. Updates are tried in the validator before the transaction, so
that a hostile one holds no lock. Permission, epoch and the binding of peers are looked at inside the transaction, under
the project's lock; a push that fails there writes nothing, and those behind it on the same project, which were tried on
top of it, are tried again.
"""

from __future__ import annotations

import base64
import binascii
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from sqlalchemy import bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from engine.protocol.sync import Changed, Push, Pushed
from sync_server.access.check import require_project
from sync_server.access.principal import Principal
from sync_server.access.roles import Action
from sync_server.comments.mentions import notify_mentioned
from sync_server.database.database import after_commit
from sync_server.logs.reading import fact_message, update_message
from sync_server.logs.table import Table
from sync_server.logs.taking import Taken, action_of, require_epoch, take
from sync_server.logs.validator import Checked, Validator
from sync_server.problems import BadRequest, Missing, Problem, TooLarge, Unavailable
from sync_server.projects.models import Project
from sync_server.projects.service import project_channel
from sync_server.realtime.hub import Listener
from sync_server.state import ServerState

LOG = logging.getLogger("mascotforge.server.logs")
MAX_BATCH = 256
MAX_WAITING = 4096
_TRUSTED_FOR_S = 5.0
"""How long a look at someone's permission is believed before an update is tried; the transaction looks again."""


# Made once: what SQLAlchemy finds out of a statement stays with it.
_HEADS = select(Project.id, Project.last_update, Project.workspace_id, Project.epoch).where(
    Project.id.in_(bindparam("ids", expanding=True)), Project.deleted_at.is_(None)
)


@dataclass(eq=False)
class Waiting:
    """A push on its way."""

    principal: Principal
    project_id: str
    push: Push
    data: bytes
    listener: Listener | None
    done: Future[Pushed] = field(default_factory=Future[Pushed])
    checked: Checked | None = None
    number: int = 0
    """The entry that the validator expects it to become."""

    @property
    def action(self) -> Action:
        return action_of(self.push)


@dataclass
class _Head:
    """What a batch knows of a project before its transaction."""

    number: int
    workspace_id: str
    epoch: str


class LogWriter:
    def __init__(self, state: ServerState, validator: Validator, saw: Callable[[str, int], None]) -> None:
        self._state = state
        self._validator = validator
        self._saw = saw
        self._waiting: deque[Waiting] = deque()
        self._guard = threading.Lock()
        self._scheduled = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="log writer")
        self._seen_allowed: dict[tuple[Principal, str, Action], float] = {}
        self.batches = 0
        self.pushes = 0

    def submit(
        self, principal: Principal, project_id: str, push: Push, *, listener: Listener | None = None
    ) -> Future[Pushed]:
        """Its result is said when the push is durable; its exceptions are Problems.

        Raises BadRequest, TooLarge, Unavailable. `listener` is not told of its own push.
        """
        waiting = Waiting(principal, project_id, push, self._decoded(push), listener)
        with self._guard:
            if len(self._waiting) >= MAX_WAITING:
                raise Unavailable("Too many edits wait to be written; try again in a moment.", retry_after_s=1.0)
            self._waiting.append(waiting)
            if not self._scheduled:
                self._scheduled = True
                self._schedule()
        return waiting.done

    def close(self) -> None:
        """Write what waits, then end."""
        self._thread.shutdown(wait=True)

    def _decoded(self, push: Push) -> bytes:
        if push.update is None:
            return b""
        try:
            data = base64.b64decode(push.update, validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadRequest("The update of this push isn't base64.") from error
        if len(data) > self._state.config.max_update_bytes:
            raise TooLarge(
                f"This push has {len(data) / 2**20:.1f} MiB of edits; the most at once is "
                f"{self._state.config.max_update_bytes / 2**20:.0f} MiB. Push them in parts."
            )
        return data

    def _schedule(self) -> None:
        self._thread.submit(self._write_next).add_done_callback(_log_failure)

    def _write_next(self) -> None:
        with self._guard:
            batch = [self._waiting.popleft() for _ in range(min(MAX_BATCH, len(self._waiting)))]
        try:
            self._write(batch)
        finally:
            # Whatever went wrong, nobody waits for ever, and those behind have their turn.
            for waiting in batch:
                if not waiting.done.done():
                    waiting.done.set_exception(_failed())
            with self._guard:
                self._scheduled = bool(self._waiting)
                if self._scheduled:
                    self._schedule()

    def _write(self, batch: Sequence[Waiting]) -> None:
        todo = list(batch)
        while todo:
            tried, later = self._try_updates(todo)
            try:
                todo = [*later, *self._commit(tried)]
            except SQLAlchemyError as error:
                LOG.error("a batch of %d pushes was not written", len(tried), exc_info=error)
                self._forget(tried)
                open_still = [waiting for waiting in (*tried, *later) if not waiting.done.done()]
                if len(open_still) > 1:
                    # One of them is at fault: the others shall not suffer for it.
                    for waiting in open_still:
                        self._write([waiting])
                return

    # Before the transaction

    def _try_updates(self, batch: Sequence[Waiting]) -> tuple[list[Waiting], list[Waiting]]:
        """Those that may go on, and those that must be tried again later; the others are answered."""
        heads = self._heads(batch)
        allowed = [waiting for waiting in batch if self._answered_before(waiting, heads) is None]
        fit = [waiting for waiting in allowed if not waiting.data]
        later: list[Waiting] = []
        for one_each in _rounds([waiting for waiting in allowed if waiting.data]):
            numbers = [heads[waiting.project_id].number for waiting in one_each]
            tries = [
                (waiting.project_id, number, waiting.data) for waiting, number in zip(one_each, numbers, strict=True)
            ]
            for waiting, number, outcome in zip(one_each, numbers, self._validator.check_each(tries), strict=True):
                if outcome is None:
                    later.append(waiting)
                elif isinstance(outcome, Problem):
                    waiting.done.set_exception(outcome)
                else:
                    waiting.checked, waiting.number = outcome, number + 1
                    if outcome.spans:
                        heads[waiting.project_id].number += 1
                    fit.append(waiting)
        return fit, later

    def _heads(self, batch: Sequence[Waiting]) -> dict[str, _Head]:
        ids = list({waiting.project_id for waiting in batch})
        with self._state.database.read() as session:
            rows = session.execute(_HEADS, {"ids": ids})
            return {id_: _Head(number, workspace_id, epoch) for id_, number, workspace_id, epoch in rows}

    def _answered_before(self, waiting: Waiting, heads: dict[str, _Head]) -> Problem | None:
        """A first look, so that those who may not write cost the validator nothing; it is believed for some seconds."""
        head = heads.get(waiting.project_id)
        try:
            if head is None:
                raise _missing()
            key = (waiting.principal, head.workspace_id, waiting.action)
            if time.monotonic() - self._seen_allowed.get(key, -_TRUSTED_FOR_S) >= _TRUSTED_FOR_S:
                with self._state.database.read() as session:
                    require_project(session, waiting.principal, waiting.action, waiting.project_id)
                if len(self._seen_allowed) > MAX_WAITING:
                    self._seen_allowed.clear()
                self._seen_allowed[key] = time.monotonic()
            # After the permission: a stranger learns nothing of the project.
            require_epoch(head, waiting.push)
        except Problem as problem:
            waiting.done.set_exception(problem)
            return problem
        return None

    # The transaction

    def _commit(self, batch: Sequence[Waiting]) -> list[Waiting]:
        """Write those that were tried; returns those to be tried again."""
        if not batch:
            return []
        again: list[Waiting] = []
        lost: set[str] = set()
        done: list[tuple[Waiting, Taken, Project]] = []
        # One flush at the end: it writes many rows at once.
        with self._state.database.write() as session, session.no_autoflush:
            table = Table.locked(session, batch)
            for waiting in batch:
                if waiting.project_id in lost and waiting.data:
                    again.append(waiting)
                    continue
                try:
                    project, role = table.allowed(waiting.principal, waiting.action, waiting.project_id)
                    taken = take(table, project, role, waiting.principal, waiting.push, waiting.data, waiting.checked)
                except Problem as problem:
                    waiting.done.set_exception(problem)
                    if waiting.checked is not None and waiting.checked.spans:
                        lost.add(waiting.project_id)
                    continue
                if self._is_ahead(waiting, taken):
                    lost.add(waiting.project_id)
                done.append((waiting, taken, project))
            session.flush()
            self._tell_after_commit(table, done)
        self.batches += 1
        self.pushes += len(done)
        for waiting, taken, _ in done:
            waiting.done.set_result(taken.answer)
            if taken.update is not None:
                self._saw(waiting.project_id, taken.update.number)
        for project_id in lost:
            self._validator.forget(project_id)
        return again

    def _is_ahead(self, waiting: Waiting, taken: Taken) -> bool:
        """Whether the validator counts otherwise than the log, because another process was first."""
        written = 0 if taken.update is None else taken.update.number
        return waiting.checked is not None and bool(waiting.checked.spans) and written != waiting.number

    def _tell_after_commit(self, table: Table, done: Sequence[tuple[Waiting, Taken, Project]]) -> None:
        session, names = table.session, table.names()
        for waiting, taken, project in done:
            if taken.update is None and not taken.facts:
                continue
            notify_mentioned(self._state, session, project, waiting.principal, taken.facts)
            changed = Changed(
                project_id=project.id,
                epoch=project.epoch,
                updates=[update_message(taken.update, names)] if taken.update is not None else [],
                facts=[fact_message(fact, names) for fact in taken.facts],
            )
            after_commit(session, self._publish(changed, waiting.listener))

    def _publish(self, changed: Changed, listener: Listener | None) -> Callable[[], None]:
        channel = project_channel(changed.project_id)
        return lambda: self._state.hub.publish(channel, changed, but=listener)

    def _forget(self, batch: Sequence[Waiting]) -> None:
        for project_id in {waiting.project_id for waiting in batch}:
            self._validator.forget(project_id)


def _rounds(batch: Sequence[Waiting]) -> Iterator[list[Waiting]]:
    """In order, each project once in a round: an update is tried on top of those before it."""
    rest = list(batch)
    while rest:
        first: dict[str, Waiting] = {}
        behind: list[Waiting] = []
        for waiting in rest:
            if first.setdefault(waiting.project_id, waiting) is not waiting:
                behind.append(waiting)
        yield list(first.values())
        rest = behind


def _missing() -> Missing:
    return Missing("There is no such project, or it isn't shared with you.")


def _log_failure(job: Future[None]) -> None:
    if error := job.exception():
        LOG.error("the log's writer failed", exc_info=error)


def _failed() -> Unavailable:
    return Unavailable("The server couldn't write this push; it will be taken when you send it again.")
