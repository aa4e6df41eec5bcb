"""What can be done with gallery entries, for the menus, the keys and the context menu. No widgets here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from app.gallery.carry import clean_drag_folder, clipboard_data, files_for
from app.session import StudioSession
from engine.protocol.errors import MascotError

if TYPE_CHECKING:
    from engine.library.gallery import Entry


def counted(number: int) -> str:
    return "1 picture" if number == 1 else f"{number} pictures"


class Deeds(QObject):
    """Signals: `recipe_wanted(recipe)` to fill the panel with it, `saved(Path)`: the folder that was saved to."""

    recipe_wanted = Signal(object)
    saved = Signal(object)

    def __init__(self, session: StudioSession) -> None:
        super().__init__(session)
        self._session = session
        self.last_saved: Path | None = None

    def favourite(self, entries: Sequence[Entry]) -> None:
        """Mark all, or unmark all when all are marked."""
        library = self._session.library
        if library is None or not entries:
            return
        wanted = not all(entry.favourite for entry in entries)
        ids = [entry.id for entry in entries]
        marked = [entry.id for entry in entries if entry.favourite]

        def revert() -> None:
            library.labels.set_favourite([entry_id for entry_id in ids if entry_id not in marked], False)
            library.labels.set_favourite(marked, True)

        self._session.edit(
            "mark as favourite" if wanted else "unmark as favourite",
            lambda: library.labels.set_favourite(ids, wanted),
            revert,
        )

    def trash(self, entries: Sequence[Entry]) -> None:
        library = self._session.library
        if library is None or not entries:
            return
        ids = [entry.id for entry in entries]
        done = self._session.edit(
            f"move {counted(len(ids))} to the trash",
            lambda: library.gallery.trash(ids),
            lambda: library.gallery.restore(ids),
        )
        if done:
            self._session.say(
                f"Moved {counted(len(ids))} to the trash.", "info", action=("Undo", self._session.undo_stack.undo)
            )

    def restore(self, entries: Sequence[Entry]) -> None:
        library = self._session.library
        if library is None or not entries:
            return
        ids = [entry.id for entry in entries]
        self._session.edit(
            f"restore {counted(len(ids))}", lambda: library.gallery.restore(ids), lambda: library.gallery.trash(ids)
        )

    def set_tags(self, entry: Entry, tags: Sequence[str]) -> None:
        library = self._session.library
        if library is None:
            return
        before = entry.tags
        self._session.edit(
            "change tags",
            lambda: library.labels.set_tags([entry.id], tags),
            lambda: library.labels.set_tags([entry.id], before),
        )

    def erase(self, entries: Sequence[Entry]) -> None:
        """For good: the caller has asked the user. Clears the undo history, which could no longer keep its word."""
        library = self._session.library
        if library is None or not entries:
            return
        ids = [entry.id for entry in entries]
        self._session.undo_stack.clear()
        self._session.background.run(
            lambda: library.gallery.erase(ids), lambda _: self._session.say(f"Erased {counted(len(ids))}.", "info")
        )

    def copy(self, entry: Entry) -> None:
        """The picture with its transparency into the clipboard."""
        library = self._session.library
        if library is None:
            return
        try:
            QGuiApplication.clipboard().setMimeData(clipboard_data(library, entry))
        except MascotError as error:
            self._session.report(error)
            return
        self._session.say("Picture copied.", "success")

    def copy_prompt(self, entry: Entry) -> None:
        QGuiApplication.clipboard().setText(entry.prompt)
        self._session.say("Prompt copied.", "success")

    def save(self, entries: Sequence[Entry], folder: Path) -> None:
        """Copies with their recipes inside; existing files are never overwritten."""
        library = self._session.library
        if library is None or not entries:
            return

        def work() -> list[Path]:
            from engine.library.export import save_artifact

            return [save_artifact(library, entry, folder) for entry in entries]

        def done(paths: list[Path]) -> None:
            self.last_saved = paths[0]
            self.saved.emit(folder)
            name = paths[0].name if len(paths) == 1 else counted(len(paths))
            self._session.say(f"Saved {name} to {folder}.", "success", action=("Show", self.reveal))

        self._session.background.run(work, done)

    def open_outside(self, entry: Entry) -> None:
        """Show an animation in the program that the system has for it."""
        library = self._session.library
        if library is not None:
            self._session.background.run(
                lambda: files_for(library, [entry])[0],
                lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))),
            )

    def reveal(self) -> None:
        """Show the folder of what was saved last."""
        if self.last_saved is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.last_saved.parent)))

    def make_again(self, entry: Entry) -> None:
        """The same recipe once more: equal on this machine."""
        if entry.recipe is None:
            self._session.say("This picture was imported without a recipe, so it can't be made again.", "warning")
            return
        self._session.submit(entry.recipe)

    def use_recipe(self, entry: Entry) -> None:
        if entry.recipe is None:
            self._session.say("This picture was imported without a recipe.", "warning")
            return
        self.recipe_wanted.emit(entry.recipe)

    def clean_up(self) -> None:
        """Remove what earlier drags left behind."""
        library = self._session.library
        if library is not None:
            self._session.background.run(lambda: clean_drag_folder(library))

    def use_as_thumbnail(self, entry: Entry) -> None:
        """Let the picture stand for its project."""
        library = self._session.library
        if library is None:
            return
        library.projects.set_thumbnail(entry.project_id, entry.artifact.blob)
        self._session.say("This picture now stands for its project.", "success")
