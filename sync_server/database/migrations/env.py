"""Alembic's entry: runs the migrations on the connection that the server hands over, in its one transaction."""

from __future__ import annotations

from alembic import context

from sync_server.database.comparing import options

connection = context.config.attributes["connection"]
context.configure(connection=connection, **options())
with context.begin_transaction():
    context.run_migrations()
