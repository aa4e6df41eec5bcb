"""The database for a command, up to date."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from pydantic import ValidationError

from sync_server.config import ServerConfig
from sync_server.database.database import Database
from sync_server.database.schema import prepare
from sync_server.secrets.keys import ServerKeys
from sync_server.trouble import CommandFailed


@contextmanager
def opened(config: ServerConfig) -> Generator[Database]:
    """The server's keys are there, too. Raises CommandFailed."""
    try:
        config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        ServerKeys.load(config.keys_path)
    except OSError as error:
        raise CommandFailed(
            f"The folder {config.data} can't be used ({error.strerror}); name another one with --data."
        ) from error
    except ValidationError as error:
        raise CommandFailed(
            f"The server's keys in {config.keys_path} can't be read; bring that file back from a backup."
        ) from error
    database = Database(config.database_url)
    try:
        prepare(database)
        yield database
    finally:
        database.close()
