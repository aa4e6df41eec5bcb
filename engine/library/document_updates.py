"""A document's operations as bytes for other copies, cut into pieces that a server takes, and their versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from loro import ID, CounterSpan, ExportMode, IdSpan, LoroDoc, VersionVector

NOTHING = bytes([0])
"""The encoded version of an empty document."""


def updates_since(doc: LoroDoc, version: bytes, most_bytes: int, *, up_to: bytes | None = None) -> list[bytes]:
    """What `doc` has beyond the version, in pieces to be imported in this order; with `up_to` only what belongs to that
    version."""
    known = VersionVector.decode(version or NOTHING)
    wanted = doc.oplog_vv if up_to is None else VersionVector.decode(up_to or NOTHING)
    if known.includes_vv(wanted):
        return []
    if up_to is None:
        whole = doc.export(ExportMode.Updates(known))
        if len(whole) <= most_bytes:
            return [whole]
    # A change's causes have smaller Lamport times, so every beginning of this order stands on its own.
    runs = sorted(_runs(doc, known, wanted), key=lambda run: (run.lamport, run.peer))
    return _pieces(doc, runs, most_bytes) if runs else []


@dataclass(frozen=True)
class _Run:
    """Operations [start, end) of a peer, each built on the one before."""

    peer: int
    start: int
    end: int
    lamport: int

    def halves(self) -> list[_Run]:
        middle = (self.start + self.end) // 2
        return [replace(self, end=middle), replace(self, start=middle, lamport=self.lamport + middle - self.start)]


def _runs(doc: LoroDoc, known: VersionVector, wanted: VersionVector) -> Iterable[_Run]:
    for span in known.get_missing_span(wanted):
        counter = span.counter.start
        while counter < span.counter.end:
            change = doc.get_change(ID(span.peer, counter))
            if change is None:
                break
            end = min(change.id.counter + change.len, span.counter.end)
            yield _Run(span.peer, counter, end, change.lamport + counter - change.id.counter)
            counter = end


def _pieces(doc: LoroDoc, runs: Sequence[_Run], most_bytes: int) -> list[bytes]:
    spans = [IdSpan(run.peer, CounterSpan(run.start, run.end)) for run in runs]
    piece = doc.export(ExportMode.UpdatesInRange(spans))
    if len(piece) <= most_bytes:
        return [piece]
    if len(runs) == 1:
        if runs[0].end - runs[0].start < 2:
            return [piece]
        runs = runs[0].halves()
    half = len(runs) // 2
    return [*_pieces(doc, runs[:half], most_bytes), *_pieces(doc, runs[half:], most_bytes)]


def version_of_updates(updates: Iterable[bytes], known: bytes = NOTHING) -> bytes:
    """The version that a copy has which knew `known` and took in these updates."""
    version = VersionVector.decode(known or NOTHING)
    for update in updates:
        version.merge(LoroDoc.decode_import_blob_meta(update, False).partial_end_vv)
    return version.encode()


def version_of_counts(counts: dict[str, int]) -> bytes:
    """The encoded version for `{peer in decimal: how many of its operations}`."""
    version = VersionVector()
    for peer, count in counts.items():
        if count > 0:
            version.set_end(ID(int(peer), count))
    return version.encode()


def merged(version: bytes, other: bytes) -> bytes:
    """The version of a copy that has all of both."""
    both = VersionVector.decode(version or NOTHING)
    both.merge(VersionVector.decode(other or NOTHING))
    return both.encode()


def covers(version: bytes, other: bytes) -> bool:
    """Whether everything of the other version is in this one."""
    return VersionVector.decode(version or NOTHING).includes_vv(VersionVector.decode(other or NOTHING))
