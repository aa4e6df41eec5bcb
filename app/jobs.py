"""What is known of jobs while they run: the newest progress, preview and notes, from the stream of events.

Events are told apart by `kind`, so that the window can be painted before pydantic is imported.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from engine.protocol.events import AnyEvent, Progress


ENDS = {"failed": "FAILED", "cancelled": "CANCELLED", "done": "COMPLETED"}


@dataclass
class LiveJob:
    """`fraction` 0..1, `eta_s` seconds left or None, `preview` the newest small picture."""

    id: str
    state: str = "QUEUED"
    fraction: float = 0.0
    eta_s: float | None = None
    step: str = ""
    preview: QImage | None = None
    notes: list[str] = field(default_factory=list)


class LiveJobs(QObject):
    """Jobs of this session by id. Emits `changed(job_id)` per event and `previewed(job_id, QImage)` per preview."""

    changed = Signal(str)
    previewed = Signal(str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[str, LiveJob] = {}

    def get(self, job_id: str) -> LiveJob | None:
        return self._jobs.get(job_id)

    def running(self) -> list[LiveJob]:
        """Jobs that an engine works on now, the oldest first."""
        return [job for job in self._jobs.values() if job.state == "RUNNING"]

    def clear(self) -> None:
        self._jobs.clear()

    def take(self, event: AnyEvent) -> None:
        """Fold one event into what is known."""
        job = self._jobs.setdefault(event.job_id, LiveJob(event.job_id))
        match event.kind:
            case "queued":
                job.state, job.fraction, job.eta_s = "QUEUED", 0.0, None
            case "started":
                job.state, job.fraction, job.eta_s = "RUNNING", 0.0, None
            case "progress":
                self._progress(job, event)
            case "warning":
                job.notes.append(event.sentence)
            case "failed" | "cancelled" | "done":
                job.state = ENDS[event.kind]
                job.eta_s, job.preview = None, None
            case _:
                pass
        self.changed.emit(event.job_id)

    def _progress(self, job: LiveJob, event: Progress) -> None:
        job.state, job.fraction, job.eta_s, job.step = "RUNNING", event.fraction, event.eta_s, event.step
        if event.preview:
            self._preview(job, event.preview)

    def _preview(self, job: LiveJob, encoded: str) -> None:
        image = QImage.fromData(base64.b64decode(encoded))
        if not image.isNull():
            job.preview = image
            self.previewed.emit(job.id, image)
