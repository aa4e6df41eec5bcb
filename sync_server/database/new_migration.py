"""`python -m sync_server.database.new_migration 0002 "What changes"` writes a migration for developers to look over."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from alembic import command

from sync_server.database.database import Database
from sync_server.database.schema import migration_config


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("revision")
    parser.add_argument("message")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'empty.db'}")
        with database.engine.connect() as connection, connection.begin():
            config = migration_config(connection)
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            command.upgrade(config, "head")
            command.revision(config, given.message, autogenerate=True, rev_id=given.revision)
        database.close()


if __name__ == "__main__":
    main()
