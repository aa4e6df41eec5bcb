"""What can be done with gallery entries, for the menus, the keys and the context menu. No widgets here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from app.gallery.carry import clean_drag_folder, clipboard_data, files_for
from app.notes import UNDO
from app.session import StudioSession
from engine.protocol.errors import MascotError

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.library.gallery import Entry
    from engine.library.labels import Labels
    from engine.protocol.events import AnyEvent


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
        self._made_again: dict[str, Entry] = {}
        session.job_event.connect(self._compare_again)
        session.closed.connect(self._made_again.clear)

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
                f"Moved {counted(len(ids))} to the trash.", "info", action=(UNDO, self._session.undo_stack.undo)
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
        """What the user makes of the tags that `entry` showed; one that a teammate adds meanwhile stays."""
        wanted = [" ".join(tag.split()) for tag in tags]
        add = [tag for tag in wanted if tag not in entry.tags]
        remove = [tag for tag in entry.tags if tag not in wanted]
        self._change_labels([entry], "change tags", lambda labels: labels.change_tags([entry.id], add, remove))

    def change_tags(self, entries: Sequence[Entry], add: Sequence[str], remove: Sequence[str]) -> None:
        """Add and take away tags of several, keeping each one's others."""
        ids = [entry.id for entry in entries]
        self._change_labels(
            entries, f"change the tags of {counted(len(ids))}", lambda labels: labels.change_tags(ids, add, remove)
        )

    def rate(self, entries: Sequence[Entry], rating: int) -> None:
        """0 takes the stars away."""
        ids = [entry.id for entry in entries]
        self._change_labels(entries, f"rate {counted(len(ids))}", lambda labels: labels.set_rating(ids, rating))

    def describe(self, entry: Entry, name: str, note: str) -> None:
        """Give an entry a name and a note; empty ones take them away."""
        if (name, note) == (entry.name, entry.note):
            return

        def change(labels: Labels) -> None:
            labels.set_name([entry.id], name)
            labels.set_note([entry.id], note)

        self._change_labels([entry], "rename" if name != entry.name else "change the note", change)

    def _change_labels(self, entries: Sequence[Entry], text: str, change: Callable[[Labels], object]) -> None:
        library = self._session.library
        if library is None or not entries:
            return
        from engine.library.commands import label_entries

        command = label_entries(
            library, text, [entry.id for entry in entries], lambda: _discard(change(library.labels))
        )
        self._session.edit(text, command.do, command.undo)

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

    def save(
        self, entries: Sequence[Entry], folder: Path, *, with_recipe: bool = True, size: int | None = None
    ) -> None:
        """Copies with their recipes inside, or without any metadata; existing files are never overwritten. `size` is
        the longer side of a still PNG in pixels."""
        library = self._session.library
        if library is None or not entries:
            return

        def work() -> list[Path]:
            from engine.library.export import save_artifact

            return [
                save_artifact(
                    library, entry, folder, with_recipe=with_recipe, size=size if _can_be_resized(entry) else None
                )
                for entry in entries
            ]

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
        """The same recipe once more, with what the machine decided then: equal pixels on this machine."""
        from engine.library.again import recipe_again

        try:
            job = self._session.submit(recipe_again(entry))
        except MascotError as error:
            self._session.report(error)
            return
        if job is not None:
            self._made_again[job.id] = entry

    def _compare_again(self, event: AnyEvent) -> None:
        """Say whether what was made again is the same, and if not what the machine decided otherwise."""
        before = self._made_again.get(event.job_id)
        if before is None:
            return
        if event.kind in ("done", "failed", "cancelled"):
            del self._made_again[event.job_id]
        if event.kind != "artifact" or event.artifact.role != before.artifact.role:
            return
        if event.artifact.blob == before.artifact.blob:
            self._session.say("Made again: the same pixels.", "success")
            return
        from engine.library.again import decided_otherwise

        otherwise = decided_otherwise(before.artifact.effective, event.artifact.effective)
        reasons = ", ".join(f"{name} was {old} and is {new}" for name, (old, new) in otherwise.items())
        self._session.say(
            f"Made again with other pixels: {reasons}." if reasons else "Made again; the pixels differ from before.",
            "warning",
        )

    def more_like(self, entry: Entry, count: int, vary: float | None = None) -> None:
        """Others of its kind: with new seeds, or with `vary` (0..1) the same seed turned a little."""
        from engine.library.again import more_like, recipe_again

        try:
            recipes = more_like(recipe_again(entry), count, vary=vary)
        except MascotError as error:
            self._session.report(error)
            return
        for recipe in recipes:
            self._session.submit(recipe)
        how = "with new seeds" if vary is None else "as small variations"
        self._session.say(f"{counted(count).capitalize()} more, {how}, wait in the queue.", "info")

    def enlarge(self, entries: Sequence[Entry], scale: Literal[2, 4]) -> None:
        """Queue pictures to be made larger; what is no still picture is left out."""
        from engine.protocol.artifacts import AssetType
        from engine.protocol.recipes import UpscaleRecipe

        pictures = [entry for entry in entries if entry.artifact.type is AssetType.IMAGE]
        for entry in pictures:
            title = Path(entry.artifact.file_name).stem
            self._session.submit(UpscaleRecipe(source=entry.artifact.blob, scale=scale, title=title))
        if pictures:
            self._session.say(f"Enlarging {counted(len(pictures))} ×{scale}.", "info")

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


def _can_be_resized(entry: Entry) -> bool:
    return entry.artifact.media_type == "image/png" and (entry.artifact.frames or 1) == 1


def _discard(_result: object) -> None:
    """What a label's change returns is of no use to the undo stack."""
