"""What people edit in a project: its name, the joints they placed, the mascots they saved. The schema only ever grows.

    project  {name, description, thumbnail, schema}
    rigs     {artifact id: {joints: {joint name: [x, y] | null}}}
    mascots  {mascot id: {name, mascot, created_at, deleted}}
    characters: see engine/library/characters.py

Child maps are made mergeable, so that two copies which make the same one keep both sides; a delete is a mark.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loro import LoroDoc, LoroMap
from pydantic import JsonValue

from engine.library.clock import now_ms
from engine.library.document_file import DocumentFile, create_document
from engine.protocol.errors import NotFound
from engine.protocol.ids import new_id
from engine.protocol.mascot import Mascot

SCHEMA = 1

Point = tuple[float, float]


@dataclass(frozen=True)
class Heading:
    name: str
    description: str
    thumbnail: str | None


@dataclass(frozen=True)
class SavedMascot:
    id: str
    name: str
    mascot: Mascot


class ProjectDocument:
    """A project's document. Every edit is one step of undo, and on disk when the call returns.

    All edits raise DiskFull or LibraryReadOnly; then nothing has changed.
    """

    def __init__(self, project_id: str, folder: Path) -> None:
        self.project_id = project_id
        self._listeners: list[Callable[[], None]] = []
        self._file = DocumentFile(folder, self._tell)

    # Whole document

    def saved(self) -> tuple[Heading, str]:
        """The heading that was read or written last, and the stamp of that state; the disk is not looked at."""
        value, stamp = self._file.saved()
        return _heading(value), stamp

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back after every change (edit, undo, redo, another program's); returns the function that ends it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def undo(self) -> bool:
        """Take back the last edit of this session; False when there is none."""
        return self._file.undo()

    def redo(self) -> bool:
        return self._file.redo()

    def can_undo(self) -> bool:
        return self._file.can_undo()

    def can_redo(self) -> bool:
        return self._file.can_redo()

    def value(self) -> dict[str, Any]:
        """The whole document as plain values; a copy."""
        return json.loads(json.dumps(self._file.value()))

    def edit(self, change: Callable[[LoroDoc], None]) -> bool:
        """One step of undo on a part of the document that another module keeps; False when it changed nothing."""
        return self._file.edit(change)

    # Syncing with other copies

    def version(self) -> bytes:
        """What the document holds, encoded: how many operations of each peer."""
        return self._file.version()

    def export_since(self, version: bytes, most_bytes: int, *, up_to: bytes | None = None) -> list[bytes]:
        """What it has beyond a version, in pieces to be imported in this order; with `up_to` only what belongs to that
        version, too."""
        return self._file.export_since(version, most_bytes, up_to=up_to)

    def take_fresh_peer(self) -> None:
        """Edits from now on are told apart from those before: they may be another person's."""
        self._file.take_fresh_peer()

    def import_updates(self, updates: Sequence[bytes]) -> bool:
        """Merge what other copies sent; whether that changed anything. Raises BadUpdates; then nothing has changed."""
        return self._file.import_updates(updates)

    def revert_to(self, version: bytes) -> bool:
        """Give it the content of an earlier version, as one step of undo. Raises BadUpdates when it isn't here."""
        return self._file.revert_to(version)

    # Name, description, thumbnail

    @property
    def heading(self) -> Heading:
        return _heading(self._file.value())

    def set_heading(self, name: str | None = None, description: str | None = None) -> bool:
        """Change what is given; False when nothing changed."""
        return self._put("project", {"name": name, "description": description}, ignore_none=True)

    def set_thumbnail(self, blob: str | None) -> bool:
        return self._put("project", {"thumbnail": blob})

    # Rigs

    def joints(self, artifact_id: str) -> dict[str, Point] | None:
        """The joints that were placed on an artifact (0..1 of the picture, x right, y down); None when none were."""
        rig = self._file.value().get("rigs", {}).get(artifact_id, {})
        joints = {name: (float(at[0]), float(at[1])) for name, at in rig.get("joints", {}).items() if at is not None}
        return joints or None

    def set_joints(self, artifact_id: str, joints: Mapping[str, Point] | None) -> bool:
        """Place an artifact's joints; only those that moved are written. None takes all away."""
        wanted = {name: [float(x), float(y)] for name, (x, y) in (joints or {}).items()}
        known: dict[str, Any] = self._file.value().get("rigs", {}).get(artifact_id, {}).get("joints", {})
        moved: dict[str, Any] = {name: at for name, at in wanted.items() if known.get(name) != at}
        moved |= {name: None for name, at in known.items() if at is not None and name not in wanted}
        if not moved:
            return False

        def change(doc: LoroDoc) -> None:
            placed = doc.get_map("rigs").ensure_mergeable_map(artifact_id).ensure_mergeable_map("joints")
            _insert(placed, moved)

        return self._file.edit(change)

    def move_rigs(self, new_ids: Mapping[str, str]) -> None:
        """Give the placed joints of these artifacts to others: a copy of a project has artifacts of its own."""
        for old, new in new_ids.items():
            if joints := self.joints(old):
                self.set_joints(new, joints)
                self.set_joints(old, None)

    # Saved mascots

    def mascots(self) -> list[SavedMascot]:
        """The saved mascots, oldest first."""
        saved: dict[str, dict[str, Any]] = self._file.value().get("mascots", {})
        return [
            SavedMascot(id_, values["name"], Mascot.model_validate(values["mascot"]))
            for id_, values in sorted(saved.items())
            if not values.get("deleted") and "mascot" in values
        ]

    def save_mascot(self, name: str, mascot: Mascot) -> str:
        """Keep a mascot under a name; returns its id."""
        id_ = new_id()
        values = {"name": name, "mascot": mascot.model_dump(mode="json"), "created_at": now_ms(), "deleted": False}
        self._put_child("mascots", id_, values)
        return id_

    def change_mascot(self, mascot_id: str, *, name: str | None = None, mascot: Mascot | None = None) -> bool:
        """Change what is given. Raises NotFound."""
        self._require_mascot(mascot_id)
        values: dict[str, Any] = {}
        if name is not None:
            values["name"] = name
        if mascot is not None:
            values["mascot"] = mascot.model_dump(mode="json")
        return self._put_child("mascots", mascot_id, values)

    def remove_mascot(self, mascot_id: str) -> bool:
        """Raises NotFound."""
        self._require_mascot(mascot_id)
        return self._put_child("mascots", mascot_id, {"deleted": True})

    def _require_mascot(self, mascot_id: str) -> None:
        if all(saved.id != mascot_id for saved in self.mascots()):
            raise NotFound(f"There is no saved mascot {mascot_id} in this project; it may have been removed.")

    def _put(self, root: str, values: Mapping[str, Any], *, ignore_none: bool = False) -> bool:
        known: dict[str, Any] = self._file.value().get(root, {})
        changes = {
            key: value
            for key, value in values.items()
            if known.get(key) != value and not (ignore_none and value is None)
        }
        return bool(changes) and self._file.edit(lambda doc: _insert(doc.get_map(root), changes))

    def _put_child(self, root: str, child: str, values: Mapping[str, Any]) -> bool:
        known: dict[str, Any] = self._file.value().get(root, {}).get(child, {})
        changes = {key: value for key, value in values.items() if known.get(key) != value}
        return bool(changes) and self._file.edit(
            lambda doc: _insert(doc.get_map(root).ensure_mergeable_map(child), changes)
        )

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()


def create_project_document(folder: Path, name: str, description: str) -> str:
    """Write a new project's document; returns its stamp. Raises DiskFull, LibraryReadOnly."""
    heading: dict[str, JsonValue] = {"name": name, "description": description, "thumbnail": None, "schema": SCHEMA}
    return create_document(folder, {"project": heading})


def _heading(value: dict[str, Any]) -> Heading:
    values = value.get("project", {})
    return Heading(values.get("name") or "", values.get("description") or "", values.get("thumbnail"))


def _insert(target: LoroMap, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        target.insert(key, value)
