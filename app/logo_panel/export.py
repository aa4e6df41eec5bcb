"""A logo's job and its files in a folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.session import StudioSession
from engine.protocol.errors import MascotError
from engine.protocol.events import AnyEvent, CancelledJob, Done, Failed, Progress
from engine.protocol.recipes import LogoRecipe

UNEXPECTED = "The logo could not be saved; it is in the gallery. Try the export again."


class LogoExport(QObject):
    """`progressed(fraction)`, then `saved(folder)`, `failed(sentence, details)` or `cancelled()`."""

    progressed = Signal(float)
    saved = Signal(object)
    failed = Signal(str, str)
    cancelled = Signal()

    def __init__(self, session: StudioSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job_id: str | None = None
        self._folder = Path()
        session.job_event.connect(self._event)

    @property
    def running(self) -> bool:
        return self._job_id is not None

    def start(self, recipe: LogoRecipe, folder: Path) -> bool:
        """Queue the job; its files go to a new folder in `folder`. False when it could not be queued."""
        job = self._session.submit(recipe)
        if job is None:
            return False
        self._job_id, self._folder = job.id, folder
        return True

    def cancel(self) -> None:
        if self._job_id is not None:
            self._session.cancel(self._job_id)

    def _event(self, event: AnyEvent) -> None:
        if event.job_id != self._job_id:
            return
        match event:
            case Progress():
                self.progressed.emit(event.fraction)
            case Done():
                self._job_id = None
                self._unpack(event.job_id)
            case Failed():
                self._job_id = None
                self.failed.emit(event.sentence, event.details)
            case CancelledJob():
                self._job_id = None
                self.cancelled.emit()
            case _:
                pass

    def _unpack(self, job_id: str) -> None:
        library, parent = self._session.library, self._folder
        if library is None:
            return

        def work() -> Path:
            from engine.library.packs import unpack

            entries = library.gallery.of_job(job_id)
            folder, _ = unpack(library, next(e for e in entries if e.artifact.role == "logo-pack"), parent)
            return folder

        self._session.background.run(work, self.saved.emit, self._fail)

    def _fail(self, error: BaseException) -> None:
        known = isinstance(error, MascotError)
        self.failed.emit(error.sentence if known else UNEXPECTED, error.details if known else repr(error))
