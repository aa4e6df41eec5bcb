"""The validator's side that touches Loro: a few documents in memory, and what is asked of them.

Runs in a child process alone. Loro's errors derive from BaseException, and a panic may leave a document unusable:
after any of them the document is forgotten and built anew from the log.
"""

from __future__ import annotations

import base64
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from loro import ID, ExportMode, Frontiers, LoroDoc, VersionVector

from sync_server.logs.frames import Spans

MAX_DOCUMENTS = 500
MAX_TOTAL_BYTES = 96 * 2**20
"""About what all documents together may weigh before the one that rested longest is forgotten."""
_WEIGH_AFTER_BYTES = 64 * 2**10


class Refused(Exception):
    """What came can't become part of the document."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass
class Known:
    """A document that holds the log up to `number`."""

    doc: LoroDoc = field(default_factory=LoroDoc)
    number: int = 0
    weight: int = 0
    unweighed: int = 0


class Documents:
    def __init__(self) -> None:
        self._known: OrderedDict[str, Known] = OrderedDict()

    def number_of(self, project: str) -> int | None:
        """Up to which entry of its log the document is known here; None when it isn't."""
        known = self._known.get(project)
        return None if known is None else known.number

    def load(self, project: str, number: int, parts: Sequence[bytes], *, anew: bool) -> None:
        """Take in entries of the log, after those that are known, or from the beginning."""
        if anew:
            self.forget(project)
        known = self._known.get(project) or Known()
        for part in parts:
            _guarded(known.doc, part)
            known.unweighed += len(part)
        known.number = number
        self._known[project] = known
        self._keep(project)

    def check(self, project: str, data: bytes, most_bytes: int) -> tuple[Spans, int]:
        """Take in what someone pushed; what it adds, and the document's weight in bytes. Raises Refused."""
        known = self._known[project]
        self._keep(project)
        try:
            spans = _import(known.doc, data)
            _weigh(known, len(data), most_bytes)
        except Refused:
            self.forget(project)
            raise
        if spans:
            known.number += 1
        return spans, known.weight

    def forget(self, project: str) -> None:
        self._known.pop(project, None)

    def snapshot(self, project: str) -> bytes:
        """The whole document with its history."""
        return self._known[project].doc.export(ExportMode.Snapshot())

    def updates_since(self, project: str, version: Mapping[str, int]) -> bytes:
        """Everything that came after a version, as one update."""
        return self._known[project].doc.export(ExportMode.Updates(_vector(version)))

    def value_at(self, project: str, version: Mapping[str, int], most_bytes: int) -> bytes:
        """The document's content at a version, as JSON. Raises Refused when it is too large."""
        doc = self._known[project].doc
        past = doc.fork_at(_frontiers(doc, version))
        text = _as_json(past)
        if len(text) > most_bytes:
            raise Refused("too_large", "This version of the document is too large to be shown.")
        return text

    def snapshot_at(self, project: str, version: Mapping[str, int]) -> bytes:
        """The document with its history up to a version."""
        doc = self._known[project].doc
        return doc.export(ExportMode.SnapshotAt(_frontiers(doc, version)))

    def _keep(self, project: str) -> None:
        self._known.move_to_end(project)
        while len(self._known) > 1 and (len(self._known) > MAX_DOCUMENTS or self._total() > MAX_TOTAL_BYTES):
            self._known.popitem(last=False)

    def _total(self) -> int:
        return sum(known.weight + known.unweighed for known in self._known.values())


def _guarded(doc: LoroDoc, data: bytes) -> None:
    try:
        doc.import_(data)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        raise Refused("bad_input", "The update can't be read as edits of this document.") from error


def _import(doc: LoroDoc, data: bytes) -> Spans:
    before = doc.oplog_vv
    try:
        status = doc.import_(data)
        added = status.success.inner()
        waits = status.pending is not None and not status.pending.is_empty
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        raise Refused("bad_input", "The update can't be read as edits of this document.") from error
    if waits:
        raise Refused(
            "conflict", "The update builds on edits that the server doesn't have; pull, then push all of them."
        )
    after = doc.oplog_vv
    spans: Spans = {}
    for peer in added:
        first, end = _end(before, peer), _end(after, peer)
        if end > first:
            spans[str(peer)] = (first, end)
    return spans


def _weigh(known: Known, size: int, most_bytes: int) -> None:
    """Know the document's size now and then: bytes compress well, and a small update may become a large document."""
    known.unweighed += size
    if known.weight and known.unweighed < max(_WEIGH_AFTER_BYTES, known.weight // 16):
        return
    try:
        known.weight = max(len(_as_json(known.doc)), len(known.doc.export(ExportMode.Snapshot())))
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        raise Refused("bad_input", "With this update the document couldn't be opened any more.") from error
    known.unweighed = 0
    if known.weight > most_bytes:
        raise Refused(
            "too_large",
            f"The document would take {known.weight / 2**20:.0f} MiB; the most is {most_bytes / 2**20:.0f} MiB. "
            "Split the project.",
        )


def _as_json(doc: LoroDoc) -> bytes:
    return json.dumps(doc.get_deep_value(), ensure_ascii=False, default=_plain).encode("utf-8", "replace")


def _plain(value: object) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def _end(version: VersionVector, peer: int) -> int:
    last = version.get_last(peer)
    return 0 if last is None else last + 1


def _vector(version: Mapping[str, int]) -> VersionVector:
    vector = VersionVector()
    for peer, end in version.items():
        if end > 0:
            vector.set_end(ID(int(peer), end))
    return vector


def _frontiers(doc: LoroDoc, version: Mapping[str, int]) -> Frontiers:
    return doc.vv_to_frontiers(_vector(version))
