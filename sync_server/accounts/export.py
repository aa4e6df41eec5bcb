"""All that is stored about a person: every row of every table that is theirs, found by the tables themselves.

A table that is added later is exported without anybody thinking of it; what must not leave the server (hashes of
secrets, sealed secrets) is left out by the names and types of columns.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import Column, ColumnElement, Table, or_, select
from sqlalchemy.orm import Session

from sync_server.accounts.models import User
from sync_server.accounts.people import personal_workspace_id
from sync_server.database.models import all_tables
from sync_server.projects.models import Project
from sync_server.secrets.vault import Sealed

PERSON_COLUMNS = frozenset({"user_id", "author_id", "created_by", "invited_by", "uploaded_by", "personal_of"})
_SECRET_ENDINGS = ("password_hash", "token_hash", "secret_hash", "code_hash", "challenge")
_ROWS_AT_ONCE = 500


def exported(session: Session, user: User) -> Path:
    """A ZIP in the folder for temporary files; the caller deletes it."""
    workspace_id = personal_workspace_id(session, user.id)
    with (
        NamedTemporaryFile(prefix="mascotforge-export-", suffix=".zip", delete=False) as file,
        ZipFile(file, "w", ZIP_DEFLATED) as archive,
    ):
        for table in all_tables().sorted_tables:
            rows = _rows(session, table, _theirs(table, user.id, workspace_id))
            first = next(rows, None)
            if first is None:
                continue
            with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as lines:
                lines.write(first)
                for row in rows:
                    lines.write(row)
    return Path(file.name)


def _theirs(table: Table, user_id: str, workspace_id: str) -> list[ColumnElement[bool]]:
    """What makes a row of this table the person's own."""
    found: list[ColumnElement[bool]] = []
    for column in table.columns:
        if column.name in PERSON_COLUMNS or any(key.column is User.__table__.c.id for key in column.foreign_keys):
            found.append(column == user_id)
        elif column.name == "workspace_id":
            found.append(column == workspace_id)
        elif column.name == "project_id":
            found.append(column.in_(select(Project.id).where(Project.workspace_id == workspace_id)))
    if table.name == User.__tablename__:
        found.append(table.c.id == user_id)
    return found


def _rows(session: Session, table: Table, theirs: list[ColumnElement[bool]]) -> Iterator[bytes]:
    if not theirs:
        return
    columns = [column for column in table.columns if not _is_secret(column)]
    found = session.execute(select(*columns).where(or_(*theirs)), execution_options={"yield_per": _ROWS_AT_ONCE})
    for row in found.mappings():
        yield json.dumps(dict(row), default=_written, ensure_ascii=False).encode() + b"\n"


def _is_secret(column: Column[Any]) -> bool:
    return isinstance(column.type, Sealed) or column.name.endswith(_SECRET_ENDINGS) or "secret" in column.name


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return b64encode(value).decode()
    return str(value)
