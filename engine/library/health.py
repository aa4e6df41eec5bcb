"""Is a library sound? Looks at everything, changes nothing; each finding is a sentence with what to do."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.blobs.store import BlobStore
from engine.library.document_file import EXPORT, SNAPSHOT
from engine.library.erasure import blobs_in
from engine.library.layout import Layout
from engine.library.project_document import ProjectDocument
from engine.library.schema import HEAD, refuse_newer
from engine.library.trouble import corrupt, told_to_the_user
from engine.protocol.errors import LibraryCorrupt, MascotError

LOW_SPACE_BYTES = 1 << 30

Severity = Literal["ok", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """`what` names the part: Database, Blobs, Projects, Leftovers, Disk. "ok" asks for nothing."""

    sentence: str
    severity: Severity
    what: str


def check(folder: Path) -> list[Finding]:
    """Everything worth saying about the library in `folder`, sound parts too.

    Reads every blob: minutes for a large one.
    """
    layout = Layout(Path(folder).absolute())
    if not layout.database.is_file():
        return [Finding(f"There is no library in {folder}; choose its folder with --library.", "error", "Database")]
    findings = list(_database(layout))
    if all(finding.severity != "error" for finding in findings):
        with told_to_the_user(layout):
            findings += _blobs(layout)
    findings += [*_documents(layout), *_leftovers(layout), *_space(layout)]
    return findings


def _database(layout: Layout) -> Iterator[Finding]:
    try:
        with told_to_the_user(layout):
            version = refuse_newer(layout)
            with _read_only(layout) as database:
                problems = [row[0] for row in database.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
                strays = database.execute("PRAGMA foreign_key_check").fetchall() if not problems else []
    except MascotError as error:
        yield Finding(error.sentence, "error", "Database")
        return
    if problems or strays or version is None:
        yield Finding(corrupt(layout).sentence, "error", "Database")
    elif version != HEAD:
        yield Finding(
            "The database is of an earlier version; it is backed up and updated when next opened.", "ok", "Database"
        )
    else:
        yield Finding("The database is sound.", "ok", "Database")


def _blobs(layout: Layout) -> Iterator[Finding]:
    store = BlobStore(layout.blobs)
    with _read_only(layout) as database:
        entries = database.execute("SELECT id, blob, artifact, recipe FROM generations ORDER BY id").fetchall()
        others = database.execute("SELECT recipe FROM jobs UNION SELECT thumbnail FROM projects").fetchall()
        elsewhere = {row[0] for row in database.execute("SELECT blob FROM remote_blobs")}
    named = {row[0]: row[1] for row in ((row[1], _name(row[2])) for row in entries)}
    sound = True
    for blob, name in named.items():
        path = store.path(blob)
        if blob in elsewhere and not path.is_file():
            continue
        if not path.is_file():
            sound = False
            yield Finding(
                f"The file of {name} is missing ({path}); copy it back from a backup of the folder, or make it "
                "again and move "
                "this one to the trash.",
                "error",
                "Blobs",
            )
        elif not store.verify(blob):
            sound = False
            yield Finding(
                f"The file of {name} was altered ({path}); copy it back from a backup of the folder, or delete it "
                "and make it "
                "again from its recipe.",
                "error",
                "Blobs",
            )
    if sound:
        here = len(named) - len(elsewhere & set(named))
        yield Finding(f"All {here} files of the gallery are there and unaltered.", "ok", "Blobs")
    if elsewhere:
        yield Finding(
            f"{len(elsewhere)} originals of shared projects lie on their server; they come when they are opened.",
            "ok",
            "Blobs",
        )
    used = set(named) | blobs_in(*(text for row in entries for text in row[2:]), *(row[0] for row in others))
    orphans = [blob for blob in store.all() if blob not in used]
    if orphans:
        size = sum(store.path(blob).stat().st_size for blob in orphans)
        yield Finding(
            f"{len(orphans)} files ({size / 1e6:.1f} MB) belong to no result: unfinished work or the cache; nothing "
            "to do.",
            "ok",
            "Blobs",
        )


def _documents(layout: Layout) -> Iterator[Finding]:
    count = 0
    for folder in sorted(path for path in layout.projects.glob("*") if path.is_dir()):
        snapshot, export = folder / SNAPSHOT, folder / EXPORT
        way_back = (
            "run `mascotforge doctor --library --repair` to restore it from the JSON export beside it."
            if export.is_file()
            else "copy it back from a backup of the folder."
        )
        if not snapshot.is_file():
            yield Finding(f"The project document {snapshot} is missing; {way_back}", "error", "Projects")
            continue
        try:
            ProjectDocument(folder.name, folder)
        except LibraryCorrupt:
            yield Finding(f"The project document {snapshot} is damaged; {way_back}", "error", "Projects")
            continue
        count += 1
    yield Finding(f"{count} project documents can be read.", "ok", "Projects")


def leftovers(layout: Layout) -> list[Path]:
    """Files aside that an interrupted write or erasure left."""
    found = [*layout.blobs.glob("*/.aside-*"), *layout.projects.glob("*/.aside-*"), *layout.folder.glob(".probe-*")]
    return sorted([*found, *layout.backups.glob("*.aside"), *layout.trash.glob("erasing-*")])


def _leftovers(layout: Layout) -> Iterator[Finding]:
    if found := leftovers(layout):
        yield Finding(
            f"{len(found)} leftovers of interrupted writes take space; run `mascotforge doctor --library --repair` "
            "to remove them.",
            "warning",
            "Leftovers",
        )


def _space(layout: Layout) -> Iterator[Finding]:
    free = shutil.disk_usage(layout.folder).free
    if free < LOW_SPACE_BYTES:
        yield Finding(
            f"Only {free / 1e6:.0f} MB are free on the disk that holds {layout.folder}; free some space.",
            "warning",
            "Disk",
        )
    else:
        yield Finding(f"{free / 1e9:.0f} GB are free.", "ok", "Disk")


def _read_only(layout: Layout) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"{layout.database.as_uri()}?mode=ro", uri=True, timeout=30))


def _name(artifact: str) -> str:
    from engine.protocol.artifacts import Artifact

    return Artifact.model_validate_json(artifact).file_name
