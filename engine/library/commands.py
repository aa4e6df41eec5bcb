"""Actions with a way back, for an undo stack: `do` is the action and its redoing, `undo` takes it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.library.entries import Entry
    from engine.library.labels import Labels
    from engine.library.library import Library
    from engine.library.project_document import ProjectDocument


@dataclass(frozen=True)
class Command:
    """`text` says what it does, in the user's words ("Move 2 results to the trash").

    Both functions raise as the library.
    """

    text: str
    do: Callable[[], None]
    undo: Callable[[], None]


def trash_entries(library: Library, entry_ids: Sequence[str]) -> Command:
    ids = tuple(entry_ids)
    return Command(
        f"Move {_results(ids)} to the trash", lambda: library.gallery.trash(ids), lambda: library.gallery.restore(ids)
    )


def restore_entries(library: Library, entry_ids: Sequence[str]) -> Command:
    ids = tuple(entry_ids)
    return Command(f"Restore {_results(ids)}", lambda: library.gallery.restore(ids), lambda: library.gallery.trash(ids))


def trash_project(library: Library, project_id: str) -> Command:
    return Command(
        "Move the project to the trash",
        lambda: library.projects.trash(project_id),
        lambda: library.projects.restore(project_id),
    )


def restore_project(library: Library, project_id: str) -> Command:
    return Command(
        "Restore the project", lambda: library.projects.restore(project_id), lambda: library.projects.trash(project_id)
    )


def label_entries(library: Library, text: str, entry_ids: Sequence[str], change: Callable[[], object]) -> Command:
    """Any change to the labels of these entries; undoing takes back what it changed, and nothing that others did."""
    changed: list[tuple[Entry, Entry]] = []

    def do() -> None:
        before = [library.gallery.get(entry_id) for entry_id in entry_ids]
        change()
        changed[:] = [(entry, library.gallery.get(entry.id)) for entry in before]

    def undo() -> None:
        for before, after in changed:
            _put_back(library.labels, before, after)

    return Command(text, do, undo)


def _put_back(labels: Labels, before: Entry, after: Entry) -> None:
    ids = [before.id]
    if before.favourite != after.favourite:
        labels.set_favourite(ids, before.favourite)
    if before.rating != after.rating:
        labels.set_rating(ids, before.rating)
    if before.name != after.name:
        labels.set_name(ids, before.name)
    if before.note != after.note:
        labels.set_note(ids, before.note)
    if before.tags != after.tags:
        was, is_now = set(before.tags), set(after.tags)
        labels.change_tags(ids, add=sorted(was - is_now), remove=sorted(is_now - was))


class _DocumentEdit:
    """The first `do` edits, later ones redo. An edit that changed nothing has nothing to take back."""

    def __init__(self, document: ProjectDocument, edit: Callable[[ProjectDocument], object]) -> None:
        self._document = document
        self._edit = edit
        self._edited: bool | None = None

    def do(self) -> None:
        if self._edited is None:
            told: list[None] = []
            unsubscribe = self._document.subscribe(lambda: told.append(None))
            try:
                self._edit(self._document)
            finally:
                unsubscribe()
            self._edited = bool(told)
        elif self._edited:
            self._document.redo()

    def undo(self) -> None:
        if self._edited:
            self._document.undo()


def document_edit(text: str, document: ProjectDocument, edit: Callable[[ProjectDocument], object]) -> Command:
    """One edit of a project's document. The stack must be the only one that undoes this document's edits."""
    step = _DocumentEdit(document, edit)
    return Command(text, step.do, step.undo)


def _results(ids: Sequence[str]) -> str:
    return "1 result" if len(ids) == 1 else f"{len(ids)} results"
