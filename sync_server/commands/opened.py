"""The database for a command, up to date."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from sync_server.config import ServerConfig
from sync_server.database.database import Database
from sync_server.database.schema import prepare
from sync_server.secrets.keys import ServerKeys


@contextmanager
def opened(config: ServerConfig) -> Generator[Database]:
    config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    ServerKeys.load(config.keys_path)
    database = Database(config.database_url)
    try:
        prepare(database)
        yield database
    finally:
        database.close()
