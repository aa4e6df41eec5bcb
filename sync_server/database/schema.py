"""Brings a database to the tables that this version of the server knows: probe, back up, migrate."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from sync_server.database.base import now
from sync_server.database.database import Database
from sync_server.database.models import all_tables
from sync_server.trouble import CommandFailed

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
REVISIONS = ("0001",)
"""Every revision in order. A version that is not here was written by a newer server."""
HEAD = REVISIONS[-1]
_LOCK = 0x6D617363
"""Of PostgreSQL, while one of several processes that start at once migrates."""


def prepare(database: Database) -> None:
    """Make or migrate the tables; does nothing to a database that is ready. Raises CommandFailed."""
    all_tables()  # a command that loads few rooms must know the tables that its own ones refer to
    try:
        _prepare(database)
    except DBAPIError as error:
        place, why = database.url.render_as_string(hide_password=True), str(error.orig).splitlines()[0]
        raise CommandFailed(
            f"The database {place} can't be used ({why}); see that it runs, or name another one with --database."
        ) from error


def _prepare(database: Database) -> None:
    with database.engine.connect() as connection:
        version = _version(connection)
    if version == HEAD:
        return
    if version is not None and database.is_sqlite:
        _back_up(Path(database.url.database or ""), version)
    writing = {"mascotforge_writes": True} if database.is_sqlite else {}
    with database.engine.connect().execution_options(**writing) as connection, connection.begin():
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if _version(connection) != HEAD:  # another process may have been first
            from alembic import command  # large, and seldom needed

            command.upgrade(migration_config(connection), "head")


def _version(connection: Connection) -> str | None:
    """None for an empty database. Raises CommandFailed for one that isn't ours, or is newer."""
    tables = inspect(connection)
    kept = tables.has_table("alembic_version")
    version = connection.scalar(text("SELECT version_num FROM alembic_version")) if kept else None
    if version is None and tables.has_table("users"):
        raise CommandFailed("The database has tables that are not of this server; name an empty one with --database.")
    if version is not None and version not in REVISIONS:
        raise CommandFailed(
            f"The database was written by a newer server (its version is {version}, this one knows up to {HEAD}); "
            "install the newer one. Nothing was changed."
        )
    return version


def migration_config(connection: Connection) -> Config:
    """Alembic on a connection that is open already."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _back_up(path: Path, version: str) -> None:
    target = path.with_name(f"{path.stem}-before-{version}-{now():%Y%m%dT%H%M%S%f}{path.suffix}")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
