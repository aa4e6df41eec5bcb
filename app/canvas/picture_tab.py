"""The Picture tab: the selected picture, the one being made as it sharpens, or what to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.canvas.describe import describe
from app.canvas.empty_state import EmptyState
from app.canvas.image_view import ImageView
from app.canvas.progress_badge import ProgressBadge
from app.canvas.view_bar import ViewBar
from app.history.frames import is_animation
from app.history.player import Player
from app.session import StudioSession
from engine.protocol.artifacts import AssetType
from engine.protocol.events import TERMINAL, AnyEvent
from engine.protocol.jobs import JobState
from engine.protocol.recipes import DrawingRecipe, PictureRecipe

if TYPE_CHECKING:
    from engine.library.gallery import Entry
    from engine.library.projects import Project
    from engine.library.queued_job import Job


class PictureTab(QWidget):
    """Follows the session's selection; while `following` a job it shows its previews instead."""

    def __init__(self, session: StudioSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._following: str | None = None
        self._wanted: str | None = None
        self._eager = True
        self.view = ImageView()
        self.bar = ViewBar(self.view)
        self.player = Player(session, self.view)
        self.bar.follow(self.player)
        self.badge = ProgressBadge(self.view)
        self.empty = EmptyState()
        picture = QWidget()
        column = QVBoxLayout(picture)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(self.bar)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(picture)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        session.entry_changed.connect(self._selected)
        session.job_event.connect(self._event)
        session.jobs.previewed.connect(self._preview)
        session.project_changed.connect(self._leave)
        session.submitted.connect(self._submitted)
        session.queue_changed.connect(self._look)
        session.closed.connect(self._clear)

    @property
    def shows_picture(self) -> bool:
        return self._stack.currentIndex() == 1

    def set_eager(self, eager: bool) -> None:
        """Whether what is being made takes the place of what is shown: not while the user looks at something else."""
        self._eager = eager

    def watch(self, job_id: str) -> None:
        """Show a running job's previews in place of what is shown."""
        library, live = self._session.library, self._session.jobs.get(job_id)
        if library is not None and live is not None and live.state == "RUNNING":
            self._follow(library.queue.get(job_id), live.preview or QImage())

    def _selected(self, entry: Entry | None) -> None:
        if self._following is not None and entry is not None and entry.job_id == self._following:
            self._following = None
        if self._following is None:
            self.badge.hide()
        if entry is None or self._session.library is None:
            if self._following is None:
                self._clear()
            return
        self._following = None
        self.badge.hide()
        self._wanted = entry.id
        self.player.stop()
        path = self._session.library.blobs.path(entry.artifact.blob)
        if not path.is_file():
            self._show_preview(entry)
            return
        if is_animation(entry.artifact):
            self._loaded(entry.id, QImage(), describe(entry))
            self.player.play(entry)
            return
        shown = describe(entry)
        if entry.artifact.type is AssetType.IMAGE or entry.artifact.role == "logo":
            self._session.background.run(lambda: QImage(str(path)), lambda image: self._loaded(entry.id, image, shown))
        else:
            self._loaded(entry.id, QImage(), shown)

    def _show_preview(self, entry: Entry) -> None:
        """The file isn't here (yet): its small picture as large as the real one, when there is one."""
        library = self._session.library
        assert library is not None
        blob = entry.artifact.blob
        small = QImage(str(library.layout.cache / "thumbnails" / blob[:2] / f"{blob}.png"))
        self._wanted = None
        self.view.show_image(small, (entry.artifact.width or small.width(), entry.artifact.height or small.height()))
        self.bar.describe(describe(entry))
        self._stack.setCurrentIndex(1)

    def _loaded(self, entry_id: str, image: QImage, text: str) -> None:
        if entry_id != self._wanted:
            return
        self.view.show_image(image)
        self.bar.describe(text)
        self._stack.setCurrentIndex(1)

    def _event(self, event: AnyEvent) -> None:
        job = self._session.jobs.get(event.job_id)
        if self._following == event.job_id and job is not None:
            if isinstance(event, TERMINAL):
                self._following = None
                self.badge.hide()
                if self._session.entry is not None:
                    self._selected(self._session.entry)
                else:
                    self._clear()
            else:
                self.badge.show_progress(job.fraction, job.eta_s)

    def _submitted(self, job: Job) -> None:
        """Where nothing is shown yet, the picture that was asked for takes the place of the words at once."""
        library = self._session.library
        if library is not None and not self.shows_picture and not library.queue.paused:
            self._follow(job, QImage())

    def _leave(self, project: Project | None) -> None:
        """What another project makes is shown there."""
        library = self._session.library
        if self._following is None or library is None or project is None:
            return
        if library.queue.get(self._following).project_id != project.id:
            self._following = None
            self._selected(self._session.entry)

    def _look(self) -> None:
        """A job that was cancelled while it waited sends no event."""
        library = self._session.library
        if self._following is None or library is None:
            return
        if library.queue.get(self._following).state is JobState.CANCELLED:
            self._following = None
            self.badge.hide()
            self._selected(self._session.entry)

    def _preview(self, job_id: str, image: QImage) -> None:
        library = self._session.library
        if library is None or not self._eager or (self._following is not None and self._following != job_id):
            return
        self._follow(library.queue.get(job_id), image)

    def _follow(self, job: Job, image: QImage) -> None:
        project = self._session.project
        if project is None or job.project_id != project.id:
            return
        match job.recipe:
            case PictureRecipe():
                size = (job.recipe.width, job.recipe.height)
            case DrawingRecipe():
                size = (job.recipe.size, job.recipe.size)
            case _:
                return
        self._following, self._wanted = job.id, None
        self.player.stop()
        live = self._session.jobs.get(job.id)
        self.view.show_image(image, size)
        self.bar.describe("Making…")
        self.badge.show_progress(live.fraction if live else 0.0, live.eta_s if live else None)
        self._stack.setCurrentIndex(1)

    def _clear(self) -> None:
        self._following = self._wanted = None
        self.player.stop()
        self.view.clear()
        self.badge.hide()
        self.bar.describe("")
        self._stack.setCurrentIndex(0)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
