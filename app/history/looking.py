"""Looks at new pictures in quiet moments, so that search by picture and by colour answers at once."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from app.session import StudioSession

FIRST_MS = 4_000
BETWEEN_MS = 120
BATCH = 6


class Looking(QObject):
    """A few pictures at a time beside the window, after the library opened and when something came."""

    def __init__(self, session: StudioSession) -> None:
        super().__init__(session)
        self._session = session
        self._working = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        session.opened.connect(lambda: self._timer.start(FIRST_MS))
        session.entries_changed.connect(self._soon)
        session.closed.connect(self._stop)

    def _soon(self) -> None:
        if not self._timer.isActive() and not self._working:
            self._timer.start(FIRST_MS)

    def _stop(self) -> None:
        self._timer.stop()
        self._working = False

    def _look(self) -> None:
        library = self._session.library
        if library is None:
            return
        self._working = True
        self._session.background.run(lambda: library.likeness.learn(BATCH), self._looked, self._failed)

    def _looked(self, settled: int) -> None:
        self._working = False
        if settled and self._session.library is not None:
            self._timer.start(BETWEEN_MS)

    def _failed(self, _error: BaseException) -> None:
        # A full disk or a locked library: it is tried again when something comes.
        self._working = False
