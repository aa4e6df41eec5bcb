"""What can be done with projects; everything but erasing can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.notes import UNDO
from app.session import StudioSession
from engine.protocol.errors import MascotError

if TYPE_CHECKING:
    from engine.library.projects import Project


class ProjectDeeds:
    """Works on the session's open library; errors become notes."""

    def __init__(self, session: StudioSession) -> None:
        self._session = session

    def create(self, name: str) -> Project | None:
        """Make a project and switch to it; None when the name can't be used, which the user has been told."""
        library = self._session.library
        if library is None:
            return None
        try:
            project = library.projects.create(name)
        except MascotError as error:
            self._session.report(error)
            return None
        self._session.switch_project(project)
        return project

    def rename(self, project: Project, name: str) -> bool:
        library = self._session.library
        if library is None or name.strip() == project.name:
            return True
        before = project.name
        done = self._session.edit(
            "rename project",
            lambda: library.projects.rename(project.id, name),
            lambda: library.projects.rename(project.id, before),
        )
        self._session.refresh_project()
        return done

    def describe(self, project: Project, description: str) -> None:
        library = self._session.library
        if library is None or description == project.description:
            return
        before = project.description
        self._session.edit(
            "describe project",
            lambda: library.projects.describe(project.id, description),
            lambda: library.projects.describe(project.id, before),
        )

    def duplicate(self, project: Project) -> None:
        library = self._session.library
        if library is None:
            return
        self._session.background.run(
            lambda: library.projects.duplicate(project.id),
            lambda copy: self._session.say(f"Made “{copy.name}”.", "success"),
        )

    def trash(self, project: Project) -> None:
        library = self._session.library
        if library is None:
            return
        done = self._session.edit(
            "move project to the trash",
            lambda: library.projects.trash(project.id),
            lambda: library.projects.restore(project.id),
        )
        self._session.refresh_project()
        if done:
            undo = self._session.undo_stack.undo
            self._session.say(f"Moved “{project.name}” to the trash.", "info", action=(UNDO, undo))

    def restore(self, project: Project) -> None:
        library = self._session.library
        if library is None:
            return
        self._session.edit(
            "restore project",
            lambda: library.projects.restore(project.id),
            lambda: library.projects.trash(project.id),
        )

    def erase(self, project: Project) -> None:
        """For good, with everything in it; the caller has asked the user."""
        library = self._session.library
        if library is None:
            return
        self._session.undo_stack.clear()
        self._session.background.run(
            lambda: library.projects.erase(project.id), lambda _: self._session.say(f"Erased “{project.name}”.", "info")
        )
