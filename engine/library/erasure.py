"""True erasure: facts, labels, index and history go, backups that know them go, and blobs that nothing else uses."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import Connection, delete, func, or_, select, update

from engine.blobs.store import BlobStore
from engine.library import search
from engine.library.backup import back_up, backups
from engine.library.database import Database, Write
from engine.library.entries import prompt_of
from engine.library.facts import forget_about
from engine.library.layout import Layout
from engine.library.shared import ENDED
from engine.library.tables import (
    comments,
    facts,
    generations,
    jobs,
    looks,
    projects,
    prompts,
    remote_blobs,
    shared_projects,
    shelf,
)
from engine.library.trouble import told_to_the_user
from engine.protocol.jobs import JobState
from engine.protocol.recipes import AnyRecipe, recipe_from_json

_IN_USE_SECONDS = 3600.0
_BLOB = re.compile(r"\b[0-9a-f]{64}\b")


def blobs_in(*texts: str | None) -> set[str]:
    """Every blob hash that is written in the texts."""
    return {blob for text in texts if text for blob in _BLOB.findall(text)}


def blobs_in_documents(folder: Path) -> set[str]:
    """Every blob that a project's document under `folder` names: the pictures of its characters."""
    texts: list[str] = []
    for export in folder.rglob("document.json"):
        try:
            texts.append(export.read_text(encoding="utf-8"))
        except OSError:
            continue
    return blobs_in(*texts)


def erase_generations(write: Write, entry_ids: Sequence[str]) -> set[str]:
    """Delete entries with all that is known of them; returns the blobs that may be free now.

    Unknown ids are ignored.
    """
    connection = write.connection
    free: set[str] = set()
    texts: set[str] = set()
    for entry_id in entry_ids:
        row = connection.execute(select(generations).where(generations.c.id == entry_id)).one_or_none()
        if row is None:
            continue
        free |= blobs_in(row.artifact, row.recipe)
        texts.add(prompt_of(_recipe_of(row.recipe)))
        numbers = connection.execute(select(shelf.c.number).where(shelf.c.generation_id == entry_id)).scalars().all()
        search.remove(connection, list(numbers))
        connection.execute(delete(generations).where(generations.c.id == entry_id))
        forget_about(connection, entry_id)
        write.changed("entry", entry_id)
    _forget_prompts(connection, texts)
    search.forget_removed(connection)
    return free


def erase_jobs(write: Write, project_id: str) -> set[str]:
    """Delete a project's jobs; returns the blobs that may be free now."""
    gone = write.connection.execute(
        delete(jobs).where(jobs.c.project_id == project_id).returning(jobs.c.recipe)
    ).scalars()
    recipes = list(gone)
    _forget_prompts(write.connection, {prompt_of(_recipe_of(recipe)) for recipe in recipes})
    return blobs_in(*recipes)


def erase_sharing(write: Write, project_id: str) -> None:
    """Delete what was said in a shared project; that it was shared is remembered, so that it doesn't come back."""
    connection = write.connection
    for table in (facts, comments, remote_blobs):
        connection.execute(delete(table).where(table.c.project_id == project_id))
    ended = {"state": ENDED, "sentence": "The project was erased from this library.", "last_update": 0, "last_fact": 0}
    connection.execute(
        update(shared_projects)
        .where(shared_projects.c.project_id == project_id)
        .values(**ended, acknowledged=b"", owed=b"", epoch="")
    )


def _recipe_of(text: str | None) -> AnyRecipe | None:
    try:
        return None if text is None else recipe_from_json(text)
    except ValidationError:
        # A newer program's kind of recipe.
        return None


def _forget_prompts(connection: Connection, texts: Iterable[str]) -> None:
    for text in texts:
        used = func.json_extract(generations.c.recipe, "$.prompt") == text
        if text and connection.execute(select(generations.c.id).where(used).limit(1)).scalar() is None:
            connection.execute(delete(prompts).where(prompts.c.text == text.strip()))


def sweep_blobs(layout: Layout, database: Database, blobs: BlobStore, candidates: Collection[str]) -> None:
    """Delete those of the candidate blobs that nothing names any more; then leave no trace in backups and free pages.

    The second transaction looks again, so that a blob which another program used meanwhile stays.
    """

    in_documents = blobs_in_documents(layout.projects)

    def work(write: Write) -> None:
        for blob in candidates:
            if blob not in in_documents and not _named(write.connection, blob):
                write.connection.execute(delete(looks).where(looks.c.blob == blob))
                write.connection.execute(delete(remote_blobs).where(remote_blobs.c.blob == blob))
                blobs.path(blob).unlink(missing_ok=True)

    database.write(work)
    database.compact()
    _forget_steps(layout, busy=database.read(_something_runs))
    old = backups(layout)
    if old:
        with told_to_the_user(layout):
            back_up(layout, "after-erasure")
            for path in old:
                path.unlink(missing_ok=True)


def _something_runs(connection: Connection) -> bool:
    running = select(jobs.c.id).where(jobs.c.state == JobState.RUNNING.value).limit(1)
    return connection.execute(running).scalar() is not None


def _forget_steps(layout: Layout, *, busy: bool) -> None:
    """Delete finished steps kept for speed: which of them led to the erased result is not known any more.

    While a job runs, those touched within the hour stay, for it may build on them.
    """
    for entry in (layout.cache / "steps").glob("[0-9a-f][0-9a-f]/*"):
        try:
            recent = busy and time.time() - max(file.stat().st_mtime for file in entry.iterdir()) < _IN_USE_SECONDS
        except (OSError, ValueError):
            continue
        if not recent:
            shutil.rmtree(entry, ignore_errors=True)


def _named(connection: Connection, blob: str) -> bool:
    places = (
        select(generations.c.id).where(
            or_(
                generations.c.blob == blob,
                func.instr(generations.c.artifact, blob) > 0,
                func.instr(func.coalesce(generations.c.recipe, ""), blob) > 0,
            )
        ),
        select(jobs.c.id).where(func.instr(jobs.c.recipe, blob) > 0),
        select(projects.c.id).where(projects.c.thumbnail == blob),
    )
    return any(connection.execute(place.limit(1)).scalar() is not None for place in places)
