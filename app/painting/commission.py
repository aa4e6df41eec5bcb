"""What the canvas asked the engine for: jobs on their way, their previews, and the results as they come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.painting.errand import Errand
from app.painting.outcome import Outcome, outcome_of
from app.session import StudioSession
from engine.protocol.events import TERMINAL, AnyEvent, ArtifactMade, Failed, Warned
from engine.protocol.jobs import OPEN_STATES

if TYPE_CHECKING:
    from engine.protocol.artifacts import Artifact
    from engine.protocol.recipes import PictureRecipe


class Commission(QObject):
    """Signals: `progressed()` when `open`, `fraction` or `eta_s` changed, `previewed(Errand, QImage)`,
    `arrived(Outcome)` per result, `ended()` when nothing is left to wait for."""

    progressed = Signal()
    previewed = Signal(object, object)
    arrived = Signal(object)
    ended = Signal()

    def __init__(self, session: StudioSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._errands: dict[str, Errand] = {}
        self._open: list[str] = []
        self._asked = 0
        session.job_event.connect(self._take)
        session.jobs.previewed.connect(self._preview)
        session.queue_changed.connect(self._look)
        session.closed.connect(self.forget)

    @property
    def open(self) -> int:
        """Jobs that are not done."""
        return len(self._open)

    @property
    def fraction(self) -> float:
        live = [self._session.jobs.get(job_id) for job_id in self._open]
        done = self._asked - len(self._open) + sum(job.fraction for job in live if job)
        return done / max(1, self._asked)

    @property
    def eta_s(self) -> float | None:
        live = [self._session.jobs.get(job_id) for job_id in self._open]
        return next((job.eta_s for job in live if job and job.eta_s is not None), None)

    def submit(self, errand: Errand, recipes: Sequence[PictureRecipe]) -> bool:
        """Put the recipes into the queue; False when none could be."""
        jobs = [job for job in (self._session.submit(recipe) for recipe in recipes) if job is not None]
        if not self._open:
            self._asked = 0
        for job in jobs:
            self._errands[job.id] = errand
            self._open.append(job.id)
        self._asked += len(jobs)
        self.progressed.emit()
        return bool(jobs)

    def cancel(self) -> None:
        """Cancel all that is not done."""
        for job_id in reversed(self._open):
            self._session.cancel(job_id)

    def forget(self) -> None:
        """Wait for nothing more."""
        self._open.clear()
        self._errands.clear()
        self.progressed.emit()

    def _preview(self, job_id: str, image: QImage) -> None:
        errand = self._errands.get(job_id)
        if errand is not None and job_id in self._open:
            self.previewed.emit(errand, image)

    def _take(self, event: AnyEvent) -> None:
        if event.job_id not in self._errands:
            return
        if isinstance(event, ArtifactMade) and event.artifact.role == "picture":
            self._fetch(event.job_id, event.artifact)
        elif isinstance(event, Failed):
            self._session.say(event.sentence, "error", event.details)
        elif isinstance(event, Warned) and not event.code.startswith("engine"):
            self._session.say(event.sentence, "warning")
        if isinstance(event, TERMINAL) and event.job_id in self._open:
            self._open.remove(event.job_id)
        self._tell()

    def _fetch(self, job_id: str, artifact: Artifact) -> None:
        library, errand = self._session.library, self._errands[job_id]
        if library is None:
            return
        path = str(library.blobs.path(artifact.blob))

        def work() -> Outcome | None:
            image = QImage(path)
            return None if image.isNull() else outcome_of(errand, image, job_id)

        self._session.background.run(work, self._landed)

    def _landed(self, outcome: Outcome | None) -> None:
        if outcome is None:
            self._session.say("The result could not be read; make it again.", "error")
        elif outcome.job_id in self._errands:
            self.arrived.emit(outcome)

    def _look(self) -> None:
        """A job that was cancelled while it waited, or ended by another program, sends no event here."""
        library = self._session.library
        if library is None or not self._open:
            return
        waiting = {job.id for job in library.queue.list(OPEN_STATES)}
        if any(job_id not in waiting for job_id in self._open):
            self._open = [job_id for job_id in self._open if job_id in waiting]
            self._tell()

    def _tell(self) -> None:
        self.progressed.emit()
        if not self._open:
            self.ended.emit()
