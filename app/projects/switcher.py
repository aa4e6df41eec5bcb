"""The button in the top bar that names the project and changes it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.account.cloud import StudioCloud
from app.session import StudioSession
from app.sharing.words import ICONS, standing
from app.theme.icons import icon
from app.theme.roles import set_kind
from app.theme.tokens import ICON_S
from engine.cloud.records import SyncState, SyncStatus

NAME_CHARACTERS = 40
WORKSPACE_CHARACTERS = 24
ONLY_HERE = "In this library alone"


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
        self._menu.setToolTipsVisible(True)
        self._menu.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        session.project_changed.connect(lambda _project: self._show_name())
        session.projects_changed.connect(session.refresh_project)
        session.closed.connect(self._show_name)
        self._cloud: StudioCloud | None = None
        self._show_name()

    def follow(self, cloud: StudioCloud) -> None:
        """Mark the projects that are shared."""
        self._cloud = cloud
        cloud.status_changed.connect(self._show_name)
        cloud.account_changed.connect(self._show_name)

    def _show_name(self) -> None:
        project = self._session.project
        name = project.name if project is not None else "No project"
        self.setText(name if len(name) <= NAME_CHARACTERS else name[: NAME_CHARACTERS - 1] + "…")
        self.setEnabled(project is not None)
        status = self._shared(project.id) if project is not None else None
        self.setToolTip("Project" if status is None else f"{name}\n{standing(status)}")

    def _fill(self) -> None:
        self._menu.clear()
        library, current = self._session.library, self._session.project
        if library is None or current is None:
            return
        for project in library.projects.list():
            action = self._menu.addAction(project.name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(project.id == current.id)
            if self._cloud is not None and self._cloud.account is not None:
                _mark(action, self._shared(project.id))
            action.triggered.connect(lambda _checked=False, chosen=project: self._session.switch_project(chosen))
        self._menu.addSeparator()
        self._menu.addAction("New project…", self.create_wanted.emit)
        self._menu.addAction("Manage projects…", self.manage_wanted.emit)

    def _shared(self, project_id: str) -> SyncStatus | None:
        """How far a shared project is; None for one that is only here."""
        status = None if self._cloud is None else self._cloud.status_of(project_id)
        return None if status is None or status.state is SyncState.STOPPED else status


def _mark(action: QAction, status: SyncStatus | None) -> None:
    """The sign of where it is, quiet while all is well, and the workspace's name at the right. As the sign stands where
    the tick would be, the open project is bold."""
    if action.isChecked():
        font = action.font()
        font.setBold(True)
        action.setFont(font)
    if status is None:
        action.setIcon(icon("hard-drive", "text_faint", checked="text_faint"))
        action.setToolTip(ONLY_HERE)
        return
    name, tint = ICONS[status.state]
    tint = tint if status.state in _WORTH_A_LOOK else "text_faint"
    action.setIcon(icon(name, tint, checked=tint))
    workspace = status.workspace_name
    short = workspace if len(workspace) <= WORKSPACE_CHARACTERS else workspace[: WORKSPACE_CHARACTERS - 1] + "…"
    action.setText(f"{action.text()}\t{short.replace('&', '&&')}")
    action.setToolTip(standing(status))


_WORTH_A_LOOK = (SyncState.WAITING, SyncState.HELD, SyncState.SIGNED_OUT, SyncState.TROUBLE)
