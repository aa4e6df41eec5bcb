"""The studio's window: the canvas in the middle, docks around it, a line of menus above, a line of state below."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QTabWidget, QWidget

from app.session import StudioSession
from app.window.docks import CREATE, GALLERY, QUEUE, Dock
from app.window.layout_state import default_layout, restore_layout, save_layout
from app.window.panels import LateTabs
from app.window.problem_page import ProblemPage
from app.window.registry import Registry
from app.window.status_bar import StatusBar
from app.window.top_bar import TopBar
from app.window.workspace import Workspace

FIRST_SIZE = QSize(1440, 900)
LEAST_SIZE = QSize(960, 620)


class MainWindow(QMainWindow):
    """Made empty and quickly; `app.window.furnish` puts the panels in after the first paint.

    Signals: `painted()` once, after the first paint; `closing()`.
    """

    painted = Signal()
    closing = Signal()

    def __init__(self, session: StudioSession) -> None:
        super().__init__()
        self.session = session
        self.setWindowTitle("MascotForge")
        self.setMinimumSize(LEAST_SIZE)
        self.resize(FIRST_SIZE)
        self.setAcceptDrops(True)
        self.setAnimated(False)
        self.setDockOptions(QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AllowNestedDocks)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.registry = Registry(self)
        self.top_bar = TopBar()
        self.setMenuWidget(self.top_bar)
        self.workspace = Workspace()
        self.problem_page = ProblemPage()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.workspace)
        self.pages.addWidget(self.problem_page)
        self.setCentralWidget(self.pages)
        self.create_tabs = LateTabs([("describe", "Describe", "type"), ("build", "Build", "hammer")])
        self.gallery_place, self.queue_place = QWidget(), QWidget()
        self.create_dock = Dock(CREATE, "Create", self.create_tabs, self)
        self.gallery_dock = Dock(GALLERY, "Gallery", self.gallery_place, self)
        self.queue_dock = Dock(QUEUE, "Queue", self.queue_place, self)
        self.status = StatusBar(session)
        self.setStatusBar(self.status)
        self._painted = False
        self._shown_docks: list[Dock] = []
        self.reset_layout()
        session.noted.connect(self.workspace.notes.show_note)
        session.problem.connect(self._show_problem)
        session.opened.connect(self._show_workspace)
        session.tab_wanted.connect(self._show_tab)

    @property
    def docks(self) -> tuple[Dock, Dock, Dock]:
        return self.create_dock, self.gallery_dock, self.queue_dock

    def reset_layout(self) -> None:
        """Put every dock back to its first place."""
        default_layout(self, *self.docks)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self.painted.emit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for overlay in self.findChildren(QWidget, "scrim", Qt.FindChildOption.FindDirectChildrenOnly):
            overlay.setGeometry(self.rect())

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.session.preferences is not None and self.pages.currentWidget() is self.workspace:
            save_layout(self, self.session.preferences)
        self.closing.emit()
        super().closeEvent(event)

    def _show_problem(self, error: BaseException, folder: object) -> None:
        self._shown_docks = self._shown_docks or [dock for dock in self.docks if dock.isVisible()]
        for dock in self.docks:
            dock.hide()
        self.problem_page.show_problem(error, folder)  # type: ignore[arg-type]
        self.pages.setCurrentWidget(self.problem_page)

    def _show_workspace(self) -> None:
        self.pages.setCurrentWidget(self.workspace)
        for dock in self._shown_docks:
            dock.show()
        self._shown_docks = []
        if self.session.preferences is not None:
            restore_layout(self, self.session.preferences)

    def _show_tab(self, name: str) -> None:
        if name in self.create_tabs.keys:
            self.create_dock.show()
            self.create_dock.raise_()
            self.create_tabs.choose(name)
        elif name in self.workspace.tabs.keys:
            self.workspace.tabs.choose(name)
