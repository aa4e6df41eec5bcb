"""The newest of many requests, worked off in the studio's background; older ones that have not begun are dropped."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtCore import QObject, Signal

from app.background import Background


class Latest(QObject):
    """At most one request runs at a time; of those that wait only the newest is kept.

    `done(key, result)` and `failed(key, error)` come in the window's thread. What a slider asks for while it is
    dragged is worked off at whatever rate the machine allows, and the last request is always answered.
    """

    done = Signal(object, object)
    failed = Signal(object, object)
    busy_changed = Signal(bool)

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._waiting: tuple[Hashable, Callable[[], object]] | None = None
        self._busy = False
        self._closed = False

    @property
    def busy(self) -> bool:
        return self._busy

    def ask(self, key: Hashable, work: Callable[[], object]) -> None:
        """Run `work` in the background, in place of any request that has not begun."""
        self._waiting = (key, work)
        if not self._busy:
            self._busy = True
            self._begin()
            self.busy_changed.emit(True)

    def forget(self) -> None:
        """Drop the request that waits; the one that runs still answers."""
        self._waiting = None

    def close(self) -> None:
        """Answer no more."""
        self._closed = True
        self._waiting = None

    def _begin(self) -> None:
        assert self._waiting is not None
        key, work = self._waiting
        self._waiting = None
        self._background.run(
            work, lambda result: self._answer(key, result, None), lambda error: self._answer(key, None, error)
        )

    def _answer(self, key: Hashable, result: object, error: BaseException | None) -> None:
        if self._closed:
            return
        if error is None:
            self.done.emit(key, result)
        else:
            self.failed.emit(key, error)
        if self._waiting is not None:
            self._begin()
        else:
            self._busy = False
            self.busy_changed.emit(False)
