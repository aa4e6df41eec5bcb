"""`migrate`, `backup`, `restore` and `keys rotate`."""

from __future__ import annotations

import argparse
import sys

from sync_server.backups.backup import back_up
from sync_server.backups.restore import restore
from sync_server.commands.opened import opened
from sync_server.config import ServerConfig
from sync_server.secrets.rotation import rotate

SHOWN = 10


def migrate(config: ServerConfig, _: argparse.Namespace) -> int:
    """Bring the database to this version's tables."""
    with opened(config):
        sys.stdout.write("The database is up to date.\n")
    return 0


def make_backup(config: ServerConfig, given: argparse.Namespace) -> int:
    """Write a backup; the server may run meanwhile."""
    files = back_up(config, given.file)
    sys.stdout.write(f"{given.file}: the database, the keys, and the list of {_counted(files, 'file')}.\n")
    sys.stdout.write("It holds the server's keys: keep it where only you can read it. Copy the files' storage, too.\n")
    return 0


def restore_backup(config: ServerConfig, given: argparse.Namespace) -> int:
    """Go back to a backup."""
    done = restore(config, given.file)
    sys.stdout.write(
        f"Restored. Members' studios bring what came after the backup to {_counted(done.projects, 'project')}.\n"
    )
    if done.kept is not None:
        sys.stdout.write(f"What was there before is in {done.kept}.\n")
    if done.missing:
        sys.stdout.write(
            f"{_counted(len(done.missing), 'file')} missing; "
            "copy back what is named here, or members' studios send it again:\n"
        )
        sys.stdout.writelines(f"  {key}\n" for key in done.missing[:SHOWN])
    return 0


def rotate_keys(config: ServerConfig, _: argparse.Namespace) -> int:
    """Make new keys; sign-ins go on, as the keys before still count for a while."""
    with opened(config) as database:
        count = rotate(config, database)
    sys.stdout.write(
        f"New keys are in {config.keys_path}; {_counted(count, 'secret')} wrapped anew. Restart the server.\n"
    )
    return 0


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
