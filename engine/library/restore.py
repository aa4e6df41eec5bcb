"""A damaged database gives its place to the newest sound backup; the damaged one goes to the trash."""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from engine.blobs.files import translate_os_error, written_aside
from engine.library.backup import backups
from engine.library.layout import Layout

_BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a database: of another one it would be written into it."""


def restore_damaged(layout: Layout) -> list[str]:
    """A sentence for what was done; none when the database is sound or no backup is.

    Raises DiskFull, LibraryReadOnly.
    """
    if not layout.database.is_file() or _sound(layout.database):
        return []
    backup = next((path for path in reversed(backups(layout)) if _sound(path, "immutable=1")), None)
    if backup is None:
        return []
    try:
        layout.trash.mkdir(exist_ok=True)
        aside = layout.trash / f"library-damaged-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}.db"
        for ending in ("", *_BESIDE):
            part = Path(f"{layout.database}{ending}")
            if part.is_file():
                part.replace(f"{aside}{ending}")
    except OSError as error:
        raise translate_os_error(error, layout.database) or error from error
    with written_aside(layout.database) as copy, backup.open("rb") as source:
        shutil.copyfileobj(source, copy)
    return [
        f"Put the backup {backup.name} in the place of the damaged database, which is in {layout.trash} now; what was "
        f"made after it is not listed, and its files are still in {layout.blobs}."
    ]


def _sound(database: Path, mode: str = "mode=ro") -> bool:
    """Whether `doctor` would find nothing wrong with it."""
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?{mode}", uri=True, timeout=30)) as opened:
            whole = opened.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
            fits = whole and opened.execute("PRAGMA foreign_key_check").fetchone() is None
            named = opened.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").fetchone()[0]
            return fits and bool(named)
    except sqlite3.DatabaseError as error:
        # Locked or out of reach is not damaged.
        return isinstance(error, sqlite3.OperationalError)
