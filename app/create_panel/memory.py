"""What stood in the Create panel is remembered per project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.create_panel.state import CreateModel, random_seed, state_from_json
from app.session import StudioSession

if TYPE_CHECKING:
    from engine.library.projects import Project

PAUSE_MS = 1200


class PanelMemory(QObject):
    """Writes beside the window a moment after the last change; reads when another project is chosen."""

    def __init__(self, session: StudioSession, model: CreateModel) -> None:
        super().__init__(session)
        self._session, self._model = session, model
        self._project: str | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(PAUSE_MS)
        self._later.timeout.connect(self._keep)
        model.changed.connect(self._changed)
        session.project_changed.connect(self._switched)
        session.closing.connect(self._closing)

    def _changed(self) -> None:
        if self._project is not None:
            self._later.start()

    def _keep(self) -> None:
        key, values = f"create.{self._project}", self._model.state.to_json()
        self._session.background.run(lambda: self._session.remember(key, values))

    def _switched(self, project: Project | None) -> None:
        if project is None or project.id == self._project:
            return
        first = self._project is None
        if not first:
            self._later.stop()
            self._session.remember(f"create.{self._project}", self._model.state.to_json())
        self._project = project.id
        typed = self._model.state.prompt if first else ""
        fresh = self._model.fresh()
        kept = self._session.recall(f"create.{project.id}")
        state = state_from_json(kept, fresh)
        if not state.seed_locked:
            self._model.set_state(state)
            self._model.set(seed=random_seed())
        else:
            self._model.set_state(state)
        if typed:
            # Who was quicker than the library keeps what was typed.
            self._model.set(prompt=typed)
        self._later.stop()

    def _closing(self) -> None:
        if self._project is not None:
            self._later.stop()
            self._session.remember(f"create.{self._project}", self._model.state.to_json())
        self._project = None
