"""The gallery: what was made, as facts that are only ever inserted. A removal is a fact, too, and so is its undoing.

An entry is in the trash when its latest removal (the greatest id) says so: the rule on which all replicas agree.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.sqlite import insert

from engine.blobs.store import BlobStore
from engine.library import search
from engine.library.clock import now_ms
from engine.library.database import Database, Write
from engine.library.entries import Entry, entry_of, select_entries
from engine.library.entry_filter import EntryFilter
from engine.library.erasure import erase_generations, sweep_blobs
from engine.library.facets import facets_of, names_in_use, put_facets, seed_of, words_of
from engine.library.finding import page_of_numbers
from engine.library.layout import Layout
from engine.library.stamps import stamp_after
from engine.library.tables import generations, projects, removals, shelf
from engine.protocol.artifacts import Artifact
from engine.protocol.errors import NotFound
from engine.protocol.ids import new_id
from engine.protocol.recipes import AnyRecipe

TRASH, RESTORE = "trash", "restore"
_LEAST_OF_ID = 6
AT_ONCE = 500
_AT_ONCE = 500


@dataclass(frozen=True)
class Counts:
    """`entries` are those not in the trash."""

    entries: int
    favourites: int
    trashed: int


class Gallery:
    def __init__(self, layout: Layout, database: Database, blobs: BlobStore) -> None:
        self._layout = layout
        self._database = database
        self._blobs = blobs

    def add(
        self,
        project_id: str,
        job_id: str | None,
        artifact: Artifact,
        recipe: AnyRecipe | None,
    ) -> Entry:
        """Record a result whose blob is stored. A job that says the same twice (it was taken up again) gets the same
        entry, out of the trash if it was there. Raises NotFound for a missing blob or project, DiskFull,
        LibraryReadOnly.
        """

        def work(write: Write) -> Entry:
            connection = write.connection
            if artifact.blob not in self._blobs:
                raise NotFound(f"The file of {artifact.file_name} is not in the library; make it again.")
            if known := _known(connection, job_id, artifact):
                if known.trashed:
                    _mark(write, [known.id], RESTORE)
                return get_entry(connection, known.id)
            return insert_generation(write, project_id, job_id, artifact, recipe, now_ms())

        return self._database.write(work)

    def list(
        self,
        project_id: str | None = None,
        *,
        roles: Collection[str] | None = None,
        text: str = "",
        trashed: bool = False,
        favourites: bool = False,
        tags: Collection[str] = (),
        limit: int = 200,
        before: str | None = None,
    ) -> list[Entry]:
        """Newest first. None lists every project that is not in the trash. `text` is searched for in prompts, names and
        tags; `before` is an entry's id: only older ones are listed.
        """
        wanted = EntryFilter(
            project_id=project_id,
            roles=None if roles is None else tuple(roles),
            text=text,
            trashed=trashed,
            favourites=favourites,
            tags=tuple(tags),
        )
        return self.find(wanted, limit=limit, before=before)

    def find(self, wanted: EntryFilter, *, limit: int = 200, before: str | None = None) -> list[Entry]:
        """What fits the filter, newest first; `before` is an entry's id: only older ones are listed."""

        def work(connection: Connection) -> Sequence[Row[Any]]:
            page = page_of_numbers(connection, wanted, limit, before)
            if page is None:
                return ()
            numbers = connection.execute(page).scalars().all()
            rows = select_entries().where(shelf.c.number.in_(numbers)).order_by(shelf.c.number.desc())
            return connection.execute(rows).all()

        return [entry_of(row) for row in self._database.read(work)]

    def ids(self, wanted: EntryFilter) -> list[str]:
        """The ids of everything that fits the filter, newest first: for a view that reads the rest when it is shown."""

        def work(connection: Connection) -> list[str]:
            page = page_of_numbers(connection, wanted, -1)
            if page is None:
                return []
            with_id = page.add_columns(shelf.c.generation_id)
            return [row[1] for row in connection.execute(with_id)]

        return self._database.read(work)

    def entries(self, entry_ids: Sequence[str]) -> list[Entry]:
        """The entries with these ids, in their order; one that is gone is left out."""

        def work(connection: Connection) -> dict[str, Entry]:
            found: dict[str, Entry] = {}
            for start in range(0, len(entry_ids), _AT_ONCE):
                wanted = select_entries().where(generations.c.id.in_(entry_ids[start : start + _AT_ONCE]))
                found |= {row.id: entry_of(row) for row in connection.execute(wanted).all()}
            return found

        known = self._database.read(work)
        return [known[entry_id] for entry_id in entry_ids if entry_id in known]

    def in_use(self, kind: str) -> list[tuple[str, int]]:
        """What results outside the trash were made with, and how many of each, the most used first. `kind` is model,
        lora, style, character, tag or colour."""
        return self._database.read(lambda connection: names_in_use(connection, kind))

    def get(self, entry_id: str) -> Entry:
        """Raises NotFound."""
        return self._database.read(lambda connection: get_entry(connection, entry_id))

    def ids_from(self, beginning: str, limit: int = 5) -> list[str]:
        """The ids that begin so, in the trash or not; none for a beginning of fewer than six characters."""
        if len(beginning) < _LEAST_OF_ID:
            return []
        ends = beginning + "\U0010ffff"
        wanted = select(generations.c.id).where(generations.c.id >= beginning, generations.c.id < ends).limit(limit)
        return list(self._database.read(lambda connection: connection.execute(wanted).scalars().all()))

    def of_job(self, job_id: str) -> list[Entry]:
        """What a job made, in the order it was made."""
        wanted = select_entries().where(generations.c.job_id == job_id).order_by(generations.c.id)
        return [entry_of(row) for row in self._database.read(lambda connection: connection.execute(wanted).all())]

    def counts(self, project_id: str | None = None) -> Counts:
        def work(connection: Connection) -> Counts:
            def count(*conditions: Any) -> int:
                wanted = select(func.count()).select_from(shelf).where(*conditions)
                if project_id is not None:
                    wanted = wanted.where(shelf.c.project_id == project_id)
                return int(connection.execute(wanted).scalar_one())

            here = shelf.c.trashed.is_(False)
            return Counts(count(here), count(here, shelf.c.favourite.is_(True)), count(shelf.c.trashed.is_(True)))

        return self._database.read(work)

    def trash(self, entry_ids: Sequence[str]) -> None:
        """Raises NotFound; then none is moved."""
        self._database.write(lambda write: _mark(write, entry_ids, TRASH))

    def restore(self, entry_ids: Sequence[str]) -> None:
        """Raises NotFound; then none is moved."""
        self._database.write(lambda write: _mark(write, entry_ids, RESTORE))

    def erase(self, entry_ids: Sequence[str]) -> None:
        """Remove entries for good: facts, labels, index, backups that know them, and blobs that nothing else uses."""
        candidates = self._database.write(lambda write: erase_generations(write, entry_ids))
        sweep_blobs(self._layout, self._database, self._blobs, candidates)

    def import_picture(self, project_id: str, path: Path) -> Entry:
        """Take a picture from outside into the gallery, with its recipe if one is inside.

        Raises BadPicture when it is missing, empty, broken, too large or not a picture; NotFound, DiskFull,
        LibraryReadOnly.
        """
        from engine.library.pictures import open_picture

        picture = open_picture(path)
        blob = self._blobs.add_bytes(picture.data)
        return self.add(project_id, None, picture.artifact(blob), picture.recipe)


