"""Sharing: which projects sync with which server, the journal of facts, comments, originals that lie elsewhere."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
    """CREATE TABLE shared_projects (
        project_id TEXT NOT NULL PRIMARY KEY, server TEXT NOT NULL, workspace_id TEXT NOT NULL, account_id TEXT NOT
        NULL, role TEXT NOT NULL, epoch TEXT NOT NULL, last_update INTEGER NOT NULL, last_fact INTEGER NOT NULL,
        acknowledged BLOB NOT NULL, owed BLOB NOT NULL, keep_offline BOOLEAN NOT NULL,
        state TEXT NOT NULL, sentence TEXT NOT NULL, synced_at INTEGER)""",
    """CREATE TABLE facts (
        id TEXT NOT NULL PRIMARY KEY, project_id TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
        mark TEXT NOT NULL, made_at INTEGER NOT NULL, body TEXT NOT NULL, extra TEXT NOT NULL, author_id TEXT,
        author_name TEXT NOT NULL, number INTEGER, state TEXT NOT NULL, applied BOOLEAN NOT NULL)""",
    "CREATE INDEX facts_by_state ON facts (project_id, state, id)",
    "CREATE INDEX facts_by_subject ON facts (subject, kind, mark)",
    "CREATE INDEX facts_held ON facts (project_id) WHERE applied = 0",
    """CREATE TABLE comments (
        id TEXT NOT NULL PRIMARY KEY, project_id TEXT NOT NULL, entry_id TEXT NOT NULL, text TEXT NOT NULL,
        mentions TEXT NOT NULL, author_id TEXT, author_name TEXT NOT NULL, created_at INTEGER NOT NULL, edited
        BOOLEAN NOT NULL, deleted BOOLEAN NOT NULL)""",
    "CREATE INDEX comments_by_project ON comments (project_id, entry_id, id)",
    """CREATE TABLE remote_blobs (
        blob TEXT NOT NULL PRIMARY KEY, project_id TEXT NOT NULL, size_bytes INTEGER NOT NULL, thumbnail TEXT)""",
    "CREATE INDEX remote_blobs_by_project ON remote_blobs (project_id)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
