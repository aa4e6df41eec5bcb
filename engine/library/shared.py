"""Which projects of the library sync with a server, and how far: epoch, numbers, and what the server has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from engine.library import facts as journal
from engine.library.clock import now_ms
from engine.library.database import Database, Write
from engine.library.document_updates import merged
from engine.library.tables import facts, generations, projects, remote_blobs, shared_projects, shelf

ACTIVE, ENDED, LOST = "active", "ended", "lost"
"""Syncs; ended by choice here; ended elsewhere (removed from the workspace, deleted there). Copies always stay."""


@dataclass(frozen=True)
class SharedProject:
    """`acknowledged` is the encoded version of the document that the server is known to have, `owed` the one that it
    had before its epoch changed; `last_update` and `last_fact` are the newest numbers of its logs that were taken in;
    `sentence` says what is wrong, if anything is."""

    project_id: str
    server: str
    workspace_id: str
    account_id: str
    role: str
    epoch: str
    last_update: int
    last_fact: int
    acknowledged: bytes
    owed: bytes
    keep_offline: bool
    state: str
    sentence: str
    synced_at: int | None


@dataclass(frozen=True)
class RemoteBlob:
    """An original that is not here. `thumbnail` is the blob of a small picture of it, if its maker sent one."""

    blob: str
    project_id: str
    size_bytes: int
    thumbnail: str | None


class Shared:
    """All reads are of committed states; all writes raise DiskFull, LibraryReadOnly."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[SharedProject]:
        """Those that sync and those that did."""
        wanted = select(shared_projects).order_by(shared_projects.c.project_id)
        return [_shared(row) for row in self._database.read(lambda connection: connection.execute(wanted).all())]

    def get(self, project_id: str) -> SharedProject | None:
        return self._database.read(lambda connection: read_shared(connection, project_id))

    def begin(self, project_id: str, server: str, workspace_id: str, account_id: str, role: str) -> SharedProject:
        """From now on the project syncs with this workspace. What was known of another place is forgotten."""

        def work(write: Write) -> SharedProject:
            known = read_shared(write.connection, project_id)
            values: dict[str, Any] = {"account_id": account_id, "role": role, "state": ACTIVE, "sentence": ""}
            if known is None or (known.server, known.workspace_id) != (server, workspace_id):
                values |= {"server": server, "workspace_id": workspace_id, "synced_at": None, **_NOTHING}
                journal.let_all_wait(write, project_id, owed=False)
            put = insert(shared_projects).values(
                project_id=project_id,
                **({"server": server, "workspace_id": workspace_id, "keep_offline": False, **_NOTHING} | values),
            )
            write.connection.execute(put.on_conflict_do_update(index_elements=["project_id"], set_=values))
            write.changed("shared", project_id)
            found = read_shared(write.connection, project_id)
            assert found is not None
            return found

        return self._database.write(work)

    def change(self, project_id: str, **values: Any) -> None:
        """Set columns of the project's row."""
        self._database.write(lambda write: change_shared(write, project_id, **values))

    def count_waiting(self, project_id: str) -> int:
        """Facts that the server doesn't have, also those that are not in the journal yet."""

        def work(connection: Connection) -> int:
            return journal.count_waiting(connection, project_id) + journal.count_news(connection, project_id)

        return self._database.read(work)

    def author_of(self, entry_id: str) -> str:
        """Who made an entry, as the server says; empty for one's own that isn't sent yet, or an unshared one."""
        wanted = select(facts.c.author_name).where(facts.c.id == entry_id)
        return self._database.read(lambda connection: connection.execute(wanted).scalar()) or ""

    def remote_blobs(self, project_id: str) -> list[RemoteBlob]:
        """The originals of a project that are not here."""
        wanted = select(remote_blobs).where(remote_blobs.c.project_id == project_id).order_by(remote_blobs.c.blob)
        rows = self._database.read(lambda connection: connection.execute(wanted).all())
        return [RemoteBlob(row.blob, row.project_id, row.size_bytes, row.thumbnail) for row in rows]

    def entry_blobs(self, project_id: str) -> Sequence[tuple[str, str, str | None]]:
        """Blob, artifact and recipe (as JSON) of every entry of a project, the newest first."""
        wanted = select(generations.c.blob, generations.c.artifact, generations.c.recipe)
        wanted = wanted.where(generations.c.project_id == project_id).order_by(generations.c.id.desc())
        rows = self._database.read(lambda connection: connection.execute(wanted).all())
        return [(row.blob, row.artifact, row.recipe) for row in rows]

    def blob_arrived(self, blob: str) -> None:
        """An original is here now: its entries can be opened, and are looked at for the search by picture."""

        def work(write: Write) -> None:
            connection = write.connection
            connection.execute(delete(remote_blobs).where(remote_blobs.c.blob == blob))
            named = select(generations.c.id).where(generations.c.blob == blob)
            ids = connection.execute(named).scalars().all()
            connection.execute(update(shelf).where(shelf.c.generation_id.in_(ids)).values(looked=0))
            for id_ in ids:
                write.changed("entry", id_)

        self._database.write(work)

    def blob_missing(self, blob: str, project_id: str, size_bytes: int) -> None:
        """An original that should be here is not, or is damaged: it is to come from the server again."""

        def work(write: Write) -> None:
            lies = insert(remote_blobs).values(blob=blob, project_id=project_id, size_bytes=size_bytes)
            write.connection.execute(lies.on_conflict_do_nothing())

        self._database.write(work)

    def thumbnail_arrived(self, blob: str) -> None:
        """There is a small picture of an original now: whoever shows its entries looks again."""

        def work(write: Write) -> None:
            for id_ in write.connection.execute(select(generations.c.id).where(generations.c.blob == blob)).scalars():
                write.changed("entry", id_)

        self._database.write(work)

    def names(self) -> dict[str, str]:
        """The names of all projects by id."""
        wanted = select(projects.c.id, projects.c.name)
        return {row.id: row.name for row in self._database.read(lambda connection: connection.execute(wanted).all())}


_NOTHING: dict[str, Any] = {"epoch": "", "last_update": 0, "last_fact": 0, "acknowledged": b"", "owed": b""}


def read_shared(connection: Connection, project_id: str) -> SharedProject | None:
    row = connection.execute(select(shared_projects).where(shared_projects.c.project_id == project_id)).one_or_none()
    return None if row is None else _shared(row)


def change_shared(write: Write, project_id: str, **values: Any) -> None:
    """Set columns of the project's row within a transaction."""
    write.connection.execute(update(shared_projects).where(shared_projects.c.project_id == project_id).values(**values))
    write.changed("shared", project_id)


def begin_epoch(write: Write, project_id: str, epoch: str, server_version: bytes) -> None:
    """The server's logs begin anew and may have lost entries: all is pulled again, and what is missing there waits.

    `server_version` is what its document holds now; what it held before is owed to it.
    """
    known = read_shared(write.connection, project_id)
    if known is None or known.epoch == epoch:
        return
    owed = merged(known.acknowledged, known.owed)
    change_shared(
        write,
        project_id,
        **_NOTHING | {"epoch": epoch, "acknowledged": server_version, "owed": owed if known.epoch else b""},
    )
    journal.let_all_wait(write, project_id, owed=bool(known.epoch))


def synced(write: Write, project_id: str) -> None:
    change_shared(write, project_id, synced_at=now_ms(), sentence="")


def _shared(row: Row[Any]) -> SharedProject:
    # The fields are the table's columns, in their order.
    return SharedProject(*row)
