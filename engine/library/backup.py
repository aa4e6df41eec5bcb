"""Copies of the database, made with SQLite's own backup so that they are whole even while it is in use."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from engine.library.layout import Layout

KEPT = 5
DAY_S = 24 * 3600.0

log = logging.getLogger(__name__)


def back_up(layout: Layout, label: str) -> None:
    """Copy the database to backups/library-<label>-<time>.db and keep the newest five.

    Raises sqlite3.Error, OSError.
    """
    layout.backups.mkdir(parents=True, exist_ok=True)
    stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime()) + f"{time.time_ns() // 1_000_000 % 1000:03d}"
    target = layout.backups / f"library-{label}-{stamp}.db"
    aside = target.with_suffix(".aside")
    try:
        with closing(sqlite3.connect(layout.database)) as source, closing(sqlite3.connect(aside)) as copy:
            source.backup(copy)
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    for old in backups(layout)[:-KEPT]:
        old.unlink(missing_ok=True)


def back_up_daily(layout: Layout) -> None:
    """Back up unless there is a backup of the last day. One that fails is no harm: the database itself is sound."""
    newest = newest_backup(layout)
    if newest is not None and time.time() - newest.stat().st_mtime < DAY_S:
        return
    try:
        back_up(layout, "daily")
    except (sqlite3.Error, OSError) as error:
        log.warning("no backup was made: %s", error)


def backups(layout: Layout) -> list[Path]:
    """The backups, oldest first; the time at the end of each name is their order."""
    return sorted(layout.backups.glob("library-*.db"), key=lambda path: path.stem.rsplit("-", 1)[-1])


def newest_backup(layout: Layout) -> Path | None:
    found = backups(layout)
    return found[-1] if found else None
