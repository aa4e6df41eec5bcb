"""How alembic compares the tables that the models describe with those of a database, and writes down differences."""

from __future__ import annotations

from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON

from sync_server.database.base import UtcTime
from sync_server.database.models import all_tables
from sync_server.secrets.vault import Sealed


def options() -> dict[str, Any]:
    """For alembic's `configure`."""
    return {
        "target_metadata": all_tables(),
        "transactional_ddl": True,
        "compare_type": True,
        "render_item": _rendered,
    }


def _rendered(kind: str, item: object, context: AutogenContext) -> str | Literal[False]:
    """Migrations stand on SQLAlchemy's own types: what the server's types become must not change old migrations."""
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Sealed):
        return "sa.Text()"
    if kind == "type" and isinstance(item, JSON):
        context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False
