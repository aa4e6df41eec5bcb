"""The database's tables as they are now; how they came to be is told by the migrations.

Facts (`generations`, `removals`) are only ever inserted, which triggers enforce. `shelf`, `facets` and `search` are
derived from facts and labels in the same transaction, so that lists are quick; they can be rebuilt at any time. `looks`
is computed from the pictures later; `shelf.looked` says by which version of the computation. `shared_projects`,
`facts`, `comments` and `remote_blobs` are the sharing's (engine/library/shared.py, facts.py).
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text, text

metadata = MetaData()

projects = Table(
    "projects",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("thumbnail", Text),
    Column("created_at", Integer, nullable=False),
    Column("updated_at", Integer, nullable=False),
    Column("trashed_at", Integer),
    Column("document_stamp", Text, nullable=False),
)

generations = Table(
    "generations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("projects.id"), nullable=False),
    Column("job_id", Text),
    Column("role", Text, nullable=False),
    Column("blob", Text, nullable=False),
    Column("artifact", Text, nullable=False),
    Column("recipe", Text),
    Column("created_at", Integer, nullable=False),
    Index("generations_by_job", "job_id", "role"),
    Index("generations_by_blob", "blob"),
    Index("generations_by_project", "project_id", "id"),
)

removals = Table(
    "removals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("generation_id", Text, ForeignKey("generations.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("created_at", Integer, nullable=False),
    Index("removals_by_generation", "generation_id", "id"),
)

labels = Table(
    "labels",
    metadata,
    Column("generation_id", Text, ForeignKey("generations.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("stamp", Text, nullable=False),
)

shelf = Table(
    "shelf",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("generation_id", Text, ForeignKey("generations.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("project_id", Text, nullable=False),
    Column("trashed", Boolean, nullable=False),
    Column("favourite", Boolean, nullable=False),
    Column("rating", Integer, nullable=False),
    Column("tags", Text, nullable=False),
    Column("role", Text, nullable=False, server_default=""),
    Column("made_at", Integer, nullable=False, server_default="0"),
    Column("seed", Integer),
    Column("name", Text, nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Column("looked", Integer, nullable=False, server_default="0"),
    # An index ends in the number, by which lists are ordered.
    Index("shelf_by_project", "project_id", "trashed", "role"),
    Index("shelf_by_role", "trashed", "role"),
    Index("shelf_by_favourite", "favourite"),
    Index("shelf_by_rating", "rating"),
    Index("shelf_by_seed", "seed"),
    Index("shelf_by_date", "made_at"),
    Index("shelf_by_look", "looked"),
)

facets = Table(
    "facets",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("number", Integer, ForeignKey("shelf.number", ondelete="CASCADE"), primary_key=True),
    Index("facets_by_number", "number"),
)
"""What can be searched by value: model, lora, style, character, tag, colour."""

looks = Table(
    "looks",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("blob", Text, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("hash", Integer, nullable=False),
    Column("vector", LargeBinary, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("projects.id"), nullable=False),
    Column("recipe", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("progress", Float, nullable=False, server_default=text("0")),
    Column("parameters", Text, nullable=False, server_default=text("'{}'")),
    Column("error_code", Text),
    Column("error_sentence", Text),
    Column("error_details", Text),
    Column("lease_owner", Text),
    Column("lease_until", Integer),
    Column("created_at", Integer, nullable=False),
    Column("started_at", Integer),
    Column("finished_at", Integer),
    Index("jobs_by_turn", "lane", "state", "priority", "position"),
)

settings = Table(
    "settings",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

prompts = Table(
    "prompts",
    metadata,
    Column("text", Text, primary_key=True),
    Column("uses", Integer, nullable=False),
    Column("used_at", Integer, nullable=False),
    Index("prompts_by_time", "used_at"),
)

shared_projects = Table(
    "shared_projects",
    metadata,
    Column("project_id", Text, primary_key=True),
    Column("server", Text, nullable=False),
    Column("workspace_id", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("last_update", Integer, nullable=False),
    Column("last_fact", Integer, nullable=False),
    Column("acknowledged", LargeBinary, nullable=False),
    Column("owed", LargeBinary, nullable=False),
    Column("keep_offline", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("synced_at", Integer),
)
"""No foreign key: that a project was shared is remembered after it was erased, so that it doesn't come back."""

facts = Table(
    "facts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("mark", Text, nullable=False),
    Column("made_at", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("extra", Text, nullable=False),
    Column("author_id", Text),
    Column("author_name", Text, nullable=False),
    Column("number", Integer),
    Column("state", Text, nullable=False),
    Column("applied", Boolean, nullable=False),
    Index("facts_by_state", "project_id", "state", "id"),
    Index("facts_by_subject", "subject", "kind", "mark"),
    Index("facts_held", "project_id", sqlite_where=text("applied = 0")),
)
"""The facts of shared projects as they went over the wire, with everything that this program doesn't understand."""

comments = Table(
    "comments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, nullable=False),
    Column("entry_id", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("mentions", Text, nullable=False),
    Column("author_id", Text),
    Column("author_name", Text, nullable=False),
    Column("created_at", Integer, nullable=False),
    Column("edited", Boolean, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Index("comments_by_project", "project_id", "entry_id", "id"),
)

remote_blobs = Table(
    "remote_blobs",
    metadata,
    Column("blob", Text, primary_key=True),
    Column("project_id", Text, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("thumbnail", Text),
    Index("remote_blobs_by_project", "project_id"),
)
"""Originals that a shared project names and that are not here (yet)."""
