"""From the panel to the queue, and the progress of what was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.create_panel.state import CreateModel
from app.session import StudioSession
from engine.protocol.events import TERMINAL, AnyEvent, Failed, Warned
from engine.protocol.jobs import OPEN_STATES, JobState

if TYPE_CHECKING:
    from engine.library.queue import Job
    from engine.protocol.recipes import PictureRecipe

UNKNOWN_WORDS = "unknown_words"
OF_THE_ENGINE = "engine"
"""Warnings that begin so are about no prompt; the session says them over the canvas."""


@dataclass(frozen=True)
class Working:
    """`fraction` over all pictures asked for, `eta_s` of the one being made, `left` pictures not done yet."""

    fraction: float
    eta_s: float | None
    left: int


class Generator(QObject):
    """Signals: `refused(dict)` field → sentence when the input can't be used, `progressed(Working | None)`,
    `noted(sentence, severity)` for what the engine says about the prompt, `submitted(list of job ids)`."""

    refused = Signal(object)
    progressed = Signal(object)
    noted = Signal(str, str)
    submitted = Signal(object)

    def __init__(self, session: StudioSession, model: CreateModel) -> None:
        super().__init__(session)
        self._session = session
        self._model = model
        self._open: list[str] = []
        self._mine: set[str] = set()
        self._asked = 0
        session.job_event.connect(self._take)
        session.queue_changed.connect(self._look)
        session.closed.connect(self._forget)

    @property
    def working(self) -> Working | None:
        """None when nothing that was asked for here is left."""
        if not self._open:
            return None
        live = [self._session.jobs.get(job_id) for job_id in self._open]
        done = self._asked - len(self._open) + sum(job.fraction for job in live if job)
        eta = next((job.eta_s for job in live if job and job.eta_s is not None), None)
        return Working(done / max(1, self._asked), eta, len(self._open))

    def generate(self) -> None:
        """Queue what the panel describes, or say what is wrong with it."""
        problems = self._model.problems()
        self.refused.emit(problems)
        if problems:
            return
        self.submit(self._model.recipes())

    def submit(self, recipes: Sequence[PictureRecipe]) -> list[Job]:
        """Queue recipes that were made from what the panel describes."""
        jobs = [job for job in (self._session.submit(recipe) for recipe in recipes) if job is not None]
        if not jobs:
            return []
        library = self._session.library
        if library is not None:
            prompt = self._model.state.prompt.strip()
            self._session.background.run(lambda: library.prompts.add(prompt))
        if not self._open:
            self._asked = 0
        self._open += [job.id for job in jobs]
        self._mine.update(job.id for job in jobs)
        self._asked += len(jobs)
        self._model.last_seed = str(recipes[0].seed)
        if not self._model.state.seed_locked:
            self._model.new_seed()
        self.submitted.emit([job.id for job in jobs])
        self.progressed.emit(self.working)
        return jobs

    def cancel(self) -> None:
        """Cancel everything that was asked for here and is not done."""
        for job_id in reversed(self._open):
            self._session.cancel(job_id)

    def _take(self, event: AnyEvent) -> None:
        if event.job_id not in self._mine:
            return
        if isinstance(event, Warned) and not event.code.startswith(OF_THE_ENGINE):
            self.noted.emit(event.sentence, "warning")
        if isinstance(event, Failed):
            self._session.say(event.sentence, "error", event.details)
        if isinstance(event, TERMINAL) and event.job_id in self._open:
            self._open.remove(event.job_id)
            self._asked -= event.kind == "cancelled"
        self.progressed.emit(self.working)

    def _look(self) -> None:
        """A job that was cancelled while it waited, or ended by another program, sends no event here."""
        library = self._session.library
        if library is None or not self._open:
            return
        waiting = {job.id for job in library.queue.list(OPEN_STATES)}
        ended = [job_id for job_id in self._open if job_id not in waiting]
        if ended:
            cancelled = {job.id for job in library.queue.list((JobState.CANCELLED,))}
            self._asked -= len(cancelled.intersection(ended))
            self._open = [job_id for job_id in self._open if job_id in waiting]
            self.progressed.emit(self.working)

    def _forget(self) -> None:
        self._open.clear()
        self._mine.clear()
        self.progressed.emit(None)
