"""History: names and notes, what a result was made with, how it looks; the shelf in the order of its numbers."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

_FACTS = "FROM generations g JOIN shelf s ON s.generation_id = g.id"
_MASCOT = " || ' ' || ".join(
    f"COALESCE(NULLIF(json_extract(g.recipe, '$.mascot.{part}'), 'none'), '')"
    for part in ("mood", "colour", "species", "accessory", "pose")
)
_MODEL = "COALESCE(json_extract(g.recipe, '$.model.name'), json_extract(g.recipe, '$.source.model.name'))"

STATEMENTS = (
    "ALTER TABLE shelf ADD COLUMN role TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE shelf ADD COLUMN made_at INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE shelf ADD COLUMN seed INTEGER",
    "ALTER TABLE shelf ADD COLUMN name TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE shelf ADD COLUMN note TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE shelf ADD COLUMN looked INTEGER NOT NULL DEFAULT 0",
    """UPDATE shelf SET (role, made_at, seed) = (
        SELECT g.role, g.created_at, COALESCE(json_extract(g.recipe, '$.seed'), json_extract(g.recipe, '$.source.seed'))
        FROM generations g WHERE g.id = shelf.generation_id)""",
    "DROP INDEX shelf_by_project",
    "DROP INDEX shelf_by_time",
    "CREATE INDEX shelf_by_project ON shelf (project_id, trashed, role)",
    "CREATE INDEX shelf_by_role ON shelf (trashed, role)",
    "CREATE INDEX shelf_by_favourite ON shelf (favourite)",
    "CREATE INDEX shelf_by_rating ON shelf (rating)",
    "CREATE INDEX shelf_by_seed ON shelf (seed)",
    "CREATE INDEX shelf_by_date ON shelf (made_at)",
    "CREATE INDEX shelf_by_look ON shelf (looked)",
    """CREATE TABLE facets (
        kind TEXT NOT NULL, name TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (kind, name, number),
        FOREIGN KEY (number) REFERENCES shelf (number) ON DELETE CASCADE)""",
    "CREATE INDEX facets_by_number ON facets (number)",
    """CREATE TABLE looks (
        number INTEGER NOT NULL PRIMARY KEY, blob TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, hash INTEGER NOT NULL,
        vector BLOB NOT NULL)""",
    *(
        f"INSERT OR IGNORE INTO facets SELECT '{kind}', {value}, s.number {_FACTS} WHERE COALESCE({value}, '') <> ''"
        for kind, value in (
            ("model", _MODEL),
            ("style", "json_extract(g.recipe, '$.style')"),
            ("character", "json_extract(g.recipe, '$.character')"),
        )
    ),
    f"""INSERT OR IGNORE INTO facets SELECT 'lora', json_extract(l.value, '$.name'), s.number
        {_FACTS}, json_each(g.recipe, '$.loras') l WHERE g.recipe IS NOT NULL""",
    """INSERT OR IGNORE INTO facets SELECT 'tag', t.value, s.number FROM shelf s, json_each(s.tags) t""",
    "DROP TABLE search",
    """CREATE VIRTUAL TABLE search USING fts5 (
        prompt, name, tags, label, note, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3')""",
    f"""INSERT INTO search (rowid, prompt, name, tags, label, note)
        SELECT s.number,
            COALESCE(json_extract(g.recipe, '$.prompt'), json_extract(g.recipe, '$.source.prompt'), {_MASCOT}),
            COALESCE(json_extract(g.artifact, '$.file_name'), ''),
            COALESCE((SELECT group_concat(value, ' ') FROM json_each(s.tags)), ''), '', '' {_FACTS}""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
