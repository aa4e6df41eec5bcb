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
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from engine.protocol.sync import Changed, Push, Pushed
from sync_server.access.check import require_project
from sync_server.access.principal import Principal
from sync_server.access.roles import Action, Role
from sync_server.comments.mentions import notify_mentioned
from sync_server.database.database import after_commit
from sync_server.logs.reading import fact_message, names_of, update_message
from sync_server.logs.taking import Taken, action_of, require_epoch, take
from sync_server.logs.validator import Checked, Validator
from sync_server.problems import BadRequest, Problem, TooLarge, Unavailable
from sync_server.projects.models import Project
from sync_server.projects.service import project_channel
from sync_server.realtime.hub import Listener
from sync_server.state import ServerState

LOG = logging.getLogger("mascotforge.server.logs")
MAX_BATCH = 256
MAX_WAITING = 4096
_TRUSTED_FOR_S = 5.0
"""How long a look at someone's permission is believed before an update is tried; the transaction looks again."""


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
            tried = self._try_updates(todo)
            try:
                todo = self._commit(tried)
            except SQLAlchemyError as error:
                LOG.error("a batch of %d pushes was not written", len(tried), exc_info=error)
                self._forget(tried)
                open_still = [waiting for waiting in tried if not waiting.done.done()]
                if len(tried) > 1:
                    # One of them is at fault: the others shall not suffer for it.
                    for waiting in open_still:
                        self._write([waiting])
                return

    # Before the transaction

    def _try_updates(self, batch: Sequence[Waiting]) -> list[Waiting]:
        """Those that may go on; the others are answered."""
        fit: list[Waiting] = []
        heads = self._heads({waiting.project_id for waiting in batch})
        for waiting in batch:
            try:
                self._require_before(waiting)
                if waiting.data:
                    self._try(waiting, heads)
                fit.append(waiting)
            except Problem as problem:
                waiting.done.set_exception(problem)
        return fit

    def _try(self, waiting: Waiting, heads: dict[str, int]) -> None:
        head = heads[waiting.project_id]
        waiting.checked = self._validator.check(waiting.project_id, head, waiting.data)
        if waiting.checked.spans:
            waiting.number = heads[waiting.project_id] = head + 1

    def _heads(self, project_ids: set[str]) -> dict[str, int]:
        with self._state.database.read() as session:
            found = select(Project.id, Project.last_update).where(Project.id.in_(project_ids))
            return dict(session.execute(found).tuples().all())

    def _require_before(self, waiting: Waiting) -> None:
        key = (waiting.principal, waiting.project_id, waiting.action)
        if time.monotonic() - self._seen_allowed.get(key, -_TRUSTED_FOR_S) < _TRUSTED_FOR_S:
            return
        with self._state.database.read() as session:
            project, _ = require_project(session, *self._asked(waiting))
            require_epoch(project, waiting.push)
        if len(self._seen_allowed) > MAX_WAITING:
            self._seen_allowed.clear()
        self._seen_allowed[key] = time.monotonic()

    def _asked(self, waiting: Waiting) -> tuple[Principal, Action, str]:
        return waiting.principal, waiting.action, waiting.project_id

    # The transaction

    def _commit(self, batch: Sequence[Waiting]) -> list[Waiting]:
        """Write those that were tried; returns those to be tried again."""
        if not batch:
            return []
        again: list[Waiting] = []
        answers: list[tuple[Waiting, Pushed]] = []
        lost: set[str] = set()
        with self._state.database.write() as session:
            _locked = _lock(session, {waiting.project_id for waiting in batch})
            roles: dict[tuple[Principal, str, Action], tuple[Project, Role]] = {}
            done: list[tuple[Waiting, Taken, Project]] = []
            for waiting in batch:
                if waiting.project_id in lost and waiting.data:
                    again.append(waiting)
                    continue
                try:
                    taken, project = self._take(session, waiting, roles)
                except Problem as problem:
                    waiting.done.set_exception(problem)
                    if waiting.checked is not None and waiting.checked.spans:
                        lost.add(waiting.project_id)
                    continue
                if self._is_ahead(waiting, taken):
                    lost.add(waiting.project_id)
                done.append((waiting, taken, project))
            session.flush()
            self._tell_after_commit(session, done)
            answers = [(waiting, taken.answer) for waiting, taken, _ in done]
        self.batches += 1
        self.pushes += len(answers)
        for waiting, answer in answers:
            waiting.done.set_result(answer)
            if answer.update_number is not None:
                self._saw(waiting.project_id, answer.update_number)
        for project_id in lost:
            self._validator.forget(project_id)
        return again

    def _take(
        self, session: Session, waiting: Waiting, roles: dict[tuple[Principal, str, Action], tuple[Project, Role]]
    ) -> tuple[Taken, Project]:
        key = (waiting.principal, waiting.project_id, waiting.action)
        if key not in roles:
            roles[key] = require_project(session, *self._asked(waiting))
        project, role = roles[key]
        taken = take(session, project, role, waiting.principal, waiting.push, waiting.data, waiting.checked)
        return taken, project

    def _is_ahead(self, waiting: Waiting, taken: Taken) -> bool:
        """Whether the validator counts otherwise than the log, because another process was first."""
        written = 0 if taken.update is None else taken.update.number
        return waiting.checked is not None and bool(waiting.checked.spans) and written != waiting.number

    def _tell_after_commit(self, session: Session, done: Sequence[tuple[Waiting, Taken, Project]]) -> None:
        authors = {row.author_id for _, taken, _ in done for row in (taken.update, *taken.facts) if row is not None}
        names = names_of(session, authors)
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


def _lock(session: Session, project_ids: set[str]) -> Sequence[Project]:
    """In one order, so that two processes never wait for each other. Whoever keeps the result keeps them in memory."""
    found = select(Project).where(Project.id.in_(project_ids)).order_by(Project.id).with_for_update()
    return session.scalars(found).all()


def _log_failure(job: Future[None]) -> None:
    if error := job.exception():
        LOG.error("the log's writer failed", exc_info=error)


def _failed() -> Unavailable:
    return Unavailable("The server couldn't write this push; it will be taken when you send it again.")
