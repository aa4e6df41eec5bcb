"""Syncing one project: pull, take in, push, until this library and the server have the same.

Every step may be the last before a crash. A document is on disk before the number up to which it was pulled is written;
facts and that number are written together; a push is marked as kept only after the server has said that it is durable.
So what is repeated after a crash arrives twice, which changes nothing.

After a new epoch (a restored server) everything is pulled again, what the server had before is given back to it as what
others and oneself had made, and then one's own news are pushed as always.
"""

from __future__ import annotations

import base64
import binascii
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from engine.cloud import unsent
from engine.cloud.answers import not_understood, understood
from engine.cloud.api import operations
from engine.cloud.session import Session, json_of
from engine.library import facts as journal
from engine.library import taking
from engine.library.database import Write
from engine.library.document_file import BadUpdates
from engine.library.document_updates import merged, version_of_counts, version_of_updates
from engine.library.library import Library
from engine.library.shared import SharedProject, begin_epoch, change_shared, read_shared, synced
from engine.protocol.errors import Conflict, MascotError, NotFound
from engine.protocol.sync import Fact, Push, Pushed

AT_ONCE = 500
MAX_UPDATE_BYTES = 2 << 20
"""Less than the server's limit for one push."""
ROUNDS = 50
"""More rounds of pull and push than that mean that something is wrong."""


@dataclass(frozen=True)
class Arrived:
    """What came from the server, as it came: rows that make no sense are left out one by one."""

    epoch: str
    updates: list[tuple[int, bytes]]
    facts: list[Fact]
    last_update: int
    """The newest number of this answer, that of the rows that were left out included."""
    last_fact: int
    newest_update: int
    """The newest number that the server has."""
    newest_fact: int
    server_version: bytes | None = None

    @property
    def is_all(self) -> bool:
        return self.last_update >= self.newest_update and self.last_fact >= self.newest_fact

    @property
    def is_empty(self) -> bool:
        return not self.last_update and not self.last_fact


class NotReady(MascotError):
    """The project is on the server, but its maker hasn't sent anything of it yet."""


