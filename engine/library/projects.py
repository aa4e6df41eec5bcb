"""Projects: a document each, and a row that mirrors its heading so that lists need not open documents."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import JsonValue
from sqlalchemy import Connection, Row, delete, exists, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from engine.blobs.files import translate_os_error, write_bytes
from engine.blobs.store import BlobStore
from engine.library.canvases import canvases_folder, erase_canvases
from engine.library.clock import moment, now_ms
from engine.library.database import Database, Write
from engine.library.document_file import SNAPSHOT, stamp_of
from engine.library.entries import entry_of, select_entries
from engine.library.erasure import blobs_in_documents, erase_generations, erase_jobs, erase_sharing, sweep_blobs
from engine.library.gallery import insert_generation
from engine.library.labels import put_label
from engine.library.layout import Layout
from engine.library.project_document import Heading, ProjectDocument, create_project_document
from engine.library.settings import read_setting, write_setting
from engine.library.tables import comments, generations, jobs, projects, shared_projects, shelf
from engine.protocol.errors import BadInput, LibraryCorrupt, NotFound
from engine.protocol.ids import new_id
from engine.protocol.recipes import BlobHash

DEFAULT_NAME = "My mascots"
DEFAULT_KEY = "projects.default"
MAX_NAME_CHARACTERS = 200


@dataclass(frozen=True)
class Project:
    id: str
    name: str
    description: str
    thumbnail: BlobHash | None
    created_at: datetime
    updated_at: datetime
    trashed: bool


class Projects:
    def __init__(self, layout: Layout, database: Database, blobs: BlobStore) -> None:
        self._layout = layout
        self._database = database
        self._blobs = blobs
        self._documents: dict[str, ProjectDocument] = {}
        self._guard = threading.RLock()

    def create(self, name: str, description: str = "") -> Project:
        """Raises BadInput for a blank or overlong name, DiskFull, LibraryReadOnly."""
        name = _checked_name(name)
        return self._database.write(lambda write: self._create(write, name, description))

    def list(self, trashed: bool = False) -> list[Project]:
        """Projects in the order they were made; those in the trash only when asked for."""
        wanted = select(projects).order_by(projects.c.id)
        wanted = wanted.where(projects.c.trashed_at.is_not(None) if trashed else projects.c.trashed_at.is_(None))
        return [_project(row) for row in self._database.read(lambda connection: connection.execute(wanted).all())]

    def get(self, project_id: str) -> Project:
        """Raises NotFound."""
        return self._database.read(lambda connection: _get(connection, project_id))

    def default(self) -> Project:
        """The project for whoever chose none: "My mascots", made at first use, and again when it is in the trash."""

        def work(write: Write) -> Project:
            chosen = read_setting(write.connection, DEFAULT_KEY)
            here = select(projects).where(projects.c.id == chosen, projects.c.trashed_at.is_(None))
            if (row := write.connection.execute(here).one_or_none()) is not None:
                return _project(row)
            project = self._create(write, DEFAULT_NAME, "")
            write_setting(write, DEFAULT_KEY, project.id)
            return project

        return self._database.write(work)

    def untouched_default(self) -> str | None:
        """The id of "My mascots" as long as nobody did anything with it: beside other projects it is not worth a line.
        None when there is none, or something is in it."""

        def work(connection: Connection) -> str | None:
            chosen = read_setting(connection, DEFAULT_KEY)
            row = connection.execute(select(projects).where(projects.c.id == chosen)).one_or_none()
            if row is None or row.name != DEFAULT_NAME or row.updated_at != row.created_at:
                return None
            uses = (
                exists().where(table.c.project_id == row.id) for table in (generations, jobs, shared_projects, comments)
            )
            return None if connection.execute(select(or_(*uses))).scalar() else str(row.id)

        found = self._database.read(work)
        return None if found is None or canvases_folder(self._layout, found).exists() else found

    def to_begin_with(self) -> Project:
        """What a window opens first: "My mascots"; as long as nothing is in that, rather what is shared and was changed
        last."""

        def work(connection: Connection) -> str | None:
            is_used = select(projects.c.id).where(
                projects.c.id == read_setting(connection, DEFAULT_KEY), projects.c.trashed_at.is_(None)
            )
            if untouched is None and connection.execute(is_used).scalar() is not None:
                return None
            shared = select(projects.c.id).join(shared_projects, shared_projects.c.project_id == projects.c.id)
            shared = shared.where(projects.c.trashed_at.is_(None), shared_projects.c.state == "active")
            return connection.execute(shared.order_by(projects.c.updated_at.desc()).limit(1)).scalar()

        untouched = self.untouched_default()
        found = self._database.read(work)
        return self.default() if found is None else self.get(found)

    def document(self, project_id: str) -> ProjectDocument:
        """The project's document, one object as long as the library is open. Raises NotFound, LibraryCorrupt."""
        with self._guard:
            if project_id not in self._documents:
                self.get(project_id)
                folder = self._folder(project_id)
                if not (folder / SNAPSHOT).is_file():
                    raise LibraryCorrupt(
                        f"The project document {folder / SNAPSHOT} is missing; `mascotforge doctor --library` tells "
                        "how to "
                        "restore it from the JSON export beside it."
                    )
                document = ProjectDocument(project_id, folder)
                document.subscribe(lambda: self._mirror(document))
                self._documents[project_id] = document
            return self._documents[project_id]

    def receive(self, project_id: str, updates: Sequence[bytes], name: str) -> ProjectDocument:
        """Take in a project of others, as its document's updates; `name` is shown while the document says none.

        Also for one that is here already. Raises BadUpdates, DiskFull, LibraryReadOnly.
        """
        with self._guard:
            folder = self._folder(project_id)
            if not (folder / SNAPSHOT).is_file():
                document = ProjectDocument(project_id, folder)
                document.import_updates(updates)
                heading, stamp = document.saved()
                shown = heading if heading.name else replace(heading, name=name)
                self._database.write(lambda write: self._put_row(write, project_id, shown, stamp))
                return self.document(project_id)
            document = self.document(project_id)
        document.import_updates(updates)
        return document

    def take_fresh_peers(self) -> None:
        """Whoever edits from now on is perhaps not whoever did until now."""
        with self._guard:
            documents = list(self._documents.values())
        for document in documents:
            document.take_fresh_peer()

    def rename(self, project_id: str, name: str) -> Project:
        """Raises BadInput, NotFound, DiskFull, LibraryReadOnly."""
        self.document(project_id).set_heading(name=_checked_name(name))
        return self.get(project_id)

    def describe(self, project_id: str, description: str) -> Project:
        self.document(project_id).set_heading(description=description)
        return self.get(project_id)

    def set_thumbnail(self, project_id: str, blob: BlobHash | None) -> Project:
        self.document(project_id).set_thumbnail(blob)
        return self.get(project_id)

    def duplicate(self, project_id: str) -> Project:
        """A copy with its own document and gallery entries; the files behind them are shared.

        Raises NotFound, DiskFull.
        """
        source = self.get(project_id)
        snapshot = self._folder(project_id) / SNAPSHOT
        copy_id = new_id()
        folder = self._folder(copy_id)
        # The document first, whole: a row without one would be a broken project, a document without a row is adopted.
        write_bytes(folder / SNAPSHOT, snapshot.read_bytes())
        document = ProjectDocument(copy_id, folder)
        document.set_heading(name=self._free_name(f"{source.name} copy"))

        def work(write: Write) -> dict[str, str]:
            self._put_row(write, copy_id, *document.saved())
            wanted = select_entries().where(generations.c.project_id == project_id, shelf.c.trashed.is_(False))
            new_ids: dict[str, str] = {}
            for row in write.connection.execute(wanted.order_by(generations.c.id)).all():
                entry = entry_of(row)
                copied = insert_generation(write, copy_id, None, entry.artifact, entry.recipe, row.created_at)
                new_ids[entry.id] = copied.id
                noted: dict[str, JsonValue] = {
                    "favourite": entry.favourite,
                    "rating": entry.rating,
                    "tags": [*entry.tags],
                }
                for name, value in noted.items():
                    if value:
                        put_label(write, [copied.id], name, value)
            return new_ids

        document.move_rigs(self._database.write(work))
        self._mirror(document)
        return self.get(copy_id)

    def trash(self, project_id: str) -> None:
        """Raises NotFound."""
        self._set_trashed(project_id, now_ms())

    def restore(self, project_id: str) -> None:
        """Raises NotFound."""
        self._set_trashed(project_id, None)

    def erase(self, project_id: str) -> None:
        """Remove a project for good: history, entries, jobs, backups that know it, and blobs that nothing else uses."""
        self.get(project_id)
        with self._guard:
            self._documents.pop(project_id, None)
        grave = self._layout.trash / f"erasing-{project_id}"
        folder = self._folder(project_id)
        if folder.exists():
            try:
                folder.replace(grave)
            except OSError as error:
                raise translate_os_error(error, folder) or error from error

        def work(write: Write) -> set[str]:
            connection = write.connection
            mine = select(generations.c.id).where(generations.c.project_id == project_id)
            thumbnail = connection.execute(select(projects.c.thumbnail).where(projects.c.id == project_id)).scalar()
            free = erase_generations(write, list(connection.execute(mine).scalars().all()))
            free |= erase_jobs(write, project_id) | ({thumbnail} if thumbnail else set()) | blobs_in_documents(grave)
            connection.execute(delete(projects).where(projects.c.id == project_id))
            erase_sharing(write, project_id)
            write.changed("project", project_id)
            return free

        candidates = self._database.write(work)
        shutil.rmtree(grave, ignore_errors=True)
        erase_canvases(self._layout, project_id)
        sweep_blobs(self._layout, self._database, self._blobs, candidates)

    def reconcile(self) -> None:
        """Bring the rows up to their documents: after a crash between the two, a copied folder, or a restored
        backup.
        """
        stamps = self._database.read(
            lambda connection: {row.id: row.document_stamp for row in connection.execute(select(projects))}
        )
        for snapshot in sorted(self._layout.projects.glob(f"*/{SNAPSHOT}")):
            project_id = snapshot.parent.name
            if stamps.get(project_id) == stamp_of(snapshot):
                continue
            try:
                self._mirror(ProjectDocument(project_id, snapshot.parent))
            except LibraryCorrupt:
                # One damaged document must not lock the user out of the others; opening it says what to do.
                continue

    def close(self) -> None:
        with self._guard:
            self._documents.clear()

    def _folder(self, project_id: str) -> Path:
        return self._layout.projects / project_id

    def _create(self, write: Write, name: str, description: str) -> Project:
        id_ = new_id()
        stamp = create_project_document(self._folder(id_), name, description)
        self._put_row(write, id_, Heading(name, description, None), stamp)
        return _get(write.connection, id_)

    def _mirror(self, document: ProjectDocument) -> None:
        # Read on the writing thread: of two edits at once the later state is the one that stays.
        self._database.write(lambda write: self._put_row(write, document.project_id, *document.saved()))

    def _put_row(self, write: Write, project_id: str, heading: Heading, stamp: str) -> None:
        now = now_ms()
        shown: dict[str, Any] = {
            "name": heading.name,
            "description": heading.description,
            "thumbnail": heading.thumbnail,
            "updated_at": now,
            "document_stamp": stamp,
        }
        put = insert(projects).values(id=project_id, created_at=now, **shown)
        write.connection.execute(put.on_conflict_do_update(index_elements=["id"], set_=shown))
        write.changed("project", project_id)

    def _set_trashed(self, project_id: str, at: int | None) -> None:
        def work(write: Write) -> None:
            _get(write.connection, project_id)
            write.connection.execute(update(projects).where(projects.c.id == project_id).values(trashed_at=at))
            write.changed("project", project_id)

        self._database.write(work)

    def _free_name(self, wanted: str) -> str:
        taken = {project.name for project in self.list()}
        name, number = wanted[:MAX_NAME_CHARACTERS], 2
        while name in taken:
            name = f"{wanted[: MAX_NAME_CHARACTERS - 6]} {number}"
            number += 1
        return name


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise BadInput("A project needs a name; give it at least one letter.")
    if len(name) > MAX_NAME_CHARACTERS:
        raise BadInput(f"A project's name has at most {MAX_NAME_CHARACTERS} characters; this one has {len(name):,}.")
    return name


def _get(connection: Connection, project_id: str) -> Project:
    row = connection.execute(select(projects).where(projects.c.id == project_id)).one_or_none()
    if row is None:
        raise NotFound(
            f"There is no project with the id {project_id} in this library; `mascotforge projects list` shows them."
        )
    return _project(row)


def _project(row: Row[Any]) -> Project:
    return Project(
        id=row.id,
        name=row.name,
        description=row.description,
        thumbnail=row.thumbnail,
        created_at=moment(row.created_at),
        updated_at=moment(row.updated_at),
        trashed=row.trashed_at is not None,
    )
