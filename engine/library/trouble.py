"""What went wrong with the disk or the database, as a sentence for the user; our own mistakes stay what they are."""

from __future__ import annotations

import shlex
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from engine.blobs.files import translate_os_error
from engine.library.backup import newest_backup
from engine.library.layout import Layout
from engine.protocol.errors import DiskFull, LibraryCorrupt, LibraryInUse, LibraryReadOnly, MascotError

_PRIMARY = 0xFF


def corrupt(layout: Layout, details: str = "") -> LibraryCorrupt:
    """The database is damaged: what is safe, and the way back."""
    backup = newest_backup(layout)
    way_back = (
        f"close MascotForge and put the newest backup, {backup.name}, in its place with `mascotforge doctor --library "
        f"{shlex.quote(str(layout.folder))} --repair`"
        if backup
        else f"there is no backup in {layout.backups} yet; move it aside and MascotForge starts a new one"
    )
    return LibraryCorrupt(
        f"The library's database {layout.database} is damaged; your pictures and projects beside it are untouched: "
        f"{way_back}.",
        details=details,
    )


def translate_sqlite(error: sqlite3.Error, layout: Layout) -> MascotError | None:
    """The user's sentence for trouble that the environment makes; None for an error that is our own bug."""
    code = getattr(error, "sqlite_errorcode", None)
    if not isinstance(code, int):
        return corrupt(layout, str(error)) if "not a database" in str(error) else None
    match code & _PRIMARY:
        case sqlite3.SQLITE_FULL:
            return DiskFull(
                f"No space is left on the disk that holds the library {layout.folder}; free some and try again."
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return read_only(layout.folder)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return corrupt(layout, str(error))
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return LibraryInUse(
                f"Another program keeps the library {layout.folder} locked; wait for it to finish or end it, then "
                "try again."
            )
        case sqlite3.SQLITE_IOERR:
            return LibraryCorrupt(
                f"The disk that holds the library {layout.folder} reports an error; check the disk or its connection, "
                "then try again.",
                details=str(error),
            )
        case _:
            return None


def read_only(folder: Path) -> LibraryReadOnly:
    return LibraryReadOnly(
        f"The library {folder} can't be written to; change its permissions or choose another folder with --library."
    )


@contextmanager
def told_to_the_user(layout: Layout) -> Generator[None]:
    """Turn trouble of disk and database inside the block into a MascotError; everything else passes through."""
    try:
        yield
    except DBAPIError as error:
        original = error.orig
        told = translate_sqlite(original, layout) if isinstance(original, sqlite3.Error) else None
        raise told or error from error
    except sqlite3.Error as error:
        raise translate_sqlite(error, layout) or error from error
    except OSError as error:
        raise translate_os_error(error, layout.database) or error from error
