"""What is dropped on the window: a MascotForge picture gives its recipe back, another picture is imported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Signal

from app.session import StudioSession
from engine.protocol.errors import BadPicture

if TYPE_CHECKING:
    from engine.library.gallery import Entry

SUFFIXES = {".png", ".webp", ".jpg", ".jpeg", ".gif", ".apng", ".bmp"}


def picture_paths(data: QMimeData) -> list[Path]:
    """Local files in a drop that may be pictures."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() in SUFFIXES]


class DropDesk(QObject):
    """Reads files beside the window. Signals: `recipe_found(recipe, Path)`, `imported(Entry)`."""

    recipe_found = Signal(object, object)
    imported = Signal(object)

    def __init__(self, session: StudioSession) -> None:
        super().__init__(session)
        self._session = session

    def take(self, paths: list[Path]) -> None:
        """A single picture with a recipe fills the panel; everything else goes into the gallery."""
        for path in paths:
            if len(paths) == 1:
                self._session.background.run(
                    lambda p=path: _recipe_in(p), lambda recipe, p=path: self._read(recipe, p), self._session.report
                )
            else:
                self.bring_in(path)

    def bring_in(self, path: Path) -> None:
        """Import one picture into the current project."""
        library, project = self._session.library, self._session.project
        if library is None or project is None:
            return
        self._session.background.run(lambda: library.gallery.import_picture(project.id, path), self._imported)

    def _read(self, recipe: object, path: Path) -> None:
        if recipe is None:
            self.bring_in(path)
        else:
            self.recipe_found.emit(recipe, path)

    def _imported(self, entry: Entry) -> None:
        self._session.say(f"Imported {entry.artifact.file_name}.", "success")
        self.imported.emit(entry)


def _recipe_in(path: Path) -> object:
    from engine.library.embed import read_recipe

    try:
        return read_recipe(path).recipe
    except BadPicture:
        return None