def get_entry(connection: Connection, entry_id: str) -> Entry:
    row = connection.execute(select_entries().where(generations.c.id == entry_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no result {entry_id} in the gallery; `mascotforge gallery` lists them.")
    return entry_of(row)


def insert_generation(
    write: Write,
    project_id: str,
    job_id: str | None,
    artifact: Artifact,
    recipe: AnyRecipe | None,
    created_at: int,
) -> Entry:
    """Insert the fact, its place on the shelf, and its words into the index. Raises NotFound for an unknown project."""
    id_ = new_id()
    place_generation(
        write,
        recipe,
        {
            "id": id_,
            "project_id": project_id,
            "job_id": job_id,
            "role": artifact.role,
            "blob": artifact.blob,
            "artifact": artifact.model_dump_json(),
            "recipe": None if recipe is None else recipe.model_dump_json(),
            "created_at": created_at,
        },
        artifact.file_name,
    )
    return get_entry(write.connection, id_)


def place_generation(write: Write, recipe: AnyRecipe | None, row: dict[str, Any], file_name: str) -> None:
    """Insert a row of `generations`, its place on the shelf and its words. Raises NotFound for an unknown project."""
    connection = write.connection
    if connection.execute(select(projects.c.id).where(projects.c.id == row["project_id"])).scalar() is None:
        raise NotFound(
            f"There is no project with the id {row['project_id']} in this library; `mascotforge projects list` shows "
            "them."
        )
    connection.execute(generations.insert().values(row))
    placed = shelf.insert().values(
        generation_id=row["id"], project_id=row["project_id"], trashed=False, favourite=False, rating=0, tags="[]",
        role=row["role"], made_at=row["created_at"], seed=seed_of(recipe),
    )  # fmt: skip
    number = connection.execute(placed.returning(shelf.c.number)).scalar_one()
    search.index(connection, number, words_of(recipe), file_name)
    put_facets(connection, number, facets_of(recipe))
    write.changed("entry", row["id"])


def _known(connection: Connection, job_id: str | None, artifact: Artifact) -> Entry | None:
    if job_id is None:
        return None
    same = (
        generations.c.job_id == job_id,
        generations.c.role == artifact.role,
        generations.c.blob == artifact.blob,
    )
    row = connection.execute(select_entries().where(*same).limit(1)).one_or_none()
    return entry_of(row) if row is not None else None


def _mark(write: Write, entry_ids: Sequence[str], kind: str) -> None:
    """Thousands at once take a few statements: each new removal is the latest of its entry, so it stands."""
    trashed, at = kind == TRASH, now_ms()
    for start in range(0, len(entry_ids), AT_ONCE):
        some = entry_ids[start : start + AT_ONCE]
        latest = (
            select(shelf.c.generation_id, shelf.c.trashed, func.max(removals.c.id))
            .outerjoin(removals, removals.c.generation_id == shelf.c.generation_id)
            .where(shelf.c.generation_id.in_(some))
            .group_by(shelf.c.generation_id)
        )
        known = {id_: (now, stamp) for id_, now, stamp in write.connection.execute(latest)}
        for missing in (id_ for id_ in some if id_ not in known):
            get_entry(write.connection, missing)
        moved = [id_ for id_ in dict.fromkeys(some) if known[id_][0] != trashed]
        if not moved:
            continue
        write.connection.execute(
            insert(removals),
            [{"id": stamp_after(known[id_][1]), "generation_id": id_, "kind": kind, "created_at": at} for id_ in moved],
        )
        write.connection.execute(update(shelf).where(shelf.c.generation_id.in_(moved)).values(trashed=trashed))
        for id_ in moved:
            write.changed("entry", id_)


def put_removal(write: Write, id_: str, entry_id: str, kind: str, created_at: int) -> None:
    """Insert a removal or its undoing, unless it is known, and let the latest of the entry's removals stand."""
    connection = write.connection
    fact = insert(removals).values(id=id_, generation_id=entry_id, kind=kind, created_at=created_at)
    connection.execute(fact.on_conflict_do_nothing())
    of_entry = select(removals.c.kind).where(removals.c.generation_id == entry_id)
    stands = connection.execute(of_entry.order_by(removals.c.id.desc()).limit(1)).scalar()
    trashed = stands == TRASH
    connection.execute(update(shelf).where(shelf.c.generation_id == entry_id).values(trashed=trashed))
    write.changed("entry", entry_id)
