"""One run of the studio: window, session, and the order in which they come to life."""

from __future__ import annotations

import logging
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

BUILDER_AFTER_MS = 30


class Run(QObject):
    """Window first; after its first paint the panels, then the library, then the builder."""

    def __init__(self, app: QApplication, folder: Path) -> None:
        super().__init__()
        self._app = app
        self._folder = folder
        self._log = LogFile()
        apply_theme(app)
        logging.captureWarnings(True)
        self.session = StudioSession()
        self.window = MainWindow(self.session)
        self.studio: Studio | None = None
        self.doorbell: Doorbell | None = None
        install_hook(self._unexpected)
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

    def _furnish(self) -> None:
        from app.studio import Studio

        self.studio = Studio(self.session, self.window)
        self.studio.folder_wanted.connect(self.open)
        self.doorbell = Doorbell(self._folder, self)
        self.doorbell.rung.connect(self._come_forward)
        self.session.open_library(self._folder)
        QTimer.singleShot(BUILDER_AFTER_MS, self, self.studio.bring_builder)

    def open(self, folder: Path) -> None:
        """Open another library in this window."""
        self._folder = folder
        if self.doorbell is not None:
            self.doorbell.listen(folder)
        self.session.open_library(folder)

    def _opened(self) -> None:
        library = self.session.library
        if library is not None:
            self._log.move_to(library.folder / "logs")
            choose_folder(library.folder)

    def _come_forward(self) -> None:
        self.window.setWindowState(self.window.windowState() & ~self.window.windowState().WindowMinimized)
        self.window.raise_()
        self.window.activateWindow()

    def _unexpected(self, error: BaseException, trace: str) -> None:
        self.session.say(
            f"Something unexpected went wrong ({type(error).__name__}); nothing saved was lost.", "error", trace
        )
