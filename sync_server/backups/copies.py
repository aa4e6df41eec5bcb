"""Copies of the database: by SQLite's own backup, or by PostgreSQL's programs. Both are whole while it is in use."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, make_url

from sync_server.trouble import CommandFailed

SQLITE_NAME, POSTGRES_NAME = "database.sqlite", "database.pgdump"
BUSY_S = 60.0
_EMPTY = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
_SYSTEM_PROGRAMS = Path("/usr/lib/postgresql")


def name_of_copy(url: str) -> str:
    """What the copy is called in a backup: it can only go back to where it came from."""
    return SQLITE_NAME if make_url(url).get_backend_name() == "sqlite" else POSTGRES_NAME


def copy_to(url: str, target: Path) -> None:
    """Raises CommandFailed."""
    if name_of_copy(url) == POSTGRES_NAME:
        options = ("--format=custom", "--no-owner", "--no-acl", f"--file={target}")
        _run("pg_dump", *options, f"--dbname={make_url(url).database}", at=make_url(url))
        return
    _sqlite_copy(_sqlite_path(url), target)


def copy_back(url: str, source: Path) -> None:
    """Replace all that the database holds. Raises CommandFailed; then it is as it was."""
    if name_of_copy(url) == POSTGRES_NAME:
        _postgres_copy_back(make_url(url), source)
        return
    try:
        with closing(sqlite3.connect(source)) as opened:
            found = opened.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise CommandFailed(f"The database in the backup is damaged ({found[:200]}); take an older backup.")
    _sqlite_copy(source, _sqlite_path(url))


def _postgres_copy_back(url: URL, source: Path) -> None:
    # By way of a script: tables that are newer than the backup have to go in the same transaction.
    script = source.with_suffix(".sql")
    _run("pg_restore", "--no-owner", "--no-acl", f"--file={script}", str(source))
    options = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
    _run("psql", *options, f"--dbname={url.database}", f"--command={_EMPTY}", f"--file={script}", at=url)


def _sqlite_path(url: str) -> Path:
    return Path(make_url(url).database or "")


def _sqlite_copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            closing(sqlite3.connect(source, timeout=BUSY_S)) as opened,
            closing(sqlite3.connect(target, timeout=BUSY_S)) as copy,
        ):
            opened.backup(copy)
    except sqlite3.Error as error:
        raise CommandFailed(f"{source} can't be copied to {target}: {error}.") from error


def _run(program: str, *options: str, at: URL | None = None) -> None:
    environment = {**os.environ, **({} if at is None else _whereabouts(at))}
    done = subprocess.run([_program(program), *options], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[0]
        raise CommandFailed(f"{program} failed: {said}.")


def _whereabouts(url: URL) -> dict[str, str]:
    """For libpq, by the environment: arguments can be read by everybody on the machine."""
    folder = url.query.get("host")
    known = {
        "PGHOST": folder if isinstance(folder, str) else url.host,
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
    }
    return {name: str(value) for name, value in known.items() if value is not None}


def _program(name: str) -> str:
    """The newest that is installed: one older than the server refuses to work."""
    versions = sorted(_SYSTEM_PROGRAMS.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]), reverse=True)
    found = str(versions[0]) if versions else shutil.which(name)
    if found is None:
        raise CommandFailed(f"{name} is missing on this machine; install PostgreSQL's client programs.")
    return found
