"""Search by picture: every picture's look is kept, and the nearest ones are found by one product of matrices."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.sqlite import insert

from engine.blobs.store import BlobStore
from engine.library.database import Database, Write
from engine.library.entries import Entry, entry_of, select_entries
from engine.library.entry_filter import EntryFilter
from engine.library.facets import put_facets
from engine.library.finding import Condition, all_conditions
from engine.library.look import DIMENSIONS, VERSION, Look, look_at
from engine.library.tables import generations, looks, shelf
from engine.protocol.errors import BadPicture, MascotError

if TYPE_CHECKING:
    import numpy as np

BATCH = 16
SAME_BITS = 4
"""Pictures whose hashes differ in so few bits are the same one, in another size or file."""
STILL = ("image/png", "image/jpeg", "image/webp")
_SIGN = 1 << 63
_AT_ONCE = 250


@dataclass(frozen=True)
class Similar:
    """`likeness` is from 0 to 1; 1 is the same picture."""

    entry: Entry
    likeness: float


class Likeness:
    """The looks of all pictures; the vectors are read into memory at the first question and kept up to date."""

    def __init__(self, database: Database, blobs: BlobStore) -> None:
        self._database = database
        self._blobs = blobs
        self._packed = _Packed()
        self._lock = threading.Lock()

    def unseen(self) -> int:
        """How many entries were not looked at yet."""
        wanted = select(func.count()).select_from(shelf).where(shelf.c.looked < VERSION)
        return int(self._database.read(lambda connection: connection.execute(wanted).scalar_one()))

    def learn(self, limit: int = BATCH) -> int:
        """Look at the next entries that nobody looked at, the newest first; returns how many entries that settled."""

        def waiting(connection: Connection) -> Sequence[Any]:
            wanted = (
                select(shelf.c.number, generations.c.blob, func.json_extract(generations.c.artifact, "$.media_type"))
                .join(generations, generations.c.id == shelf.c.generation_id)
                .where(shelf.c.looked < VERSION)
                .order_by(shelf.c.looked, shelf.c.number.desc())
                .limit(limit)
            )
            return connection.execute(wanted).all()

        rows = self._database.read(waiting)
        found = {blob: self._look(blob) for _, blob, media in rows if media in STILL}
        if rows:
            self._database.write(lambda write: _keep(write, [(row[0], row[1]) for row in rows], found))
        return len(rows)

    def learn_all(self, told: Callable[[int], object] | None = None) -> None:
        """Look at everything that is left; `told` hears how many entries are left after each batch."""
        while self.learn():
            if told is not None:
                told(self.unseen())

    def _look(self, blob: str) -> Look | None:
        try:
            return look_at(self._blobs.read(blob))
        except MascotError:
            # A missing blob is the business of `doctor`, not of search.
            return None

    def like_entry(self, entry: Entry, wanted: EntryFilter, limit: int = 60) -> list[Similar]:
        """Entries that look like this one, its own pixels left out, the most alike first. Raises BadPicture."""
        found = self.like_picture(self._blobs.read(entry.artifact.blob), wanted, limit + 1)
        return [similar for similar in found if similar.entry.artifact.blob != entry.artifact.blob][:limit]

    def like_picture(self, data: bytes, wanted: EntryFilter, limit: int = 60) -> list[Similar]:
        """Entries that look like a picture file and fit the filter, the most alike first; the same pixels once.

        Raises BadPicture when it can't be decoded or nothing of it is visible.
        """
        look = look_at(data)
        if look is None:
            raise BadPicture(
                "That is not a picture with anything to compare; choose a PNG, JPEG or WebP file with a figure in it."
            )
        return self._database.read(lambda connection: self._nearest(connection, look, wanted, limit))

    def _nearest(self, connection: Connection, look: Look, wanted: EntryFilter, limit: int) -> list[Similar]:
        conditions = all_conditions(wanted)
        if conditions is None:
            return []
        with self._lock:
            self._packed.catch_up(connection)
            found: list[tuple[int, float]] = []
            for most in (4 * limit, self._packed.count):
                blobs, scores = self._packed.ranked(look, most=most)
                found = _numbers_of(connection, blobs, scores, conditions, limit)
                if len(found) >= limit or len(blobs) >= self._packed.count:
                    break
        rows = select_entries().where(shelf.c.number.in_([number for number, _ in found])).add_columns(shelf.c.number)
        entries = {row.number: entry_of(row) for row in connection.execute(rows).all()}
        return [Similar(entries[number], score) for number, score in found]


def _keep(write: Write, rows: Sequence[tuple[int, str]], found: dict[str, Look | None]) -> None:
    for number, blob in rows:
        look = found.get(blob)
        if look is not None:
            put_facets(write.connection, number, [("colour", name) for name in look.colours])
        write.connection.execute(update(shelf).where(shelf.c.number == number).values(looked=VERSION))
    for blob, look in found.items():
        if look is None:
            continue
        signed = look.hash - 2 * _SIGN if look.hash >= _SIGN else look.hash
        put = insert(looks).values(blob=blob, version=VERSION, hash=signed, vector=look.vector)
        values = {"version": VERSION, "hash": signed, "vector": look.vector}
        write.connection.execute(put.on_conflict_do_update(index_elements=["blob"], set_=values))


def _numbers_of(
    connection: Connection,
    blobs: Sequence[str],
    scores: Sequence[float],
    conditions: Sequence[Condition],
    limit: int,
) -> list[tuple[int, float]]:
    """Numbers on the shelf with their likeness, the most alike first; of results with the same pixels the newest."""
    found: list[tuple[int, float]] = []
    for start in range(0, len(blobs), _AT_ONCE):
        some = blobs[start : start + _AT_ONCE]
        wanted = (
            select(generations.c.blob, func.max(shelf.c.number))
            .join(shelf, shelf.c.generation_id == generations.c.id)
            .where(generations.c.blob.in_(some), *conditions)
            .group_by(generations.c.blob)
        )
        numbers = {row[0]: int(row[1]) for row in connection.execute(wanted).all()}
        found += [
            (numbers[blob], score)
            for blob, score in zip(some, scores[start : start + _AT_ONCE], strict=True)
            if blob in numbers
        ]
        if len(found) >= limit:
            break
    return found[:limit]


class _Packed:
    """All vectors as one matrix, all hashes as one array, in the order of the looks' numbers."""

    def __init__(self) -> None:
        self._last = 0
        self._blobs: list[str] = []
        self._vectors: np.ndarray[Any, np.dtype[np.float32]] | None = None
        self._hashes: np.ndarray[Any, np.dtype[np.uint64]] | None = None

    @property
    def count(self) -> int:
        return len(self._blobs)

    def catch_up(self, connection: Connection) -> None:
        """Read the looks that came since."""
        import numpy as np

        wanted = select(looks).where(looks.c.number > self._last, looks.c.version == VERSION).order_by(looks.c.number)
        rows = connection.execute(wanted).all()
        if not rows:
            return
        self._last = rows[-1].number
        self._blobs += [row.blob for row in rows]
        packed = np.frombuffer(b"".join(row.vector for row in rows), np.float16).reshape(-1, DIMENSIONS)
        vectors = packed.astype(np.float32)
        hashes = np.array([row.hash for row in rows], np.int64).view(np.uint64)
        if self._vectors is None or self._hashes is None:
            self._vectors, self._hashes = vectors, hashes
        else:
            self._vectors = np.concatenate([self._vectors, vectors])
            self._hashes = np.concatenate([self._hashes, hashes])

    def ranked(self, look: Look, most: int) -> tuple[list[str], list[float]]:
        """The `most` nearest blobs with their likeness, the nearest first."""
        import numpy as np

        if self._vectors is None or self._hashes is None:
            return [], []
        asked = np.frombuffer(look.vector, np.float16).astype(np.float32)
        scores = np.clip(self._vectors @ asked, 0, 1) * 0.999
        scores[np.bitwise_count(self._hashes ^ np.uint64(look.hash)) <= SAME_BITS] += 0.001
        best = np.argpartition(-scores, most - 1)[:most] if most < len(scores) else np.arange(len(scores))
        best = best[np.argsort(-scores[best], kind="stable")]
        return [self._blobs[index] for index in best], [float(scores[index]) for index in best]
