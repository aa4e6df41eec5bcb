"""The button in the top bar that names the project and changes it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.session import StudioSession
from app.theme.icons import icon
from app.theme.roles import set_kind
from app.theme.tokens import ICON_S

NAME_CHARACTERS = 40


class ProjectSwitcher(QToolButton):
    """Signals: `create_wanted()`, `manage_wanted()`."""

    create_wanted = Signal()
    manage_wanted = Signal()

    def __init__(self, session: StudioSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        set_kind(self, "quiet")
        self.setIcon(icon("chevron-down", "text_faint"))
        self.setIconSize(QSize(ICON_S, ICON_S))
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolTip("Project")
        self._menu = QMenu(self)
        self._menu.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        session.project_changed.connect(lambda _project: self._show_name())
        session.projects_changed.connect(session.refresh_project)
        session.closed.connect(self._show_name)
        self._show_name()

    def _show_name(self) -> None:
        project = self._session.project
        name = project.name if project is not None else "No project"
        self.setText(name if len(name) <= NAME_CHARACTERS else name[: NAME_CHARACTERS - 1] + "…")
        self.setEnabled(project is not None)

    def _fill(self) -> None:
        self._menu.clear()
        library, current = self._session.library, self._session.project
        if library is None or current is None:
            return
        for project in library.projects.list():
            action = self._menu.addAction(project.name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(project.id == current.id)
            action.triggered.connect(lambda _checked=False, chosen=project: self._session.switch_project(chosen))
        self._menu.addSeparator()
        self._menu.addAction("New project…", self.create_wanted.emit)
        self._menu.addAction("Manage projects…", self.manage_wanted.emit)
