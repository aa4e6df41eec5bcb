"""The migrations make what the models describe, on both databases, and never lose what is there."""

from __future__ import annotations

import shutil
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import JSON, Column, Table, inspect, text

from sync_server.accounts.people import create_user
from sync_server.database import new_migration, schema
from sync_server.database.base import Base, UtcTime
from sync_server.database.comparing import options
from sync_server.database.database import Database
from sync_server.database.models import all_tables
from sync_server.database.schema import HEAD, REVISIONS, prepare
from sync_server.secrets.vault import Sealed
from sync_server.trouble import CommandFailed


@pytest.fixture(params=["sqlite", "postgres"])
def open_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """Opens one and the same empty database, each time anew."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'server.db'}"
    else:
        url = request.getfixturevalue("postgres").new_database()
    opened: list[Database] = []

    def make() -> Database:
        opened.append(Database(url))
        return opened[-1]

    yield make
    for database in opened:
        database.close()


def test_the_migrations_make_exactly_the_tables_of_the_models(open_database: Callable[[], Database]) -> None:
    database = open_database()
    prepare(database)
    with database.engine.connect() as connection:
        given = {name: value for name, value in options().items() if name != "target_metadata"}
        context = MigrationContext.configure(connection, opts=given)
        assert compare_metadata(context, all_tables()) == []


def test_the_names_of_revisions_are_those_of_the_files() -> None:
    files = sorted(path.name[:4] for path in (schema.MIGRATIONS / "versions").glob("0*.py"))
    assert tuple(files) == REVISIONS


def test_processes_that_start_at_once_migrate_once(open_database: Callable[[], Database]) -> None:
    errors: list[BaseException] = []

    def start() -> None:
        try:
            prepare(open_database())
        except BaseException as error:  # noqa: BLE001 - told below
            errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_ready_database_is_left_as_it_is(open_database: Callable[[], Database]) -> None:
    database = open_database()
    prepare(database)
    with database.write() as session:
        create_user(session, "ada@example.org")
    prepare(database)
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM users")) == 1


def test_a_database_of_a_newer_server_is_refused_unchanged(open_database: Callable[[], Database]) -> None:
    database = open_database()
    prepare(database)
    with database.engine.connect() as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CommandFailed, match="newer server"):
        prepare(database)


def test_a_database_of_somebody_else_is_refused_unchanged(open_database: Callable[[], Database]) -> None:
    database = open_database()
    with database.engine.connect() as connection, connection.begin():
        connection.execute(text("CREATE TABLE users (id INTEGER)"))
    with pytest.raises(CommandFailed, match="not of this server"):
        prepare(database)
    assert inspect(database.engine).get_table_names() == ["users"]


def test_an_older_database_is_backed_up_before_it_is_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(f"sqlite:///{tmp_path / 'server.db'}")
    prepare(database)
    with database.write() as session:
        create_user(session, "ada@example.org")
    monkeypatch.setattr(schema, "REVISIONS", (*REVISIONS, "next"))
    monkeypatch.setattr(schema, "HEAD", "next")
    prepare(database)
    database.close()
    kept = list(tmp_path.glob(f"server-before-{HEAD}-*.db"))
    assert len(kept) == 1
    with closing(sqlite3.connect(kept[0])) as copy:
        assert copy.execute("SELECT email FROM users").fetchall() == [("ada@example.org",)]


def test_a_changed_model_becomes_a_migration_that_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As developers make one: by `new_migration`, into a copy of the folder."""
    folder = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(schema, "MIGRATIONS", folder)
    table = Table("things", Base.metadata, Column("at", UtcTime()), Column("seed", Sealed), Column("config", JSON()))
    try:
        monkeypatch.setattr(sys, "argv", ["new_migration", "0099", "Things"])
        new_migration.main()
    finally:
        Base.metadata.remove(table)
    (made,) = folder.glob("versions/0099*.py")
    text = made.read_text()
    assert "sa.DateTime(timezone=True)" in text and "sa.Text()" in text and "JSONB" in text
    assert "sync_server" not in text, "old migrations must not change with the server's types"
    database = Database(f"sqlite:///{tmp_path / 'server.db'}")
    with database.engine.connect() as connection, connection.begin():
        command.upgrade(schema.migration_config(connection), "head")
        assert inspect(connection).has_table("things")
    database.close()
