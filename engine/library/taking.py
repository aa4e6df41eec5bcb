"""Taking facts of others into the gallery. Any order and any repetition leads to the same state.

A generation is inserted under its own id; of removals and labels the greatest stamp stands (gallery.py, labels.py); a
comment says what its latest numbered change says. What is about something that isn't here yet, or can't be understood,
is held in the journal and tried again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from pydantic import JsonValue, TypeAdapter, ValidationError
from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from engine.blobs.store import BlobStore
from engine.library import facts as journal
from engine.library.comments import rebuild_comment
from engine.library.database import Write
from engine.library.gallery import RESTORE, TRASH, place_generation, put_removal
from engine.library.labels import is_label, put_label
from engine.library.stamps import is_stamp
from engine.library.tables import facts, generations, remote_blobs
from engine.protocol.artifacts import Artifact
from engine.protocol.comments import COMMENT, COMMENT_CHANGE
from engine.protocol.recipes import BlobHash, recipe_from_json
from engine.protocol.sync import Fact, RefusedFact

MAX_FILE_NAME_CHARACTERS = 200
_BLOB: TypeAdapter[str] = TypeAdapter(BlobHash)


def take_in(write: Write, blobs: BlobStore, project_id: str, found: Sequence[Fact]) -> int:
    """Keep these facts and apply those that are new here; returns how many were new."""
    new = 0
    for fact in found:
        if journal.keep(write, project_id, fact):
            new += 1
            apply(write, blobs, project_id, fact)
        elif fact.kind in (COMMENT, COMMENT_CHANGE):
            # Its number, and with it the order of changes, may be known only now.
            rebuild_comment(write, project_id, journal.subject_of(fact))
    return new


def refuse(write: Write, project_id: str, refused: Sequence[RefusedFact]) -> None:
    """The server doesn't want these facts; a comment says again what it said before the refused change."""
    journal.mark_refused(write, refused)
    for one in refused:
        row = write.connection.execute(select(facts.c.kind, facts.c.subject).where(facts.c.id == one.id)).one_or_none()
        if row is not None and row.kind == COMMENT_CHANGE:
            rebuild_comment(write, project_id, row.subject)


def apply_held(write: Write, blobs: BlobStore, project_id: str) -> None:
    """Try again what could not be applied before: a later version of the program may understand it."""
    for fact in journal.held(write.connection, project_id):
        apply(write, blobs, project_id, fact)


def apply(write: Write, blobs: BlobStore, project_id: str, fact: Fact) -> None:
    """Apply one fact of the journal, or leave it held."""
    doer = _DOERS.get(fact.kind)
    if doer is None or not doer(write, blobs, project_id, fact):
        return
    journal.mark_applied(write, fact.id)
    if fact.kind == journal.GENERATION:
        for about in journal.held(write.connection, project_id, fact.id):
            apply(write, blobs, project_id, about)


def _generation(write: Write, blobs: BlobStore, project_id: str, fact: Fact) -> bool:
    connection = write.connection
    if connection.execute(select(generations.c.id).where(generations.c.id == fact.id)).scalar() is not None:
        return _in_project(connection, fact.id, project_id)
    said = fact.body.get("artifact")
    try:
        artifact = Artifact.model_validate(said)
        _BLOB.validate_python(artifact.blob)
    except ValidationError:
        return False
    name = _plain_name(artifact.file_name)
    recipe_text = _json_or_none(fact.body.get("recipe"))
    try:
        recipe = None if recipe_text is None else recipe_from_json(recipe_text)
    except ValidationError:
        # A newer program's kind of recipe: the result is shown without it, and its words stay in the journal.
        recipe = None
    job_id = fact.body.get("job_id")
    row = {
        "id": fact.id,
        "project_id": project_id,
        "job_id": job_id if isinstance(job_id, str) else None,
        "role": artifact.role,
        "blob": artifact.blob,
        "artifact": json.dumps({**(said if isinstance(said, dict) else {}), "file_name": name}),
        "recipe": recipe_text,
        "created_at": fact.made_at,
    }
    place_generation(write, recipe, row, name)
    if artifact.blob not in blobs:
        _note_remote(connection, project_id, artifact, fact.body.get("thumbnail"))
    return True


def _note_remote(connection: Connection, project_id: str, artifact: Artifact, thumbnail: JsonValue) -> None:
    try:
        small = _BLOB.validate_python(thumbnail)
    except ValidationError:
        small = None
    size = max(0, artifact.size_bytes)
    lies = insert(remote_blobs).values(blob=artifact.blob, project_id=project_id, size_bytes=size, thumbnail=small)
    connection.execute(lies.on_conflict_do_nothing())


def _removal(write: Write, _: BlobStore, project_id: str, fact: Fact) -> bool:
    entry_id, kind = fact.body.get("generation_id"), fact.body.get("kind")
    if not isinstance(entry_id, str) or kind not in (TRASH, RESTORE) or not is_stamp(fact.id):
        return False
    if not _in_project(write.connection, entry_id, project_id):
        return journal.is_erased(write.connection, entry_id)
    put_removal(write, fact.id, entry_id, str(kind), fact.made_at)
    return True


def _label(write: Write, _: BlobStore, project_id: str, fact: Fact) -> bool:
    entry_id, name = fact.body.get("generation_id"), fact.body.get("name")
    stamp, value = fact.body.get("stamp"), fact.body.get("value")
    if not isinstance(entry_id, str) or not isinstance(name, str) or not is_stamp(stamp) or not is_label(name, value):
        return False
    if not _in_project(write.connection, entry_id, project_id):
        return journal.is_erased(write.connection, entry_id)
    put_label(write, [entry_id], name, value, str(stamp))
    return True


def _comment(write: Write, _: BlobStore, project_id: str, fact: Fact) -> bool:
    return rebuild_comment(write, project_id, journal.subject_of(fact))


def _in_project(connection: Connection, entry_id: str, project_id: str) -> bool:
    """Members of a project may only speak about its own entries, whatever ids they know."""
    found = select(generations.c.id).where(generations.c.id == entry_id, generations.c.project_id == project_id)
    return connection.execute(found).scalar() is not None


def _plain_name(name: str) -> str:
    """A name without folders: what a teammate's program says must not lead out of the place where it is saved."""
    plain = PurePosixPath(name.replace("\\", "/")).name.replace("\x00", "").strip(". ")
    return plain[-MAX_FILE_NAME_CHARACTERS:] or "result"


def _json_or_none(value: JsonValue) -> str | None:
    return json.dumps(value) if isinstance(value, dict) else None


_DOERS: dict[str, Callable[[Write, BlobStore, str, Fact], bool]] = {
    journal.GENERATION: _generation,
    journal.REMOVAL: _removal,
    journal.LABEL: _label,
    COMMENT: _comment,
    COMMENT_CHANGE: _comment,
}
