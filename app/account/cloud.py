"""The studio's side of an account: who is signed in, what syncs, who is here. Without an account nothing connects."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from app.background import Background
from app.session import StudioSession
from engine.protocol.errors import Cancelled, MascotError, Unauthenticated

if TYPE_CHECKING:
    from engine.cloud.desk import CloudDesk
    from engine.cloud.records import Account, SyncStatus
    from engine.protocol.sync import Person as Present

T = TypeVar("T")
ACCOUNT_KEY = "cloud.account"
"""Where the library remembers whose it is (`engine.cloud.session`, which is too heavy to ask at every start)."""


class StudioCloud(QObject):
    """Each question to the server is asked beside the window; answers come in the GUI thread.

    Attributes: `account` (None: signed out, or not known yet), `statuses` (of the shared projects), `unread`
    (notifications).
    Signals: `account_changed()`, `status_changed()`, `people_changed(project_id)`, `comments_changed(project_id)`,
    `notified()`.
    """

    account_changed = Signal()
    status_changed = Signal()
    people_changed = Signal(str)
    comments_changed = Signal(str)
    notified = Signal()

    def __init__(self, session: StudioSession) -> None:
        super().__init__(session)
        self._session = session
        self._background = Background(self, "studio-cloud")
        self._background.failed.connect(self._report)
        self._making = threading.Lock()
        self._closed = False
        self._desk: CloudDesk | None = None
        self.account: Account | None = None
        self.statuses: list[SyncStatus] = []
        self.people: dict[str, list[Present]] = {}
        self.unread = 0
        session.opened.connect(self._opened)
        session.closing.connect(self._closing)
        session.project_changed.connect(lambda _project: self.status_changed.emit())

    def close(self) -> None:
        """End of the program: nothing is asked any more."""
        self._closing()
        self._closed = True
        self._background.close()

    def ask(
        self,
        owner: QObject,
        work: Callable[[CloudDesk], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[str], object] | None = None,
    ) -> None:
        """Let the desk do `work`, then `done(result)` or `failed(sentence)`; neither when `owner` is gone by then.

        Without `failed` the sentence becomes a note in the window.
        """
        library = self._session.library
        if library is None or self._closed:
            return

        def answer(result: T) -> None:
            if done is not None and isValid(owner) and self._session.library is library:
                done(result)

        def wrong(error: BaseException) -> None:
            if isinstance(error, Unauthenticated):
                self.refresh()
            if not isValid(owner) or self._session.library is not library:
                return
            if failed is not None and isinstance(error, MascotError):
                failed(error.sentence)
            else:
                self._report(error)

        self._background.run(lambda: work(self._need()), answer, wrong)

    def status_of(self, project_id: str | None) -> SyncStatus | None:
        """None when the project is not shared."""
        return next((one for one in self.statuses if one.project_id == project_id), None)

    @property
    def status(self) -> SyncStatus | None:
        """Of the project that is open."""
        project = self._session.project
        return self.status_of(project.id) if project is not None else None

    @property
    def is_in(self) -> bool:
        """Whether somebody is signed in."""
        return self.account is not None and self.account.signed_in

    def refresh(self) -> None:
        """Look at who is signed in and how far the shared projects are; connects to nobody."""
        self.ask(self, lambda desk: (desk.account(), desk.status()), lambda found: self._know(*found))

    def begin(self) -> None:
        """Somebody is signed in: the shared projects follow from now on."""

        def work(desk: CloudDesk) -> tuple[Account | None, list[SyncStatus]]:
            desk.start()
            return desk.account(), desk.status()

        def begun(found: tuple[Account | None, list[SyncStatus]]) -> None:
            self._know(*found)
            if self.is_in:
                self.ask(self, lambda desk: desk.unread_notifications(), self._count, lambda _sentence: None)

        self.ask(self, work, begun)

    def _count(self, unread: int) -> None:
        self.unread = unread
        self.notified.emit()

    def _need(self) -> CloudDesk:
        with self._making:
            library = self._session.library
            if library is None:
                raise Cancelled("The library was closed meanwhile.")
            if self._desk is None:
                from engine.cloud.desk import CloudDesk

                self._desk = CloudDesk(library)
                self._desk.listeners.append(self._heard)
            return self._desk

    def _opened(self) -> None:
        """Only a library that has an account loads what connects."""
        library = self._session.library
        if library is None or library.settings.get(ACCOUNT_KEY) is None:
            self._know(None, [])
            return
        self.refresh()

    def _closing(self) -> None:
        if self._desk is not None:
            self._desk.stop()
        self._background.drain()
        desk, self._desk = self._desk, None
        if desk is not None:
            desk.close()
        self.people, self.unread = {}, 0
        self._know(None, [])

    def _know(self, account: Account | None, statuses: list[SyncStatus]) -> None:
        changed, was_in = account != self.account, self.is_in
        self.account, self.statuses = account, statuses
        if changed:
            self.account_changed.emit()
        self.status_changed.emit()
        if self.is_in and not was_in:
            self.begin()

    def _report(self, error: BaseException) -> None:
        self._session.report(error)

    def _heard(self, kind: str, about: str) -> None:
        """From the desk's own thread."""
        self._background.post(lambda: self._take(kind, about))

    def _take(self, kind: str, about: str) -> None:
        if self._session.library is None:
            return
        if kind in ("account", "sync"):
            self.refresh()
        elif kind == "people":
            self.ask(self, lambda desk: desk.people(about), lambda people: self._see(about, people))
        elif kind == "comments":
            self.comments_changed.emit(about)
        elif kind == "notifications" and about.isdigit():
            self._count(int(about))

    def _see(self, project_id: str, people: list[Present]) -> None:
        self.people[project_id] = people
        self.people_changed.emit(project_id)

    def mark_read(self, ids: list[str] | None, then: Callable[[], object] | None = None) -> None:
        """Notifications have been seen; None means all of them."""

        def done(unread: int) -> None:
            self._count(unread)
            if then is not None:
                then()

        self.ask(self, lambda desk: desk.mark_read(ids), done)
