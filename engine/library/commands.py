"""Actions with a way back, for an undo stack: `do` is the action and its redoing, `undo` takes it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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


def label_entries(library: Library, text: str, entry_ids: Sequence[str], change: Callable[[], None]) -> Command:
    """Any change to the labels of these entries; undoing puts back each one's labels of now."""
    before = [library.gallery.get(entry_id) for entry_id in entry_ids]

    def undo() -> None:
        for entry in before:
            library.labels.set_favourite([entry.id], entry.favourite)
            library.labels.set_rating([entry.id], entry.rating)
            library.labels.set_tags([entry.id], entry.tags)
            library.labels.set_name([entry.id], entry.name)
            library.labels.set_note([entry.id], entry.note)

    return Command(text, change, undo)


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
