"""Projects, facts, labels, the queue, settings."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

STATEMENTS = (
    """CREATE TABLE projects (
        id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL, thumbnail TEXT,
        created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, trashed_at INTEGER, document_stamp TEXT NOT NULL)""",
    """CREATE TABLE generations (
        id TEXT NOT NULL PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), job_id TEXT, role TEXT NOT
        NULL, blob TEXT NOT NULL, artifact TEXT NOT NULL, recipe TEXT, created_at INTEGER NOT NULL)""",
    "CREATE INDEX generations_by_job ON generations (job_id, role)",
    "CREATE INDEX generations_by_blob ON generations (blob)",
    "CREATE INDEX generations_by_project ON generations (project_id, id)",
    """CREATE TABLE removals (
        id TEXT NOT NULL PRIMARY KEY, generation_id TEXT NOT NULL, kind TEXT NOT NULL, created_at INTEGER NOT NULL,
        FOREIGN KEY (generation_id) REFERENCES generations (id) ON DELETE CASCADE)""",
    "CREATE INDEX removals_by_generation ON removals (generation_id, id)",
    """CREATE TRIGGER generations_are_facts BEFORE UPDATE ON generations
        BEGIN SELECT RAISE(ABORT, 'facts are only ever inserted'); END""",
    """CREATE TRIGGER removals_are_facts BEFORE UPDATE ON removals
        BEGIN SELECT RAISE(ABORT, 'facts are only ever inserted'); END""",
    """CREATE TABLE labels (
        generation_id TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, stamp TEXT NOT NULL,
        PRIMARY KEY (generation_id, name),
        FOREIGN KEY (generation_id) REFERENCES generations (id) ON DELETE CASCADE)""",
    """CREATE TABLE shelf (
        number INTEGER NOT NULL PRIMARY KEY, generation_id TEXT NOT NULL UNIQUE, project_id TEXT NOT NULL,
        trashed BOOLEAN NOT NULL, favourite BOOLEAN NOT NULL, rating INTEGER NOT NULL, tags TEXT NOT NULL,
        FOREIGN KEY (generation_id) REFERENCES generations (id) ON DELETE CASCADE)""",
    "CREATE INDEX shelf_by_project ON shelf (project_id, trashed, generation_id)",
    "CREATE INDEX shelf_by_time ON shelf (trashed, generation_id)",
    """CREATE TABLE jobs (
        id TEXT NOT NULL PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (id), recipe TEXT NOT NULL,
        lane TEXT NOT NULL, state TEXT NOT NULL, priority INTEGER NOT NULL, position INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0, progress FLOAT NOT NULL DEFAULT 0, parameters TEXT NOT NULL DEFAULT '{}',
        error_code TEXT, error_sentence TEXT, error_details TEXT, lease_owner TEXT, lease_until INTEGER,
        created_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER)""",
    "CREATE INDEX jobs_by_turn ON jobs (lane, state, priority, position)",
    "CREATE TABLE settings (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
