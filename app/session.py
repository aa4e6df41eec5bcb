"""The studio's session: one open library, its dispatcher, and what the windows need to know about both."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoStack

from app.background import Background
from app.jobs import LiveJobs
from app.notes import Note, Severity
from app.painting.guidance import Guidance
from app.undo import Edit
from engine.protocol.errors import MascotError

if TYPE_CHECKING:
    from pydantic import JsonValue

    from engine.dispatch.dispatcher import Dispatcher
    from engine.library.gallery import Entry
    from engine.library.library import Library
    from engine.library.projects import Project
    from engine.library.queued_job import Job
    from engine.protocol.events import AnyEvent
    from engine.protocol.recipes import AnyRecipe

log = logging.getLogger(__name__)

ELSEWHERE_MS = 2_000
"""How often it is asked whether another program changed the library."""


class StudioSession(QObject):
    """The truth behind the window. All signals come in the GUI thread.

    Attributes: `library` (None until `opened`), `dispatcher`, `project` (where new things go), `entry` (selected),
    `jobs` (what is known of jobs now), `guidance` (what steers the next picture besides its words), `undo_stack`,
    `background`.
    Signals: `opening(folder)`, `opened()`, `closing()` while it can still be written to, `closed()`,
    `problem(error, folder)` when a library can't be opened,
    `project_changed(Project)`, `projects_changed()`, `entry_changed(Entry | None)`, `entries_changed()`,
    `queue_changed()`, `prompts_changed()`, `job_event(event)`, `engine_state(lane, state)`, `noted(Note)`,
    `tab_wanted(str)`, `submitted(Job)`, `read_only_changed()` (`read_only` is why the open project can't be changed
    here, or "").
    """

    opening = Signal(object)
    opened = Signal()
    closing = Signal()
    closed = Signal()
    problem = Signal(object, object)
    project_changed = Signal(object)
    projects_changed = Signal()
    entry_changed = Signal(object)
    entries_changed = Signal()
    queue_changed = Signal()
    prompts_changed = Signal()
    job_event = Signal(object)
    engine_state = Signal(str, str)
    noted = Signal(object)
    tab_wanted = Signal(str)
    submitted = Signal(object)
    read_only_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.background = Background(self)
        self.background.failed.connect(self.report)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(200)
        self.jobs = LiveJobs(self)
        self.guidance = Guidance(self)
        self.library: Library | None = None
        self.dispatcher: Dispatcher | None = None
        self.project: Project | None = None
        self.entry: Entry | None = None
        self.read_only = ""
        self._busy_opening = False
        self._fresh: Library | None = None
        self._elsewhere = QTimer(self)
        self._elsewhere.setInterval(ELSEWHERE_MS)
        self._elsewhere.timeout.connect(self._look_elsewhere)

    # the library

    def open_library(self, folder: Path) -> None:
        """Open a library beside the window; ends with `opened` or `problem`."""
        if self._busy_opening:
            return
        self._busy_opening = True
        self.close_library()
        self.opening.emit(folder)

        def work() -> tuple[Library, Project]:
            from engine.library.library import Library

            library = self._fresh = Library.open(folder, exclusive_studio=True)
            return library, library.projects.to_begin_with()

        def failed(error: BaseException) -> None:
            self._busy_opening = False
            self.problem.emit(error, folder)

        self.background.run(work, lambda found: self._enter(*found), failed)

    def _enter(self, library: Library, project: Project) -> None:
        self._busy_opening = False
        self._fresh = None
        self.library = library
        library.changed.append(self._library_changed)
        self.project = self._remembered_project() or project
        self.opened.emit()
        self.project_changed.emit(self.project)
        self._elsewhere.start()
        self.background.run(self._start_dispatcher)

    def _remembered_project(self) -> Project | None:
        if self.library is None:
            return None
        wanted = self.recall("project")
        return next((project for project in self.library.projects.list() if project.id == wanted), None)

    def _start_dispatcher(self) -> None:
        from engine.dispatch.dispatcher import Dispatcher

        if self.library is None:
            return
        dispatcher = Dispatcher(self.library, owner="studio", on_event=self.event_arrived, on_state=self.state_arrived)
        dispatcher.start()
        self.dispatcher = dispatcher

    def close_library(self) -> None:
        """Stop the engine and let the library go; nothing happens when none is open."""
        library = self.library
        if library is None:
            return
        self._elsewhere.stop()
        self.closing.emit()
        self.background.drain()
        dispatcher = self.dispatcher
        self.library = self.dispatcher = self.project = self.entry = None
        self.undo_stack.clear()
        self.jobs.clear()
        self.guidance.clear()
        if dispatcher is not None:
            dispatcher.stop()
        library.close()
        self.closed.emit()

    def close(self) -> None:
        """End of the program: everything that was started is stopped."""
        self.close_library()
        self.background.close()
        if self._fresh is not None:
            self._fresh.close()

    def remember(self, key: str, value: JsonValue) -> None:
        """Keep a small value with the library; one that can't be written is only logged."""
        if self.library is None:
            return
        try:
            self.library.settings.set(f"studio.{key}", value)
        except MascotError as error:
            log.warning("%s was not remembered: %s", key, error.sentence)

    def recall(self, key: str, default: JsonValue = None) -> Any:
        """What was remembered under `key`."""
        return default if self.library is None else self.library.settings.get(f"studio.{key}", default)

    def edit(self, text: str, do: Callable[[], object], revert: Callable[[], object]) -> bool:
        """Do something that can be undone; False when it failed, which the user has been told."""
        failed: list[MascotError] = []

        def report(error: MascotError) -> None:
            failed.append(error)
            self.report(error)

        self.undo_stack.push(Edit(text, do, revert, report))
        return not failed

    # projects and selection

    def switch_project(self, project: Project) -> None:
        """Make `project` the one that new things go to."""
        if self.entry is not None and self.entry.project_id != project.id:
            self.select(None)
        self.project = project
        self.remember("project", project.id)
        self.project_changed.emit(project)

    def refresh_project(self) -> None:
        """Read the current project again after its name or state changed."""
        if self.library is None or self.project is None:
            return
        alive = {project.id: project for project in self.library.projects.list()}
        self.project = alive.get(self.project.id) or self.library.projects.default()
        self.project_changed.emit(self.project)

    def set_read_only(self, reason: str) -> None:
        """Why the open project can't be changed here; "" when it can."""
        self.read_only = reason
        self.read_only_changed.emit()

    def select(self, entry: Entry | None) -> None:
        """Make `entry` the one that the canvas and the stage show."""
        self.entry = entry
        self.entry_changed.emit(entry)

    def show_tab(self, name: str) -> None:
        """Bring a tab to the front: picture, animate, build or describe."""
        self.tab_wanted.emit(name)

    # jobs

    def submit(self, recipe: AnyRecipe) -> Job | None:
        """Put a job into the current project's queue; an error becomes a note and gives None."""
        if self.library is None or self.project is None:
            self.say("The library is still opening; try again in a moment.", "warning")
            return None
        if self.read_only:
            self.say(self.read_only, "warning")
            return None
        try:
            job = self.library.queue.add(self.project.id, recipe)
        except MascotError as error:
            self.report(error)
            return None
        self.queue_changed.emit()
        self.submitted.emit(job)
        return job

    def cancel(self, job_id: str) -> None:
        """Cancel a job, waiting or running."""
        if self.library is None:
            return
        if self.dispatcher is not None:
            self.dispatcher.cancel(job_id)
        else:
            self.library.queue.cancel(job_id)
        self.queue_changed.emit()

    # notes

    def say(
        self,
        sentence: str,
        severity: Severity = "info",
        details: str = "",
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        """Show a note bar in the window."""
        self.noted.emit(Note(sentence, severity, details, action))

    def report(self, error: BaseException) -> None:
        """An error as a note: its own sentence when it was written for the user."""
        if isinstance(error, MascotError):
            self.say(error.sentence, "error", error.details)
        else:
            log.error("unexpected error", exc_info=error)
            self.say(
                "Something went wrong that MascotForge did not expect; nothing saved was lost.", "error", repr(error)
            )

    # what other threads say

    def event_arrived(self, event: AnyEvent) -> None:
        """An event of a job, from any thread."""
        self.background.post(lambda: self._take_event(event))

    def state_arrived(self, lane: object, state: object) -> None:
        """A lane's new state, from any thread."""
        self.background.post(lambda: self.engine_state.emit(str(lane), str(state)))

    def _library_changed(self, kind: str, _id: str) -> None:
        self.background.post(lambda: self._announce(kind))

    def _look_elsewhere(self) -> None:
        library = self.library
        if library is not None:
            self.background.run(library.changed_elsewhere, lambda changed: self._refresh_all() if changed else None)

    def _refresh_all(self) -> None:
        for signal in (self.projects_changed, self.queue_changed, self.entries_changed):
            signal.emit()

    def _take_event(self, event: AnyEvent) -> None:
        self.jobs.take(event)
        self.job_event.emit(event)
        if event.kind == "warning" and event.code.startswith("engine"):
            self.say(event.sentence, "warning")

    def _announce(self, kind: str) -> None:
        if kind.startswith("project"):
            self.projects_changed.emit()
        elif kind.startswith(("job", "queue")):
            self.queue_changed.emit()
        elif kind.startswith("entry"):
            self.entries_changed.emit()
        elif kind == "prompt":
            self.prompts_changed.emit()
