"""Mends what can be mended without a choice: a damaged database gives way to its newest backup, leftovers go, damaged
documents come back from their JSON export."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

from loro import LoroDoc, LoroMap

from engine.library.document_file import EXPORT, SNAPSHOT, DocumentFile
from engine.library.health import leftovers
from engine.library.layout import Layout
from engine.library.lock import FileLock
from engine.library.project_document import ProjectDocument
from engine.library.restore import restore_damaged
from engine.protocol.errors import LibraryCorrupt, LibraryInUse

LEFTOVER_AGE_S = 600.0
_MERGEABLE = {"rigs": 2, "mascots": 1}
"""How deep the maps below a root are mergeable ones."""


def repair(folder: Path) -> list[str]:
    """Mend the library in `folder`; a sentence for each thing done. Raises LibraryInUse while a studio has it open."""
    layout = Layout(Path(folder).absolute())
    lock = FileLock(layout.studio_lock, wait_s=0.0)
    if not lock.acquire():
        raise LibraryInUse(
            f"A studio (process {lock.holder()}) has the library {layout.folder} open; close it, then repair."
        )
    try:
        return [*restore_damaged(layout), *_remove_leftovers(layout), *_mend_documents(layout)]
    finally:
        lock.release()


def _remove_leftovers(layout: Layout) -> list[str]:
    removed = 0
    for path in leftovers(layout):
        # A younger one may belong to a write that is going on.
        if time.time() - path.stat().st_mtime < LEFTOVER_AGE_S:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        removed += 1
    named = "1 leftover of an interrupted write" if removed == 1 else f"{removed} leftovers of interrupted writes"
    return [f"Removed {named}."] if removed else []


def _mend_documents(layout: Layout) -> list[str]:
    done: list[str] = []
    for folder in sorted(path for path in layout.projects.glob("*") if path.is_dir()):
        snapshot, export = folder / SNAPSHOT, folder / EXPORT
        if snapshot.is_file() and _readable(folder):
            if not export.is_file():
                DocumentFile(folder, lambda: None).export_json()
                done.append(f"Wrote the JSON export of project {folder.name} anew.")
            continue
        if not export.is_file():
            continue
        value = json.loads(export.read_text(encoding="utf-8"))
        if snapshot.is_file():
            layout.trash.mkdir(exist_ok=True)
            snapshot.replace(layout.trash / f"{folder.name}-damaged.loro")
        DocumentFile(folder, lambda: None).edit(lambda doc, value=value: _fill(doc, value))
        done.append(
            f"Restored the document of project {folder.name} from its JSON export; the damaged one is in the trash."
        )
    return done


def _readable(folder: Path) -> bool:
    try:
        ProjectDocument(folder.name, folder)
    except LibraryCorrupt:
        return False
    return True


def _fill(doc: LoroDoc, value: dict[str, dict[str, Any]]) -> None:
    for root, content in value.items():
        _fill_map(doc.get_map(root), content, _MERGEABLE.get(root, 0))


def _fill_map(target: LoroMap, content: dict[str, Any], depth: int) -> None:
    for key, item in content.items():
        if depth and isinstance(item, dict):
            _fill_map(target.ensure_mergeable_map(key), item, depth - 1)
        else:
            target.insert(key, item)
