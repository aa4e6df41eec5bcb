"""Untrusted updates are tried in a child process first; this side keeps its documents at the log's head.

A panic, a memory bomb or an endless loop ends the child, not the server: the request is tried once more in a fresh one
(the fault may have been an earlier request's), then refused. The child is asked by the log's writer alone; versions and
snapshots have a child of their own, so that a heavy one keeps nobody's edits waiting.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.protocol.errors import ErrorCode
from sync_server.config import ServerConfig
from sync_server.database.database import Database
from sync_server.logs.child_process import WALL_S, ChildDied, ChildProcess
from sync_server.logs.frames import Spans
from sync_server.logs.reading import parts_between
from sync_server.problems import BadRequest, Conflict, Problem, TooLarge, Unavailable

LOG = logging.getLogger("mascotforge.server.validator")
_LOAD_BYTES = 32 * 2**20
_TRIES = 2


@dataclass(frozen=True)
class Checked:
    """What an update adds to a document, and what the document weighs with it, in bytes."""

    spans: Spans
    weight: int


class Validator:
    def __init__(self, database: Database, config: ServerConfig, *, wall_s: float = WALL_S) -> None:
        self._database = database
        self._config = config
        most = 2 * config.max_document_bytes + 2**20
        self.writers_child = ChildProcess(most, wall_s)
        self.readers_child = ChildProcess(most, wall_s)

    def check(self, project_id: str, number: int, data: bytes) -> Checked:
        """Try an update on the document at `number` of its log. Raises BadRequest, Conflict, TooLarge, Unavailable."""
        header = {"do": "check", "most_bytes": self._config.max_document_bytes}
        answer, _ = self._ask(self.writers_child, project_id, number, header, data)
        spans = {peer: (first, end) for peer, (first, end) in answer["spans"].items()}
        return Checked(spans, answer["weight"])

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


def _problem(code: str, sentence: str) -> Problem:
    kinds = {ErrorCode.CONFLICT: Conflict, ErrorCode.TOO_LARGE: TooLarge}
    return kinds.get(ErrorCode(code), BadRequest)(sentence)
