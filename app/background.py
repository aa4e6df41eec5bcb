"""The studio's way into the background: one small executor for disk and database, answers in the GUI thread.

Another of its kind waits for the network, when there is an account. The other way is the dispatcher, which owns the
engine processes. Nothing else in the studio starts a thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from engine.protocol.errors import MascotError

WORKERS = 2
"""One may copy a 7 GB checkpoint while the other decodes thumbnails."""

T = TypeVar("T")
log = logging.getLogger(__name__)


class Background(QObject):
    """`run` a function beside the window; callbacks come in the GUI thread, none after `close`.

    Attributes: `executor` for panels that bring their own way back to the GUI thread;
    `failed` (Signal of MascotError | BaseException) for work whose caller gave no `on_error`.
    """

    failed = Signal(object)
    _answered = Signal(object)

    def __init__(self, parent: QObject | None = None, name: str = "studio-io") -> None:
        super().__init__(parent)
        self.executor = ThreadPoolExecutor(WORKERS, thread_name_prefix=name)
        self._closed = False
        self._futures: set[Future[Any]] = set()
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        function: Callable[[], T],
        on_done: Callable[[T], object] | None = None,
        on_error: Callable[[BaseException], object] | None = None,
    ) -> Future[T]:
        """Run `function` on the executor, then `on_done(result)` or `on_error(error)` in the GUI thread.

        A method of a widget that was closed meanwhile gets no answer.
        """
        future = self.executor.submit(function)
        self._futures.add(future)
        future.add_done_callback(lambda done: self._answer(done, on_done, on_error))
        return future

    def post(self, function: Callable[[], object]) -> None:
        """Run `function` in the GUI thread soon; may be called from any thread."""
        if not self._closed:
            self._answered.emit(function)

    @property
    def idle(self) -> bool:
        """Whether all work is done and answered."""
        return not self._futures

    def drain(self) -> None:
        """Drop what waits and wait for what runs; its answers still come."""
        for future in tuple(self._futures):
            future.cancel()
        wait(tuple(self._futures))

    def close(self) -> None:
        """Drop what waits, wait for what runs, deliver nothing more."""
        self._closed = True
        self.executor.shutdown(wait=True, cancel_futures=True)

    def _answer(
        self,
        future: Future[Any],
        on_done: Callable[[Any], object] | None,
        on_error: Callable[[BaseException], object] | None,
    ) -> None:
        if self._closed:
            return

        def deliver() -> None:
            self._futures.discard(future)
            if future.cancelled():
                return
            error = future.exception()
            if error is None:
                if on_done is not None and _listens(on_done):
                    on_done(future.result())
                return
            if not isinstance(error, MascotError):
                log.error("background work failed", exc_info=error)
            (on_error if on_error is not None and _listens(on_error) else self.failed.emit)(error)

        self._answered.emit(deliver)

    def _deliver(self, function: Callable[[], object]) -> None:
        if not self._closed:
            function()


def _listens(callback: Callable[..., object]) -> bool:
    """Whether the one that a method belongs to is still there."""
    owner = getattr(callback, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)
