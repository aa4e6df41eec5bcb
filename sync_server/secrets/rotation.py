"""New keys for the server: what was sealed by older ones is wrapped anew, in every column that holds sealed secrets."""

from __future__ import annotations

from sqlalchemy import select, update

from sync_server.config import ServerConfig
from sync_server.database.database import Database
from sync_server.database.models import all_tables
from sync_server.secrets.keys import ServerKeys
from sync_server.secrets.vault import Sealed, Vault


def rotate(config: ServerConfig, database: Database) -> int:
    """How many secrets were wrapped anew. A server that runs takes the new keys at its next start."""
    keys = ServerKeys.load(config.keys_path).rotated()
    keys.save(config.keys_path)  # first: what is sealed by a key that isn't stored is lost
    return rewrap(database, Vault(keys))


def rewrap(database: Database, vault: Vault) -> int:
    count = 0
    for table in all_tables().sorted_tables:
        identity = tuple(table.primary_key.columns)
        for column in (column for column in table.columns if isinstance(column.type, Sealed)):
            with database.write() as session:
                rows = session.execute(select(*identity, column).where(column.is_not(None)).with_for_update()).all()
                for *values, sealed in rows:
                    if vault.is_current(sealed):
                        continue
                    here = [part == value for part, value in zip(identity, values, strict=True)]
                    session.execute(update(table).where(*here).values({column.name: vault.rewrapped(sealed)}))
                    count += 1
    return count
