"""The queue as a list model: the table in the library, with the live progress of running jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, QTimer, Signal

from app.queue_panel.titles import job_title
from app.session import StudioSession
from app.widgets.indexes import AnyIndex

if TYPE_CHECKING:
    from engine.library.queued_job import Job

JOB_ROLE = Qt.ItemDataRole.UserRole + 1
FRACTION_ROLE = Qt.ItemDataRole.UserRole + 2
ETA_ROLE = Qt.ItemDataRole.UserRole + 3
REFRESH_PAUSE_MS = 80
SHOWN = 200


class QueueModel(QAbstractListModel):
    """Rows are jobs: running, then waiting in their turn, then the latest finished. Emits `loaded()`."""

    loaded = Signal()

    def __init__(self, session: StudioSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs: list[Job] = []
        self.paused = False
        self._round = 0
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(REFRESH_PAUSE_MS)
        self._soon.timeout.connect(self.refresh)
        session.queue_changed.connect(self._soon.start)
        session.opened.connect(self.refresh)
        session.closed.connect(lambda: self._become([]))
        session.jobs.changed.connect(self._live)

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._jobs)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._jobs):
            return None
        job = self._jobs[index.row()]
        live = self._session.jobs.get(job.id)
        running = live is not None and live.state == "RUNNING"
        if role == JOB_ROLE:
            return job
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return job_title(job.recipe)
        if role == FRACTION_ROLE:
            return live.fraction if live is not None and running else job.progress
        if role == ETA_ROLE:
            return live.eta_s if live is not None and running else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return job.error_sentence or job_title(job.recipe)
        return None

    def jobs(self) -> list[Job]:
        return list(self._jobs)

    def refresh(self) -> None:
        """Read the table again, beside the window."""
        library = self._session.library
        if library is None:
            return
        self._round += 1
        this_round = self._round
        self._session.background.run(
            lambda: (library.queue.list(limit=SHOWN), library.queue.paused),
            lambda answer: self._arrived(this_round, *answer),
            self._session.report,
        )

    def _arrived(self, this_round: int, jobs: list[Job], paused: bool) -> None:
        if this_round == self._round:
            self.paused = paused
            self._become(jobs)
            self.loaded.emit()

    def _become(self, jobs: list[Job]) -> None:
        if [job.id for job in jobs] == [job.id for job in self._jobs]:
            self._jobs = jobs
            if jobs:
                self.dataChanged.emit(self.index(0), self.index(len(jobs) - 1))
            return
        self._remove_missing({job.id for job in jobs})
        self._insert_new(jobs)
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        ids = [self._jobs[index.row()].id for index in old]
        self._jobs = jobs
        rows = {job.id: row for row, job in enumerate(jobs)}
        self.changePersistentIndexList(old, [self.index(rows[job_id]) for job_id in ids])
        self.layoutChanged.emit()

    def _remove_missing(self, wanted: set[str]) -> None:
        for row in range(len(self._jobs) - 1, -1, -1):
            if self._jobs[row].id not in wanted:
                self.beginRemoveRows(QModelIndex(), row, row)
                self._jobs = self._jobs[:row] + self._jobs[row + 1 :]
                self.endRemoveRows()

    def _insert_new(self, jobs: list[Job]) -> None:
        known = {job.id for job in self._jobs}
        new = [job for job in jobs if job.id not in known]
        if new:
            first = len(self._jobs)
            self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
            self._jobs = self._jobs + new
            self.endInsertRows()

    def _live(self, job_id: str) -> None:
        for row, job in enumerate(self._jobs):
            if job.id == job_id:
                self.dataChanged.emit(self.index(row), self.index(row))
