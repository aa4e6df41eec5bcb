"""Small values of the library by key, as JSON."""

from __future__ import annotations

import json

from pydantic import JsonValue
from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from engine.library.database import Database, Write
from engine.library.tables import settings


def read_setting(connection: Connection, key: str, default: JsonValue = None) -> JsonValue:
    found = connection.execute(select(settings.c.value).where(settings.c.key == key)).scalar()
    return default if found is None else json.loads(found)


def write_setting(write: Write, key: str, value: JsonValue) -> None:
    put = insert(settings).values(key=key, value=json.dumps(value))
    write.connection.execute(put.on_conflict_do_update(index_elements=["key"], set_={"value": put.excluded.value}))
    write.changed("setting", key)


class Settings:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str, default: JsonValue = None) -> JsonValue:
        return self._database.read(lambda connection: read_setting(connection, key, default))

    def set(self, key: str, value: JsonValue) -> None:
        """Raises DiskFull, LibraryReadOnly."""
        self._database.write(lambda write: write_setting(write, key, value))
