"""The project's characters as the studio knows them; edits go through the project's document and can be undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.session import StudioSession
from engine.protocol.errors import MascotError

if TYPE_CHECKING:
    from engine.library.characters import Character, Characters
    from engine.protocol.events import AnyEvent
    from engine.protocol.recipes import BlobHash

ENDS = ("done", "failed", "cancelled")


class CharacterShelf(QObject):
    """Attributes: `characters` of the current project, `chosen` (the id of the one that is looked at, or "").
    Signals: `changed()` whenever either changed, `learnt()` when one got a LoRA."""

    changed = Signal()
    learnt = Signal()

    def __init__(self, session: StudioSession) -> None:
        super().__init__(session)
        self._session = session
        self.characters: list[Character] = []
        self.chosen = ""
        self._round = 0
        session.project_changed.connect(lambda _project: self.refresh())
        session.projects_changed.connect(self.refresh)
        session.closed.connect(self._clear)
        session.job_event.connect(self._take)

    def current(self) -> Character | None:
        """The chosen character."""
        return next((one for one in self.characters if one.id == self.chosen), None)

    def choose(self, character_id: str) -> None:
        """Look at another character."""
        self.chosen = character_id
        self.changed.emit()

    def refresh(self) -> None:
        """Read the characters beside the window, and give those their LoRA whose training has ended."""
        library, project = self._session.library, self._session.project
        if library is None or project is None:
            return
        self._round += 1
        this_round, project_id = self._round, project.id

        def work() -> list[Character]:
            from engine.dispatch.trained import settle

            return settle(library, project_id)

        self._session.background.run(work, lambda found: self._arrived(this_round, found), self._session.report)

    # edits

    def create(self, name: str, blobs: Sequence[BlobHash] = ()) -> bool:
        """Make a character and look at it; False when it was refused, which the user has been told."""
        before = {one.id for one in self.characters}
        if not self._edit("new character", lambda characters: characters.create(name, "", blobs)):
            return False
        self.chosen = next((one.id for one in self.characters if one.id not in before), self.chosen)
        self.changed.emit()
        return True

    def free_name(self) -> str:
        """A name that no character has yet."""
        names = {one.name.casefold() for one in self.characters}
        number = 1
        while f"character {number}" in names:
            number += 1
        return f"Character {number}"

    def rename(self, name: str) -> bool:
        return self._edit("rename character", lambda characters: characters.change(self.chosen, name=name))

    def describe(self, description: str) -> bool:
        return self._edit("describe character", lambda c: c.change(self.chosen, description=description))

    def caption(self, picture_id: str, caption: str) -> bool:
        return self._edit("caption", lambda characters: characters.set_caption(self.chosen, picture_id, caption))

    def remove_picture(self, picture_id: str) -> bool:
        return self._edit("remove picture", lambda characters: characters.remove_picture(self.chosen, picture_id))

    def remove(self) -> bool:
        return self._edit("remove character", lambda characters: characters.remove(self.chosen))

    def add_blobs(self, blobs: Sequence[BlobHash]) -> bool:
        """Add pictures that are in the library already; without a character they make a new one."""
        if self.current() is None:
            return self.create(self.free_name(), blobs)
        return self._edit("add pictures", lambda characters: characters.add_pictures(self.chosen, blobs))

    def add_files(self, files: Sequence[Path]) -> None:
        """Take pictures from files, beside the window."""
        library = self._session.library
        if library is None or not files:
            return

        def work() -> list[BlobHash]:
            from engine.library.pictures import open_picture

            return [library.blobs.add_bytes(open_picture(file).data) for file in files]

        self._session.background.run(work, self.add_blobs, self._session.report)

    # training

    def train(self, model: str) -> None:
        """Queue the training of the chosen character. One that was stopped goes on where it was: the same pictures,
        captions and description are the same training."""
        character, library = self.current(), self._session.library
        if character is None or library is None:
            return

        def work() -> Any:
            from engine.dispatch.models import catalogue
            from engine.library.characters import training_of
            from engine.protocol.picture_options import ModelRef

            known = catalogue(library).resolve(ModelRef(name=model))
            return training_of(character, ModelRef(name=known.name, hash=known.hash))

        def queue(recipe: Any) -> None:
            job = self._session.submit(recipe)
            if job is not None:
                self._quietly(lambda characters: characters.training_began(character.id, job.id))

        self._session.background.run(work, queue, self._session.report)

    def stop(self) -> None:
        """Stop the chosen character's training; what it learnt so far is kept for the next start."""
        character = self.current()
        if character is not None and character.job:
            self._session.cancel(character.job)

    def is_training(self, character: Character) -> bool:
        library = self._session.library
        if library is None or not character.job:
            return False
        from engine.dispatch.trained import is_training

        return is_training(library, character)

    # inside

    def _characters(self) -> Characters | None:
        library, project = self._session.library, self._session.project
        if library is None or project is None:
            return None
        from engine.library.characters import Characters

        return Characters(library.projects.document(project.id))

    def _edit(self, text: str, edit: Callable[[Characters], object]) -> bool:
        from engine.library.characters import Characters
        from engine.library.commands import document_edit

        library, project = self._session.library, self._session.project
        if library is None or project is None:
            self._session.say("The library is still opening; try again in a moment.", "warning")
            return False
        document = library.projects.document(project.id)
        command = document_edit(text, document, lambda doc: edit(Characters(doc)))
        done = self._session.edit(text, lambda: self._and_look(command.do), lambda: self._and_look(command.undo))
        self._look()
        return done

    def _quietly(self, edit: Callable[[Characters], object]) -> None:
        """An edit that is no deed of the user's."""
        characters = self._characters()
        if characters is None:
            return
        try:
            edit(characters)
        except MascotError as error:
            self._session.report(error)
        self._look()

    def _and_look(self, step: Callable[[], object]) -> None:
        step()
        self._look()

    def _look(self) -> None:
        characters = self._characters()
        if characters is not None:
            self._round += 1
            self._show(characters.list())

    def _arrived(self, this_round: int, found: list[Character]) -> None:
        if this_round == self._round:
            before = {one.id: one.lora_hash for one in self.characters}
            self._show(found)
            if any(before.get(one.id, one.lora_hash) != one.lora_hash for one in found):
                self.learnt.emit()

    def _show(self, found: list[Character]) -> None:
        self.characters = found
        if all(one.id != self.chosen for one in found):
            self.chosen = found[0].id if found else ""
        self.changed.emit()

    def _take(self, event: AnyEvent) -> None:
        if event.kind in ENDS and any(one.job == event.job_id for one in self.characters):
            self.refresh()

    def _clear(self) -> None:
        self._round += 1
        self.characters, self.chosen = [], ""
        self.changed.emit()
