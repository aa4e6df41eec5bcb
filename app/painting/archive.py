"""A project's canvases: a folder each, in the library."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.painting.journal import FILE
from engine.blobs.files import translate_os_error, write_bytes
from engine.protocol.ids import new_id

if TYPE_CHECKING:
    from engine.library.library import Library

INFO = "canvas.json"
FOLDER = "canvas"


@dataclass(frozen=True)
class Canvas:
    """`entry_id` is the gallery's picture that it was begun from, or empty. `changed_at` is seconds since the epoch."""

    id: str
    folder: Path
    name: str
    entry_id: str
    changed_at: float


class Archive:
    """The canvases of one project."""

    def __init__(self, library: Library, project_id: str) -> None:
        self.folder = library.folder / FOLDER / project_id
        self._trash = library.layout.trash

    def list(self) -> list[Canvas]:
        """The newest first; folders that are no canvas are passed over."""
        found = [canvas for path in self.folder.glob(f"*/{INFO}") if (canvas := _read(path.parent)) is not None]
        return sorted(found, key=lambda canvas: canvas.changed_at, reverse=True)

    def create(self, name: str, entry_id: str = "") -> Canvas:
        """A new folder. Raises DiskFull, LibraryReadOnly."""
        canvas_id = new_id()
        folder = self.folder / canvas_id
        write_bytes(folder / INFO, json.dumps({"name": name, "entry": entry_id}).encode())
        return Canvas(canvas_id, folder, name, entry_id, 0.0)

    def of_entry(self, entry_id: str) -> Canvas | None:
        """The canvas that was begun from a picture."""
        return next((canvas for canvas in self.list() if canvas.entry_id == entry_id), None)

    def trash(self, canvas: Canvas) -> None:
        """Move a canvas into the library's trash. Raises LibraryReadOnly, DiskFull."""
        try:
            self._trash.mkdir(parents=True, exist_ok=True)
            shutil.move(canvas.folder, self._trash / f"canvas-{canvas.id}")
        except OSError as error:
            raise translate_os_error(error, self._trash / canvas.id) or error from error


def _read(folder: Path) -> Canvas | None:
    try:
        data = json.loads((folder / INFO).read_bytes())
        history = folder / FILE
        changed = history.stat().st_mtime if history.exists() else (folder / INFO).stat().st_mtime
        return Canvas(folder.name, folder, str(data["name"]), str(data.get("entry", "")), changed)
    except (OSError, ValueError, KeyError, TypeError):
        return None
