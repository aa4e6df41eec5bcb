"""The Queue panel: what waits, what runs, what is done; order, cancel, retry, pause."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.queue_panel.delegate import JobDelegate
from app.queue_panel.model import JOB_ROLE, QueueModel
from app.session import StudioSession
from app.theme.icons import icon
from app.theme.tokens import SPACE_1, SPACE_2, SPACE_3
from app.widgets.buttons import IconButton
from app.widgets.labels import ElidedLabel, label
from engine.protocol.errors import MascotError
from engine.protocol.jobs import OPEN_STATES, JobState

if TYPE_CHECKING:
    from engine.library.queued_job import Job


class QueuePanel(QWidget):
    """Emits `result_wanted(job id)` when a job is activated: a finished one's result, a running one's previews."""

    result_wanted = Signal(str)

    def __init__(self, session: StudioSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.model = QueueModel(session, self)
        self.list = QListView()
        self.list.setModel(self.model)
        self._delegate = JobDelegate(self.list)
        self._delegate.button_pressed.connect(self._button)
        self.list.setItemDelegate(self._delegate)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setAccessibleName("Queue")
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._menu)
        self.list.activated.connect(lambda index: self.result_wanted.emit(index.data(JOB_ROLE).id))
        self.pause_button = IconButton("pause", "Pause the queue", checkable=True)
        self.pause_button.clicked.connect(self.toggle_pause)
        clear = IconButton("list-x", "Clear finished jobs")
        clear.clicked.connect(self.clear_finished)
        self.summary = ElidedLabel("Nothing to do", "faint")
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_3, 0, SPACE_1, SPACE_1)
        head.setSpacing(SPACE_1)
        head.addWidget(self.summary, 1)
        head.addWidget(self.pause_button)
        head.addWidget(clear)
        empty = label("Jobs wait here for their turn.", "faint")
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(self.list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, SPACE_1)
        layout.setSpacing(0)
        layout.addLayout(head)
        inset = QHBoxLayout()
        inset.setContentsMargins(SPACE_2, 0, SPACE_1, 0)
        inset.addWidget(self._stack)
        layout.addLayout(inset, 1)
        self.model.loaded.connect(self._loaded)

    def selected_jobs(self) -> list[Job]:
        return [index.data(JOB_ROLE) for index in sorted(self.list.selectedIndexes(), key=lambda index: index.row())]

    def cancel_selected(self) -> None:
        for job in reversed(self.selected_jobs()):
            if job.state in OPEN_STATES:
                self._session.cancel(job.id)

    def retry_selected(self) -> None:
        for job in self.selected_jobs():
            self._retry(job)

    def move_selected(self, by: int) -> None:
        """Earlier (-1) or later (1) in the line of waiting jobs."""
        waiting = [job.id for job in self.model.jobs() if job.state in (JobState.PENDING, JobState.QUEUED)]
        for job in self.selected_jobs()[:1]:
            if job.id in waiting:
                place = waiting.index(job.id) + by
                self._change(lambda library, id_=job.id, to=place: library.queue.move(id_, to))

    def toggle_pause(self) -> None:
        if self.model.paused:
            self._change(lambda library: library.queue.resume())
        else:
            self._change(lambda library: library.queue.pause())

    def clear_finished(self) -> None:
        """Forget finished jobs; what they made stays."""
        self._change(lambda library: library.queue.clear_finished())

    def _retry(self, job: Job) -> None:
        if job.state in (JobState.FAILED, JobState.CANCELLED):
            self._change(lambda library: library.queue.retry(job.id))

    def _button(self, job: Job) -> None:
        if job.state in OPEN_STATES:
            self._session.cancel(job.id)
        else:
            self._retry(job)

    def _change(self, work: Callable[..., object]) -> None:
        library = self._session.library
        if library is None:
            return
        try:
            work(library)
        except MascotError as error:
            self._session.report(error)
        self.model.refresh()

    def _menu(self, at: QPoint) -> None:
        jobs = self.selected_jobs()
        if not jobs:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if any(job.state in OPEN_STATES for job in jobs):
            menu.addAction("Cancel", self.cancel_selected)
        if any(job.state in (JobState.FAILED, JobState.CANCELLED) for job in jobs):
            menu.addAction("Retry", self.retry_selected)
        if len(jobs) == 1 and jobs[0].state in (JobState.PENDING, JobState.QUEUED):
            menu.addAction("Earlier", lambda: self.move_selected(-1))
            menu.addAction("Later", lambda: self.move_selected(1))
        if len(jobs) == 1 and jobs[0].state is JobState.COMPLETED:
            menu.addAction("Show result", lambda: self.result_wanted.emit(jobs[0].id))
        if len(jobs) == 1 and jobs[0].state is JobState.RUNNING:
            menu.addAction("Watch", lambda: self.result_wanted.emit(jobs[0].id))
        if len(jobs) == 1 and jobs[0].error_sentence:
            failed = jobs[0]
            menu.addAction(
                "Show what went wrong",
                lambda: self._session.say(failed.error_sentence or "", "error", failed.error_details or ""),
            )
        menu.popup(self.list.viewport().mapToGlobal(at))

    def _loaded(self) -> None:
        jobs = self.model.jobs()
        self._stack.setCurrentIndex(1 if jobs else 0)
        running = sum(job.state is JobState.RUNNING for job in jobs)
        waiting = sum(job.state in (JobState.PENDING, JobState.QUEUED) for job in jobs)
        words = [f"{running} running" if running else "", f"{waiting} waiting" if waiting else ""]
        text = "  ·  ".join(word for word in words if word) or "Nothing to do"
        self.summary.setText(f"Paused  ·  {text}" if self.model.paused else text)
        self.pause_button.setChecked(self.model.paused)
        self.pause_button.setIcon(icon("play" if self.model.paused else "pause"))