class Replica:
    """One shared project of a library. One thread at a time works on it; another program may do so beside it."""

    def __init__(self, library: Library, session: Session, project_id: str) -> None:
        self._library = library
        self._session = session
        self.project_id = project_id
        self._guard = threading.RLock()
        self._trouble: BadUpdates | None = None

    def sync(self, thumbnails: Callable[[SharedProject], Mapping[str, str]] | None = None) -> None:
        """Pull and push until both sides have the same. `thumbnails` makes and sends small pictures of what is new
        before it is told of.

        Raises Unauthenticated, Offline, Unavailable, Forbidden, NotFound (no member any more), Held, BadUpdates,
        DiskFull.
        """
        with self._guard:
            for _ in range(ROUNDS):
                self.pull()
                try:
                    if not self.push(thumbnails):
                        break
                except Conflict:
                    # Another epoch began meanwhile: the next pull learns of it.
                    continue
            if (trouble := self._trouble) is not None:
                raise trouble
            self._library.database.write(lambda write: synced(write, self.project_id))

    def pull(self) -> None:
        """Take in everything that the server has more than this library. Raises NotReady for an empty new project."""
        with self._guard:
            self._trouble = None
            while True:
                known = self._known()
                arrived = self._ask(known.last_update, known.last_fact)
                if arrived.epoch != known.epoch:
                    self._begin(self._ask(0, 0, version=True))
                    continue
                self.take(arrived)
                if arrived.is_all or self._trouble is not None or arrived.is_empty:
                    return

    def _ask(self, update: int, fact: int, *, version: bool = False) -> Arrived:
        call = operations.pull_log(
            self.project_id, after_update=update, after_fact=fact, limit=1 if version else AT_ONCE, version=version
        )
        return read_pull(self._session.call(call.method, call.path, params=call.params))

    def take(self, arrived: Arrived) -> None:
        """Take in what came, by a pull or a message. Edits that can't be read hold up the document alone."""
        last_update, version = self._take_document(arrived.updates, arrived.last_update)

        def work(write: Write) -> None:
            row = read_shared(write.connection, self.project_id)
            if row is None or row.epoch != arrived.epoch:
                return
            taking.take_in(write, self._library.blobs, self.project_id, arrived.facts)
            change_shared(
                write,
                self.project_id,
                acknowledged=merged(row.acknowledged, version),
                last_update=max(row.last_update, last_update),
                last_fact=max(row.last_fact, arrived.last_fact),
            )

        self._library.database.write(work)

    def _take_document(self, updates: Sequence[tuple[int, bytes]], last: int) -> tuple[int, bytes]:
        """Merge them; the number up to which that went, and the version that the server thus has."""
        name = self._library.shared.names().get(self.project_id)
        if name is None and not updates:
            raise NotReady("Nothing of this project has been sent to the server yet; it comes when its maker syncs.")
        if not updates:
            return last, b""
        name = name or "Shared project"
        try:
            self._library.projects.receive(self.project_id, [data for _, data in updates], name)
            return last, version_of_updates(data for _, data in updates)
        except BadUpdates:
            return self._take_one_by_one(updates, name)

    def _take_one_by_one(self, updates: Sequence[tuple[int, bytes]], name: str) -> tuple[int, bytes]:
        taken, version = updates[0][0] - 1, b""
        for number, data in updates:
            try:
                self._library.projects.receive(self.project_id, [data], name)
            except BadUpdates as error:
                self._trouble = error
                break
            taken, version = number, version_of_updates([data], version)
        return taken, version

    def push(self, thumbnails: Callable[[SharedProject], Mapping[str, str]] | None = None) -> bool:
        """Send what the server is not known to have; whether anything was sent that has to be pulled back.

        A VIEWER's changes stay here. Raises Held when they are another account's.
        """
        with self._guard:
            unsent.require_own(self._library, self._session, self._known())
            known = self._known()
            if known.role == "VIEWER":
                return False
            if self._library.database.read(lambda connection: journal.count_news(connection, self.project_id)):
                small = {} if thumbnails is None else thumbnails(known)
                self._library.database.write(lambda write: journal.collect(write, self.project_id, small))
            sent = self._give_back(known)
            sent = self._push_document() or sent
            return self._push_facts(returning=False) or sent

    def follows(self, arrived: Arrived) -> bool:
        """Whether a message continues what is here without a gap; else a pull is needed."""
        known = self._known()
        if arrived.epoch != known.epoch or not self._is_here():
            return False
        first_update = min((number for number, _ in arrived.updates), default=0)
        first_fact = min((fact.number or 0 for fact in arrived.facts), default=0)
        return first_update <= known.last_update + 1 and first_fact <= known.last_fact + 1

    def look(self) -> str:
        """Ask for the caller's role; returns the name under which the server lists the project.

        Raises NotFound for those who may not see it any more.
        """
        said = self._session.ask(operations.get_project(self.project_id))
        if said.role != self._known().role:
            self._library.shared.change(self.project_id, role=said.role)
        return said.name

    # Parts of a push

    def _give_back(self, known: SharedProject) -> bool:
        """After a new epoch: what the server had before, in the name of nobody but who is known to have made it."""
        document = self._library.projects.document(self.project_id)
        sent = False
        if known.owed:
            for piece in document.export_since(known.acknowledged, MAX_UPDATE_BYTES, up_to=known.owed):
                self._send(update=piece, facts=[], returning=True)
                sent = True
            self._library.shared.change(self.project_id, owed=b"")
        return self._push_facts(returning=True) or sent

    def _push_document(self) -> bool:
        document = self._library.projects.document(self.project_id)
        sent = False
        for piece in document.export_since(self._known().acknowledged, MAX_UPDATE_BYTES):
            before = self._known().last_update
            answer = self._send(update=piece, facts=[], returning=False)
            # Alone in line: there is nothing of others to pull in between.
            sent = sent or answer.update_number != before + 1
        return sent

    def _push_facts(self, *, returning: bool) -> bool:
        sent = False
        while batch := self._waiting(returning=returning):
            self._send(update=None, facts=batch, returning=returning)
            sent = True
        return sent

    def _waiting(self, *, returning: bool) -> list[Fact]:
        return self._library.database.read(
            lambda connection: journal.waiting(connection, self.project_id, returning=returning)
        )

    def _send(self, *, update: bytes | None, facts: list[Fact], returning: bool) -> Pushed:
        text = None if update is None else base64.b64encode(update).decode()
        known = self._known()
        push = Push(epoch=known.epoch, update=text, facts=facts, returning=returning)
        path = operations.pull_log(self.project_id).path
        body = push.model_dump(mode="json", exclude_none=True)
        said = self._session.request("POST", path, body=body, again=True, by=known.account_id)
        answer = understood(Pushed, json_of(said))
        self._mark(answer, update, facts)
        return answer

    def _mark(self, answer: Pushed, update: bytes | None, facts: list[Fact]) -> None:
        refused = {one.id for one in answer.refused}
        version = b"" if update is None else version_of_updates([update])

        def work(write: Write) -> None:
            row = read_shared(write.connection, self.project_id)
            if row is None or row.epoch != answer.epoch:
                return
            journal.mark_kept(write, [fact.id for fact in facts if fact.id not in refused])
            taking.refuse(write, self.project_id, answer.refused)
            next_one = answer.update_number == row.last_update + 1
            change_shared(
                write,
                self.project_id,
                acknowledged=merged(row.acknowledged, version),
                last_update=row.last_update + 1 if next_one else row.last_update,
            )

        self._library.database.write(work)

    def _begin(self, arrived: Arrived) -> None:
        def work(write: Write) -> None:
            begin_epoch(write, self.project_id, arrived.epoch, arrived.server_version or b"")
            taking.apply_held(write, self._library.blobs, self.project_id)

        self._library.database.write(work)

    def _known(self) -> SharedProject:
        known = self._library.shared.get(self.project_id)
        if known is None:
            raise NotFound("This project is not shared; share it with a workspace first.")
        return known

    def _is_here(self) -> bool:
        return self.project_id in self._library.shared.names()


