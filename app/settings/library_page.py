"""The library's folder and its cache."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.models_panel.words import size_words
from app.session import StudioSession
from app.theme.tokens import SPACE_2, SPACE_6
from app.widgets.buttons import push_button
from app.widgets.labels import ElidedLabel, label


def folder_bytes(folder: Path) -> int:
    """The size of all files under a folder."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # the engine clears up while we count
            total += path.lstat().st_size if path.is_file() else 0
    return total


class LibraryPage(QWidget):
    """Emits `change_wanted()`."""

    change_wanted = Signal()

    def __init__(self, session: StudioSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_2)
        library = session.library
        folder = library.folder if library is not None else Path()
        layout.addWidget(label("Library folder", "field"))
        layout.addWidget(ElidedLabel(str(folder), "", Qt.TextElideMode.ElideMiddle))
        layout.addWidget(
            label(
                "All you make lives in this folder: copy it, and all is copied. On the command line it is --library.",
                "faint",
                wrap=True,
            )
        )
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        show = push_button("Open folder", "", "folder-open")
        show.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))))
        change = push_button("Change…")
        change.clicked.connect(self.change_wanted)
        backups = push_button("Backups", "ghost", "history")
        backups.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder / "backups"))))
        for button in (show, change, backups):
            row.addWidget(button)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addSpacing(SPACE_6)
        layout.addWidget(label("Cache", "field"))
        self.size_label: QLabel = label("…", "")
        layout.addWidget(self.size_label)
        layout.addWidget(
            label(
                "Finished steps and thumbnails. Clearing it loses nothing; the next pictures may take longer.",
                "faint",
                wrap=True,
            )
        )
        clear_row = QHBoxLayout()
        self.clear_button = push_button("Clear the cache", "", "trash-2")
        self.clear_button.clicked.connect(self.clear)
        clear_row.addWidget(self.clear_button)
        clear_row.addStretch(1)
        layout.addLayout(clear_row)
        layout.addStretch(1)
        self._measure()

    def clear(self) -> None:
        """Empty the cache folder, unless the engine is working with it."""
        library = self._session.library
        if library is None:
            return
        if self._session.jobs.running():
            self._session.say("The engine is working with the cache; clear it when the queue is done.", "warning")
            return
        cache = library.layout.cache

        def work() -> None:
            for path in cache.iterdir():
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)

        self._session.background.run(work, self._measure)

    def _measure(self, _cleared: None = None) -> None:
        library = self._session.library
        if library is None:
            return
        cache = library.layout.cache
        self._session.background.run(lambda: folder_bytes(cache), self._measured)

    def _measured(self, size: int) -> None:
        self.size_label.setText(size_words(size))
