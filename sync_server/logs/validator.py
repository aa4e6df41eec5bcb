"""Untrusted updates are tried in a child process first; this side keeps its documents at the log's head.

A panic, a memory bomb or an endless loop ends the child, not the server: the request is tried once more in a fresh one
(the fault may have been an earlier request's), then refused. The child is asked by the log's writer alone; versions and
snapshots have a child of their own, so that a heavy one keeps nobody's edits waiting.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine.protocol.errors import ErrorCode
from sync_server.config import ServerConfig
from sync_server.database.database import Database
from sync_server.logs.child_process import WALL_S, ChildDied, ChildProcess
from sync_server.logs.frames import Spans
from sync_server.logs.reading import parts_between
from sync_server.problems import BadRequest, Conflict, Problem, TooLarge, Unavailable
from sync_server.projects.models import Project

LOG = logging.getLogger("mascotforge.server.validator")
_LOAD_BYTES = 32 * 2**20
_TRIES = 2
_SMALL_BYTES = 1024
_IN_ONE_BREATH = 32
"""Small ones together stay below the 64 KiB that a pipe holds, so that neither side waits for the other to read."""


@dataclass(frozen=True)
class Checked:
    """What an update adds to a document, and what the document weighs with it, in bytes."""

    spans: Spans
    weight: int


class NotWritten(Exception):
    """The log doesn't reach up to the number that was asked for yet."""


class Validator:
    def __init__(self, database: Database, config: ServerConfig, *, wall_s: float = WALL_S) -> None:
        self._database = database
        self._config = config
        most = 2 * config.max_document_bytes + 2**20
        self.writers_child = ChildProcess(most, wall_s)
        self.readers_child = ChildProcess(most, wall_s)

    def start(self) -> None:
        """Start the process that tries updates before the first one comes."""
        self.writers_child.start()

    def check(self, project_id: str, number: int, data: bytes) -> Checked:
        """Try an update on the document at `number` of its log.

        Raises BadRequest, Conflict, TooLarge, Unavailable, NotWritten.
        """
        header = {"do": "check", "most_bytes": self._config.max_document_bytes}
        answer, _ = self._ask(self.writers_child, project_id, number, header, data)
        return _checked(answer)

    def check_each(self, tries: Sequence[tuple[str, int, bytes]]) -> list[Checked | Problem | None]:
        """The same for several projects, each named once: the result, or why it was refused.

        None: the project's newest entries aren't written yet, and the validator lost them; try again when they are.
        """
        header = {"do": "check", "most_bytes": self._config.max_document_bytes}
        answers: list[dict[str, Any]] = [{"behind": None}] * len(tries)
        small = [at for at, (_, _, data) in enumerate(tries) if len(data) <= _SMALL_BYTES]
        for begin in range(0, len(small), _IN_ONE_BREATH):
            some = small[begin : begin + _IN_ONE_BREATH]
            asked = [({**header, "project": tries[at][0], "number": tries[at][1]}, tries[at][2]) for at in some]
            try:
                for at, (answer, _) in zip(some, self.writers_child.ask_all(asked), strict=True):
                    answers[at] = answer
            except ChildDied:
                # One of them is at fault: below each is tried by itself.
                LOG.warning("the validator ended among %d updates", len(some))
        return [self._outcome(*one, answer) for one, answer in zip(tries, answers, strict=True)]

    def _outcome(self, project_id: str, number: int, data: bytes, answer: dict[str, Any]) -> Checked | Problem | None:
        try:
            if "refused" in answer:
                return _problem(answer["refused"], answer["sentence"])
            return self.check(project_id, number, data) if "behind" in answer else _checked(answer)
        except NotWritten:
            return None
        except Problem as problem:
            return problem

    def forget(self, project_id: str) -> None:
        """What was tried last did not come into the log: build the document anew when it is needed."""
        try:
            self.writers_child.ask({"do": "forget", "project": project_id})
        except ChildDied:
            LOG.info("the validator had ended; it knows nothing any more")

    def snapshot(self, project_id: str, number: int) -> bytes:
        """The whole document at the head of its log. Raises Unavailable."""
        return self._ask(self.readers_child, project_id, number, {"do": "snapshot"})[1]

    def updates_since(self, project_id: str, number: int, version: Mapping[str, int]) -> bytes:
        """Everything that came after a version, as one update. Raises BadRequest, Unavailable."""
        header = {"do": "updates_since", "version": dict(version)}
        return self._ask(self.readers_child, project_id, number, header)[1]

    def snapshot_at(self, project_id: str, number: int, version: Mapping[str, int]) -> bytes:
        """The document with its history up to a version. Raises BadRequest, Unavailable."""
        header = {"do": "snapshot_at", "version": dict(version)}
        return self._ask(self.readers_child, project_id, number, header)[1]

    def value_at(self, project_id: str, number: int, version: Mapping[str, int]) -> bytes:
        """The document's content at a version, as JSON. Raises TooLarge, BadRequest, Unavailable."""
        header = {"do": "value_at", "version": dict(version), "most_bytes": self._config.max_document_bytes}
        return self._ask(self.readers_child, project_id, number, header)[1]

    def close(self) -> None:
        self.writers_child.close()
        self.readers_child.close()

    def _ask(
        self, child: ChildProcess, project_id: str, number: int, header: dict[str, Any], data: bytes = b""
    ) -> tuple[dict[str, Any], bytes]:
        header = {**header, "project": project_id, "number": number}
        for _ in range(_TRIES):
            try:
                answer, found = child.ask(header, data)
                if "behind" in answer:
                    self._load(child, project_id, answer["behind"], number)
                    answer, found = child.ask(header, data)
                if "refused" in answer:
                    raise _problem(answer["refused"], answer["sentence"])
                return answer, found
            except ChildDied as error:
                LOG.warning("the validator ended at project %s: %s", project_id, error)
        raise BadRequest("The update can't be taken: opening it needs too much time or memory.")

    def _load(self, child: ChildProcess, project_id: str, behind: int | None, number: int) -> None:
        known = behind if behind is not None and behind <= number else None
        with self._database.read() as session:
            if (session.scalar(select(Project.last_update).where(Project.id == project_id)) or 0) < number:
                raise NotWritten(project_id)
            parts = parts_between(session, project_id, known, number)
        anew, chunk, size = parts.anew, [], 0
        for part in parts.data:
            if chunk and size + len(part) > _LOAD_BYTES:
                self._send(child, project_id, number, chunk, anew=anew)
                anew, chunk, size = False, [], 0
            chunk.append(part)
            size += len(part)
        self._send(child, project_id, number, chunk, anew=anew)

    def _send(self, child: ChildProcess, project_id: str, number: int, chunk: list[bytes], *, anew: bool) -> None:
        sizes = [len(part) for part in chunk]
        header = {"do": "load", "project": project_id, "number": number, "parts": sizes, "anew": anew}
        answer, _ = child.ask(header, b"".join(chunk))
        if "refused" in answer:
            LOG.error("the log of project %s can't be opened", project_id)
            raise Unavailable("The server can't open this project's document; tell its administrator.")


def _checked(answer: dict[str, Any]) -> Checked:
    spans = {peer: (first, end) for peer, (first, end) in answer["spans"].items()}
    return Checked(spans, answer["weight"])


def _problem(code: str, sentence: str) -> Problem:
    kinds = {ErrorCode.CONFLICT: Conflict, ErrorCode.TOO_LARGE: TooLarge}
    return kinds.get(ErrorCode(code), BadRequest)(sentence)