def read_pull(said: JsonValue) -> Arrived:
    """A pull's answer or a message about changes, row by row: one that makes no sense never stops the rest."""
    if not isinstance(said, dict) or not isinstance(epoch := said.get("epoch"), str):
        raise not_understood()
    updates, facts, numbers = [], [], {"updates": 0, "facts": 0}
    for name in numbers:
        for row in _rows(said.get(name)):
            number = row.get("number")
            if not isinstance(number, int):
                continue
            numbers[name] = max(numbers[name], number)
            if name == "updates":
                if (data := _bytes(row.get("data"))) is not None:
                    updates.append((number, data))
            elif (fact := journal.read_fact(row)) is not None:
                facts.append(fact)
    version = said.get("version")
    counts = (
        {str(peer): count for peer, count in version.items() if isinstance(count, int)}
        if isinstance(version, dict)
        else None
    )
    return Arrived(
        epoch=epoch,
        updates=updates,
        facts=facts,
        last_update=numbers["updates"],
        last_fact=numbers["facts"],
        newest_update=_number(said.get("last_update"), numbers["updates"]),
        newest_fact=_number(said.get("last_fact"), numbers["facts"]),
        server_version=None if counts is None else version_of_counts(counts),
    )


def _rows(value: JsonValue) -> list[dict[str, JsonValue]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _number(value: JsonValue, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise


def _bytes(value: JsonValue) -> bytes | None:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else None
    except (binascii.Error, ValueError):
        return None
