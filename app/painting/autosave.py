"""Every step goes to the disk beside the drawing, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Lock

from PySide6.QtCore import QObject, Signal

from app.background import Background
from app.painting.document import Document
from app.painting.journal import Journal
from engine.protocol.errors import MascotError

Task = Callable[[], None]


class Autosave(QObject):
    """Follows a document. Signals: `saved()` when nothing is left to write, `failed(MascotError)` at the first failure
    after a success; a document that failed to be written is written whole as soon as that works again."""

    saved = Signal()
    failed = Signal(object)

    def __init__(self, document: Document, journal: Journal, background: Background) -> None:
        super().__init__(document)
        self.document, self.journal = document, journal
        self._background = background
        self._waiting: deque[Task] = deque()
        self._writing = Lock()
        self._broken: MascotError | None = None
        self._shown = document.painting
        self._before_last = document.painting
        document.stepped.connect(self._stepped)
        document.moved_in_history.connect(self._moved)

    @property
    def idle(self) -> bool:
        return not self._waiting and not self._writing.locked()

    def begin(self) -> None:
        """Write a new document for the first time."""
        painting = self.document.painting
        self._later(lambda: self.journal.begin(painting))

    def flush(self) -> None:
        """Write what waits, here and now. Raises DiskFull or LibraryReadOnly."""
        self._drain()
        if self._broken is not None:
            raise self._broken

    def _stepped(self, merged: bool) -> None:
        history = self.document.history
        step = history.steps[history.at]
        before = self._before_last if merged else self._shown
        self._before_last, self._shown = before, step.painting
        self._later(lambda: self.journal.push(before, step, merged))

    def _moved(self) -> None:
        history = self.document.history
        self._shown = history.painting
        self._before_last = history.steps[history.at - 1].painting if history.at else history.painting
        at = history.at
        self._later(lambda: self.journal.go(at))

    def _later(self, task: Task) -> None:
        self._waiting.append(task)
        self._background.run(self._drain, lambda _none: self._told())

    def _drain(self) -> None:
        with self._writing:
            while self._waiting:
                self._write(self._waiting.popleft())

    def _write(self, task: Task) -> None:
        try:
            if self._broken is None:
                task()
            else:
                # What waits is part of the history already.
                self._waiting.clear()
                history = self.document.history
                self.journal.write_whole(list(history.steps), history.at)
                self._broken = None
        except MascotError as error:
            self._broken = error

    def _told(self) -> None:
        if self._broken is not None:
            self.failed.emit(self._broken)
        elif not self._waiting:
            self.saved.emit()
