"""Brings a database to the tables that this version of the server knows."""

from __future__ import annotations

from sync_server.database.database import Database
from sync_server.database.models import all_tables


def prepare(database: Database) -> None:
    """Make what is missing; does nothing to a database that is ready."""
    all_tables().create_all(database.engine)
