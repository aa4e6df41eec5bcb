"""One run of the studio: window, session, and the order in which they come to life."""

from __future__ import annotations

import logging
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from app.crashes import LogFile, install_hook
from app.places import choose_folder
from app.session import StudioSession
from app.single_instance import Doorbell
from app.theme.apply import apply_theme
from app.window.main_window import MainWindow

if TYPE_CHECKING:
    from app.studio import Studio

LATE_ROOMS = (
    "app.builder_panel.panel",
    "app.stage.panel",
    "app.canvas.paint_actions",
    "app.logo_panel.panel",
    "app.characters_panel.panel",
    "app.models_panel.sheet",
    "app.window.command_palette",
)
"""What is imported when its tab is first opened, or beside the window before that."""
CALM_MS = 1500
"""How long after a library was opened nobody waits for anything."""


class Run(QObject):
    """Window first; after its first paint the panels, then the library."""

    def __init__(self, app: QApplication, folder: Path, *, dress: bool = True, warm: bool = True) -> None:
        """`dress`: put the theme on `app`, which is done once in a process. `warm`: start the picture engine as soon as
        someone writes a prompt, so that its imports are done when Generate is pressed."""
        super().__init__()
        self._app = app
        self._folder = folder
        self._log = LogFile()
        self._warm = warm
        if dress:
            apply_theme(app)
        logging.captureWarnings(True)
        self.session = StudioSession()
        self.window = MainWindow(self.session)
        self.studio: Studio | None = None
        self.doorbell: Doorbell | None = None
        self._restore_hook = install_hook(self._unexpected)
        self.window.painted.connect(self._furnish)
        self.session.opened.connect(self._opened)

    def show(self) -> None:
        self.window.show()

    def close(self) -> None:
        """After the window closed: stop all that was started."""
        if self.studio is not None:
            self.studio.close()
        if self.doorbell is not None:
            self.doorbell.close()
        self.session.close()
        self._log.close()
        self._restore_hook()

    def _furnish(self) -> None:
        from app.studio import Studio

        self.studio = Studio(self.session, self.window)
        self.studio.folder_wanted.connect(self.open)
        if self._warm:
            self.studio.create.prompt.edited.connect(self._warm_up)
        self.doorbell = Doorbell(self._folder, self)
        self.doorbell.rung.connect(self._come_forward)
        self.studio.create.focus_prompt()
        self.session.open_library(self._folder)

    def open(self, folder: Path) -> None:
        """Open another library in this window."""
        self._folder = folder
        if self.doorbell is not None:
            self.doorbell.listen(folder)
        self.session.open_library(folder)

    def _warm_up(self, prompt: str) -> None:
        dispatcher = self.session.dispatcher
        if prompt and dispatcher is not None and self.studio is not None:
            from engine.protocol.wire import Lane

            self.studio.create.prompt.edited.disconnect(self._warm_up)
            self.session.background.run(lambda: dispatcher.warm_up(Lane.GPU))

    def _opened(self) -> None:
        library = self.session.library
        if library is not None:
            self._log.move_to(library.folder / "logs")
            choose_folder(library.folder)
            if self._warm:
                QTimer.singleShot(CALM_MS, self, self._fetch_rooms)

    def _fetch_rooms(self) -> None:
        """Read the code of the other tabs, so that the first click on one shows it at once."""
        for name in LATE_ROOMS:
            self.session.background.run(lambda name=name: import_module(name))

    def _come_forward(self) -> None:
        self.window.setWindowState(self.window.windowState() & ~self.window.windowState().WindowMinimized)
        self.window.raise_()
        self.window.activateWindow()

    def _unexpected(self, error: BaseException, trace: str) -> None:
        self.session.say(
            f"Something unexpected went wrong ({type(error).__name__}); nothing saved was lost.", "error", trace
        )
