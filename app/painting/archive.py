"""A project's canvases: a folder each, in the library."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.painting.journal import FILE
from engine.blobs.files import translate_os_error, write_bytes
from engine.library.canvases import INFO, TRASHED, canvases_folder, trashed_canvases
from engine.protocol.errors import BadInput
from engine.protocol.ids import new_id

if TYPE_CHECKING:
    from engine.library.library import Library


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
        self._layout, self._project_id = library.layout, project_id
        self.folder = canvases_folder(library.layout, project_id)
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
        info = {"name": canvas.name, "entry": canvas.entry_id, "project": self._project_id}
        try:
            self._trash.mkdir(parents=True, exist_ok=True)
            write_bytes(canvas.folder / INFO, json.dumps(info).encode())
            shutil.move(canvas.folder, self._trash / f"{TRASHED}{canvas.id}")
        except OSError as error:
            raise translate_os_error(error, self._trash / canvas.id) or error from error

    def trashed(self) -> list[Canvas]:
        """What is in the trash of this project, the newest first."""
        folders = trashed_canvases(self._layout, self._project_id)
        found = [canvas for folder in folders if (canvas := _read(folder)) is not None]
        return sorted(found, key=lambda canvas: canvas.changed_at, reverse=True)

    def restore(self, canvas: Canvas) -> Canvas:
        """Bring one back from the trash. Raises BadInput when it is not there any more, LibraryReadOnly, DiskFull."""
        canvas_id = canvas.folder.name.removeprefix(TRASHED)
        target = self.folder / canvas_id
        if not canvas.folder.is_dir() or target.exists():
            raise BadInput(f"“{canvas.name}” is not in the trash any more.")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            shutil.move(canvas.folder, target)
        except OSError as error:
            raise translate_os_error(error, target) or error from error
        back = _read(target)
        if back is None:
            raise BadInput(f"“{canvas.name}” can't be read any more; its folder is {target}.")
        return back


def _read(folder: Path) -> Canvas | None:
    try:
        data = json.loads((folder / INFO).read_bytes())
        history = folder / FILE
        changed = history.stat().st_mtime if history.exists() else (folder / INFO).stat().st_mtime
        return Canvas(folder.name, folder, str(data["name"]), str(data.get("entry", "")), changed)
    except (OSError, ValueError, KeyError, TypeError):
        return None
