"""One export: the job that makes the files, its progress, and their copies in the folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.session import StudioSession
from engine.protocol.errors import MascotError
from engine.protocol.events import AnyEvent, CancelledJob, Done, Failed, Progress
from engine.protocol.recipes import AnimationRecipe

if TYPE_CHECKING:
    from engine.library.gallery import Entry
    from engine.library.library import Library

UNEXPECTED = "The export stopped unexpectedly; nothing that was saved before is lost. Try it again."


class ExportJob(QObject):
    """`progressed(fraction, eta seconds or None, step)`, then `saved([Path])` or `failed(sentence, details)`.

    A cancelled job ends in `cancelled`.
    """

    progressed = Signal(float, object, str)
    saved = Signal(object)
    failed = Signal(str, str)
    cancelled = Signal()

    def __init__(self, session: StudioSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job_id: str | None = None
        self._folder = Path()
        self._closed = False
        session.job_event.connect(self._event)

    @property
    def running(self) -> bool:
        return self._job_id is not None

    def animate(self, recipe: AnimationRecipe, folder: Path) -> bool:
        """Start the job; its files go to `folder`. False when it could not be queued (a note says why)."""
        job = self._session.submit(recipe)
        if job is None:
            return False
        self._job_id, self._folder = job.id, folder
        return True

    def save_picture(self, entry: Entry, folder: Path, size: int | None, *, with_recipe: bool) -> None:
        """Copy a picture, its longer side `size` pixels (None: as it is)."""
        library = self._session.library
        if library is None:
            return

        def work() -> list[Path]:
            from engine.library.export import save_artifact

            return [save_artifact(library, entry, folder, with_recipe=with_recipe, size=size)]

        self._session.background.run(work, self._finish, self._fail)

    def cancel(self) -> None:
        """Cancel the job that runs; `cancelled` follows when the engine has stopped."""
        if self._job_id is not None:
            self._session.cancel(self._job_id)

    def close(self) -> None:
        """Say nothing more."""
        self._closed = True

    def _event(self, event: AnyEvent) -> None:
        library = self._session.library
        if event.job_id != self._job_id or self._closed or library is None:
            return
        match event:
            case Progress():
                self.progressed.emit(event.fraction, event.eta_s, event.step)
            case Done():
                job_id, folder, self._job_id = event.job_id, self._folder, None
                self._session.background.run(lambda: _save_all(library, job_id, folder), self._finish, self._fail)
            case Failed():
                self._job_id = None
                self.failed.emit(event.sentence, event.details)
            case CancelledJob():
                self._job_id = None
                self.cancelled.emit()
            case _:
                pass

    def _finish(self, paths: list[Path]) -> None:
        if not self._closed:
            self.saved.emit(paths)

    def _fail(self, error: BaseException) -> None:
        if self._closed:
            return
        known = isinstance(error, MascotError)
        self.failed.emit(error.sentence if known else UNEXPECTED, error.details if known else repr(error))


def _save_all(library: Library, job_id: str, folder: Path) -> list[Path]:
    """The job's exports into the folder, none over an existing file. Raises DiskFull, LibraryReadOnly, NotFound."""
    from engine.library.export import save_artifact
    from engine.protocol.recipes import ExportFormat

    formats = frozenset(ExportFormat)
    entries = [entry for entry in library.gallery.of_job(job_id) if entry.artifact.role in formats]
    return [save_artifact(library, entry, folder) for entry in entries]
