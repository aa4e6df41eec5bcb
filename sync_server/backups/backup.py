"""A backup: one file with the database, the server's keys, and the list of files in the storage.

Files never change under their names, so they are copied by whatever copies folders or buckets; the list says which
ones belong to the backup.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

from sync_server.backups.copies import copy_to, name_of_copy
from sync_server.config import ServerConfig
from sync_server.database.base import now
from sync_server.storage.names import WORKSPACES
from sync_server.storage.services import open_storage
from sync_server.trouble import CommandFailed

FORMAT = 1
MANIFEST, KEYS, FILES = "manifest.json", "keys.json", "files.jsonl"


def back_up(config: ServerConfig, target: Path) -> int:
    """Write a backup, whole or not at all; how many files it lists. Raises CommandFailed."""
    if not config.keys_path.is_file():
        raise CommandFailed(f"There is no server in {config.data}; name its folder with --data.")
    try:
        with _aside(target) as file, ZipFile(file, "w", ZIP_DEFLATED) as archive, TemporaryDirectory() as folder:
            made = {"format": FORMAT, "made_at": now().isoformat(), "database": name_of_copy(config.database_url)}
            archive.writestr(MANIFEST, json.dumps(made, indent=1))
            # The database first: a file that arrives in between is too much in the list, never too little.
            copy = Path(folder) / name_of_copy(config.database_url)
            copy_to(config.database_url, copy)
            archive.write(copy, copy.name)
            archive.write(config.keys_path, KEYS)
            return _list_files(config, archive)
    except OSError as error:
        raise CommandFailed(f"{target} can't be written: {error.strerror}; choose another place.") from error


def _list_files(config: ServerConfig, archive: ZipFile) -> int:
    count = 0
    with archive.open(FILES, "w", force_zip64=True) as lines:
        for stored in open_storage(config).list(WORKSPACES):
            lines.write(json.dumps({"key": stored.key, "size": stored.size}).encode() + b"\n")
            count += 1
    return count


@contextmanager
def _aside(target: Path) -> Generator[Path]:
    """A file that only its user can read, as it holds keys; it becomes `target` at the end."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=target.parent, prefix=".backup-", delete=False) as made:
        aside = Path(made.name)
    try:
        yield aside
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
