"""The studio's window: the canvas in the middle, docks around it, a line of menus above, a line of state below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QTabWidget, QWidget

from app.session import StudioSession
from app.window.docks import COMMENTS, CREATE, GALLERY, QUEUE, Dock
from app.window.drop import picture_paths
from app.window.layout_state import default_layout, restore_layout, save_layout
from app.window.menus import fill_menus
from app.window.panels import LateTabs
from app.window.problem_page import ProblemPage
from app.window.registry import Registry
from app.window.status_bar import StatusBar
from app.window.top_bar import TopBar
from app.window.workspace import Workspace

FIRST_SIZE = QSize(1440, 900)
LEAST_SIZE = QSize(1080, 620)
"""With all panels open; below it the canvas' tools would lie over each other."""
CREATE_PX, GALLERY_PX = 324, 232
"""The least width of the panels at the sides."""


class MainWindow(QMainWindow):
    """Made empty and quickly; the Studio puts the panels in after the first paint.

    Signals: `painted()` once, after the first paint; `closing()`; `dropped(list of Path)`.
    """

    painted = Signal()
    closing = Signal()
    dropped = Signal(object)

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
        self.create_tabs = LateTabs(
            [("describe", "Describe", "type"), ("build", "Build", "hammer"), ("characters", "Characters", "user-round")]
        )
        self.create_tabs.setMinimumWidth(CREATE_PX)
        self.gallery_place, self.queue_place, self.comments_place = QWidget(), QWidget(), QWidget()
        self.gallery_place.setMinimumWidth(GALLERY_PX)
        self.create_dock = Dock(CREATE, "Create", self.create_tabs, self)
        self.gallery_dock = Dock(GALLERY, "Gallery", self.gallery_place, self)
        self.queue_dock = Dock(QUEUE, "Queue", self.queue_place, self)
        self.comments_dock = Dock(COMMENTS, "Comments", self.comments_place, self)
        self.status = StatusBar(session)
        self.setStatusBar(self.status)
        self._painted = False
        self._shown_docks: list[Dock] = []
        self.reset_layout()
        session.noted.connect(self.workspace.notes.show_note)
        session.undo_stack.indexChanged.connect(self._another_step)
        session.problem.connect(self._show_problem)
        session.opened.connect(self._show_workspace)
        session.tab_wanted.connect(self._show_tab)

    @property
    def docks(self) -> tuple[Dock, Dock, Dock, Dock]:
        return self.create_dock, self.gallery_dock, self.queue_dock, self.comments_dock

    def reset_layout(self) -> None:
        """Put every dock back to its first place."""
        default_layout(self, *self.docks)

    def finish_menus(self, stage: Sequence[QAction], builder: Sequence[QAction], paint: Sequence[QAction] = ()) -> None:
        """Build the menus, with what the stage, the builder and the canvas can do."""
        for action in (*stage, *builder):
            self.registry.adopt(action.objectName(), action)
        for action in paint:
            self.registry.know(action)
        fill_menus(self.top_bar.menus, self.registry, {"Animate": stage, "Build": builder, "Paint": paint})

    def refresh_enabled(self) -> None:
        """Ask anew which actions can be used now."""
        self.registry.refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        from_outside = event.source() is None  # pyright: ignore[reportUnnecessaryComparison]
        if from_outside and picture_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.dropped.emit(picture_paths(event.mimeData()))
        event.acceptProposedAction()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.session.library is not None and self.pages.currentWidget() is self.workspace:
            save_layout(self, self.session)
        self.closing.emit()
        super().closeEvent(event)

    def _another_step(self, _index: int) -> None:
        self.workspace.notes.drop_undo()

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
        focused = self.focusWidget()
        restore_layout(self, self.session)
        if focused is not None and focused.isVisible():  # pyright: ignore[reportUnnecessaryComparison]
            focused.setFocus()

    def _show_tab(self, name: str) -> None:
        if name in self.create_tabs.keys:
            self.create_dock.show()
            self.create_dock.raise_()
            self.create_tabs.choose(name)
        elif name in self.workspace.tabs.keys:
            self.workspace.tabs.choose(name)
