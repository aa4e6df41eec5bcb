"""Bring a library's database to this program's schema: probe, back up, migrate."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection

from engine.library.backup import back_up, newest_backup
from engine.library.layout import Layout
from engine.library.trouble import corrupt
from engine.protocol.errors import LibraryNewer

REVISIONS = ("0001", "0002", "0003", "0004")
"""Every revision in order. A version that is not here was written by a newer program."""

HEAD = REVISIONS[-1]


def version_of(database: Path) -> str | None:
    """The database's revision, read without changing a byte; None for a file without tables. Raises sqlite3.Error."""
    # A reader of a database in WAL mode makes two files beside it, unless it is told that nobody writes: so it is when
    # there is no WAL.
    in_use = Path(f"{database}-wal").exists()
    address = f"{database.absolute().as_uri()}?{'mode=ro' if in_use else 'immutable=1'}"
    with closing(sqlite3.connect(address, uri=True, timeout=30)) as probe:
        tables = {row[0] for row in probe.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "alembic_version" not in tables:
            if tables:
                raise sqlite3.DatabaseError("file is not a database of MascotForge")
            return None
        row = probe.execute("SELECT version_num FROM alembic_version").fetchone()
        return row[0] if row else None


def refuse_newer(layout: Layout) -> str | None:
    """The existing database's revision, or None when there is none yet.

    Raises LibraryNewer, LibraryCorrupt, sqlite3.Error.
    """
    if not layout.database.exists():
        return None
    try:
        version = version_of(layout.database)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) is None:
            raise corrupt(layout, str(error)) from error
        raise
    if version is None and newest_backup(layout) is not None:
        # Emptied by something else: a fresh start would hide what the backup still has.
        raise corrupt(layout, "the file is empty")
    if version is not None and version not in REVISIONS:
        raise LibraryNewer(
            f"The library {layout.folder} was written by a newer MascotForge (its version is {version}, this "
            "program knows up to "
            f"{HEAD}); update MascotForge or choose another folder with --library. Nothing was changed."
        )
    return version


def upgrade(layout: Layout, connection: Connection, version: str | None) -> None:
    """Run the missing migrations inside the caller's transaction; an existing database is backed up first."""
    if version == HEAD:
        return
    if version is not None:
        back_up(layout, version)
    # Alembic costs 0.1 s to import: only a new or an old library needs it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
