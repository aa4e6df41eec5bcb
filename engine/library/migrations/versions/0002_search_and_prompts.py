"""Full-text search over prompts, names and tags; the history of prompts."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    "CREATE TABLE prompts (text TEXT NOT NULL PRIMARY KEY, uses INTEGER NOT NULL, used_at INTEGER NOT NULL)",
    "CREATE INDEX prompts_by_time ON prompts (used_at)",
    """CREATE VIRTUAL TABLE search USING fts5 (
        prompt, name, tags, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3')""",
    """INSERT INTO search (rowid, prompt, name, tags)
        SELECT s.number,
            COALESCE(json_extract(g.recipe, '$.prompt'), json_extract(g.recipe, '$.source.prompt'), ''),
            COALESCE(json_extract(g.artifact, '$.file_name'), ''),
            COALESCE((SELECT group_concat(value, ' ') FROM json_each(s.tags)), '')
        FROM generations g JOIN shelf s ON s.generation_id = g.id""",
    """INSERT INTO prompts (text, uses, used_at)
        SELECT json_extract(recipe, '$.prompt') AS prompt, count(*), max(created_at) FROM generations
        WHERE json_extract(recipe, '$.prompt') IS NOT NULL GROUP BY prompt""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
