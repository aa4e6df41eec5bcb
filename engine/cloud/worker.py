"""Keeps shared projects in step beside a window: on every change here, on every message from there, after every break.

Two threads besides the live connection's: one for what people edit, which has to be quick, one for files, which may
take hours. Neither waits for the other.
"""

from __future__ import annotations

import logging
import queue
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

from pydantic import JsonValue, ValidationError

from engine.cloud import share
from engine.cloud.files import Files, Stopped
from engine.cloud.live import Live
from engine.cloud.projects import ProjectSync
from engine.cloud.replica import NotReady, read_pull
from engine.cloud.session import Session
from engine.cloud.unsent import Held
from engine.library.library import Library
from engine.protocol.errors import MascotError, NotFound, Offline, Unauthenticated, Unavailable
from engine.protocol.sync import Person, Present

GATHER_S, EDIT_PAUSE_S = 0.01, 0.05
"""What one action does goes together; a first edit goes at once, those that follow it closely together."""
LOOK_EVERY_S = 2.0
"""How often another program's changes to the library are looked for."""
FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 120.0
DISCOVER_EVERY_S = 300.0
CONNECTING_S = 3.0

log = logging.getLogger(__name__)
Told = Callable[[str, str], None]


@dataclass
class _Due:
    """When a project is synced next, and how often that has failed in a row."""

    at: float
    pull: bool = False
    failures: int = 0


@dataclass
class _Plan:
    due: dict[str, _Due] = field(default_factory=dict[str, _Due])
    taken: dict[str, float] = field(default_factory=dict[str, float])

    def soon(self, project_id: str, *, pull: bool, pause_s: float | None = None) -> None:
        if pause_s is None:
            at = max(time.monotonic() + GATHER_S, self.taken.get(project_id, 0.0) + EDIT_PAUSE_S)
        else:
            at = time.monotonic() + pause_s
        known = self.due.get(project_id)
        if known is None:
            self.due[project_id] = _Due(at, pull)
        else:
            known.at, known.pull = min(known.at, at), known.pull or pull

    def take(self) -> tuple[str, _Due] | None:
        """The next one whose time has come."""
        ready = [(due.at, id_) for id_, due in self.due.items() if due.at <= time.monotonic()]
        if not ready:
            return None
        id_ = min(ready)[1]
        self.taken[id_] = time.monotonic()
        return id_, self.due.pop(id_)

    def wait_s(self) -> float:
        nearest = min((due.at for due in self.due.values()), default=time.monotonic() + LOOK_EVERY_S)
        return min(LOOK_EVERY_S, max(0.0, nearest - time.monotonic()))


class Worker:
    """`told(kind, id)` hears of "sync", "people", "comments" (a project's id), "notifications" (how many are unread),
    "account"; on a thread of the worker."""

    def __init__(self, library: Library, session: Session, sync: ProjectSync, files: Files, told: Told) -> None:
        self._library = library
        self._session = session
        self._sync = sync
        self._files = files
        self._told = told
        self._live = Live(session, self._heard, self._connected)
        self._events: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._file_work: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._plan = _Plan()
        self._later = _Plan()
        self._file_pauses: dict[str, float] = {}
        self._people: dict[str, list[Person]] = {}
        self._busy_with: str | None = None
        self._threads: list[threading.Thread] = []
        self._discover_at = self._started_at = 0.0
        self._queued_files: set[str] = set()
        self._woken = threading.Event()
        self._account: tuple[str, str] | None = None

    # From any thread

    def start(self) -> None:
        """Raises nothing: what doesn't work is said by the status."""
        if self._threads:
            return
        self._started_at = time.monotonic()
        self._account = self._whose()
        self._files.stopping.clear()
        self._library.changed.append(self._library_changed)
        self._threads = [
            threading.Thread(target=self._run, name="cloud-sync", daemon=True),
            threading.Thread(target=self._run_files, name="cloud-files", daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        self._live.subscribe("user")
        self._live.start()

    def stop(self) -> None:
        """Ends the connection and the threads; a file that is on its way goes on another time."""
        if not self._threads:
            return
        self._library.changed.remove(self._library_changed)
        self._files.stopping.set()
        self._live.stop()
        self._events.put(None)
        self._file_work.put(None)
        for thread in self._threads:
            thread.join()
        # Begun once more meanwhile, for somebody else.
        self._live.stop()
        self._threads = []
        self._people.clear()
        self._files.stopping.clear()

    @property
    def is_running(self) -> bool:
        return bool(self._threads)

    @property
    def is_connected(self) -> bool:
        return self._live.is_connected

    @property
    def is_away(self) -> bool:
        """Whether it runs without a connection although there was time enough to make one."""
        return self.is_running and not self._live.is_connected and time.monotonic() - self._started_at > CONNECTING_S

    @property
    def busy_with(self) -> str | None:
        """The project that is being synced now."""
        return self._busy_with

    def people(self, project_id: str) -> list[Person]:
        return list(self._people.get(project_id, ()))

    def show(self, project_id: str, place: dict[str, JsonValue] | None) -> None:
        self._live.show(project_id, place)

    def wake(self, project_id: str | None = None, *, pull: bool = True) -> None:
        """Sync this project, or all, as soon as possible."""
        self._events.put(lambda: self._wake(project_id, pull=pull))

    def rediscover(self) -> None:
        """Look for new projects as soon as possible."""
        self._events.put(self._discover)

    # On the thread of edits

    def _run(self) -> None:
        self._discover()
        with closing(_watch(self._library)) as watched:
            seen = _version(watched)
            looked = time.monotonic()
            while True:
                try:
                    event = self._events.get(timeout=min(self._plan.wait_s(), self._later.wait_s()))
                    if event is None:
                        return
                    event()
                except queue.Empty:
                    pass
                if (now := time.monotonic()) - looked >= LOOK_EVERY_S:
                    looked = now
                    if (version := _version(watched)) != seen:
                        seen = version
                        self._look_who()
                        self._wake(None, pull=False)
                    if now >= self._discover_at:
                        self._discover()
                while (waiting := self._later.take()) is not None:
                    self._want_files(waiting[0])
                if self._events.empty() and (next_one := self._plan.take()) is not None:
                    self._sync_one(*next_one)

    def _wake(self, project_id: str | None, *, pull: bool) -> None:
        known = {one.project_id for one in share.active(self._library, self._session)}
        for id_ in known if project_id is None else known & {project_id}:
            self._live.subscribe(f"project:{id_}")
            self._plan.soon(id_, pull=pull)

    def _look_who(self) -> None:
        """Another program may have signed somebody else in: from now on this is that person's connection."""
        account = self._whose()
        if account == self._account or self._files.stopping.is_set():
            return
        self._account = account
        self._library.projects.take_fresh_peers()
        self._live.stop()
        if account is not None:
            self._live.start()
        self._told("account", "")

    def _whose(self) -> tuple[str, str] | None:
        known = self._session.known()
        return None if known is None else (known.server, known.user_id)

    def _wake_all(self) -> None:
        self._woken.clear()
        self._wake(None, pull=False)

    def _discover(self) -> None:
        """Take in what is new in one's workspaces, and sync everything."""
        self._discover_at = time.monotonic() + DISCOVER_EVERY_S
        if not self._session.is_signed_in:
            return
        try:
            share.join_all(self._library, self._session)
        except MascotError as error:
            log.info("workspaces were not looked at: %s", error)
            self._discover_at = time.monotonic() + LONGEST_RETRY_S / 4
        self._wake(None, pull=True)

    def _sync_one(self, project_id: str, due: _Due) -> None:
        known = self._library.shared.get(project_id)
        if known is None or known.state != "active" or not (due.pull or self._sync.has_news(project_id)):
            return
        self._busy_with = project_id
        self._told("sync", project_id)
        try:
            self._sync.run(project_id, pull=due.pull)
            self._want_files(project_id)
        except (NotReady, NotFound, Held, Stopped):
            # Its status says it; nothing would be different another time. Or the program ends.
            pass
        except Unauthenticated:
            self._told("account", "")
        except Offline:
            self._again(project_id, due, LOOK_EVERY_S)
        except Unavailable:
            self._again(project_id, due, None)
        except MascotError as error:
            log.warning("project %s did not sync: %s", project_id, error)
            self._again(project_id, due, None)
        finally:
            self._busy_with = None
            self._told("sync", project_id)

    def _again(self, project_id: str, due: _Due, pause_s: float | None) -> None:
        failures = due.failures + 1
        pause = pause_s or min(LONGEST_RETRY_S, FIRST_RETRY_S * 2**failures) * random.uniform(0.5, 1.5)
        self._plan.due[project_id] = _Due(time.monotonic() + pause, pull=True, failures=failures)

    def _want_files(self, project_id: str) -> None:
        if project_id not in self._queued_files:
            self._queued_files.add(project_id)
            self._file_work.put(project_id)

    def _take_message(self, message: dict[str, JsonValue]) -> None:
        """Edits and facts of others, at once if nothing is missing before them."""
        project_id = str(message.get("project_id", ""))
        known = self._library.shared.get(project_id)
        if known is None or known.state != "active":
            return
        try:
            if self._sync.take_message(project_id, read_pull(message)):
                self._told("sync", project_id)
                if message.get("facts"):
                    self._told("comments", project_id)
                    self._file_pauses.pop(project_id, None)
                    self._want_files(project_id)
                return
        except MascotError as error:
            log.info("a message was not taken, a pull follows: %s", error)
        self._plan.soon(project_id, pull=True, pause_s=0.0)

    # On the live connection's thread

    def _heard(self, message: dict[str, JsonValue]) -> None:
        match message.get("type"):
            case "changed":
                self._events.put(lambda: self._take_message(message))
            case "pull":
                self.wake(str(message.get("project_id", "")))
            case "present":
                self._present(message)
            case "notified":
                self._told("notifications", str(message.get("unread", 0)))
                # An invitation that was accepted elsewhere, or a new project, may be behind it.
                self._events.put(self._discover)
            case "revoked" | "refused":
                self._revoked(message)
            case _:
                pass

    def _present(self, message: dict[str, JsonValue]) -> None:
        try:
            present = Present.model_validate(message)
        except ValidationError:
            return
        self._people[present.project_id] = present.people
        self._told("people", present.project_id)

    def _revoked(self, message: dict[str, JsonValue]) -> None:
        channel, sentence = str(message.get("channel") or ""), str(message.get("sentence", ""))
        kind, _, id_ = channel.partition(":")
        if kind == "project" and message.get("type") == "revoked":
            self._live.unsubscribe(channel)
            self._people.pop(id_, None)
            # The reason may be a changed role as well as the end of everything: the next sync finds out.
            self._events.put(lambda: self._look_again(id_, sentence))

    def _look_again(self, project_id: str, sentence: str) -> None:
        self._sync.look(project_id, sentence)
        self._wake(project_id, pull=True)
        self._told("sync", project_id)

    def _connected(self, is_there: bool) -> None:
        if is_there:
            self._events.put(self._discover)
        else:
            self._people.clear()
        self._told("account", "")

    # On the library's writing thread

    def _library_changed(self, kind: str, id_: str) -> None:
        if kind == "project":
            self.wake(id_, pull=False)
        elif kind in ("entry", "comment") and not self._woken.is_set():
            # A thousand entries that arrive together are one reason to look.
            self._woken.set()
            self._events.put(self._wake_all)

    # On the thread of files

    def _run_files(self) -> None:
        while (project_id := self._file_work.get()) is not None:
            self._queued_files.discard(project_id)
            known = self._library.shared.get(project_id)
            if known is None or known.state != "active" or self._files.stopping.is_set():
                continue
            try:
                left = self._sync.run_files(known)
            except Stopped:
                continue
            except MascotError as error:
                log.info("files of project %s wait: %s", project_id, error)
                left = 1
            self._files_later(project_id, left)
            self._told("sync", project_id)

    def _files_later(self, project_id: str, left: int) -> None:
        """Files whose maker is still sending them, or that met trouble, are asked for again, less and less often."""
        pause = min(LONGEST_RETRY_S, 2 * self._file_pauses.get(project_id, FIRST_RETRY_S / 2)) if left else 0.0
        self._file_pauses[project_id] = pause or FIRST_RETRY_S / 2
        if left:
            self._events.put(lambda: self._later.soon(project_id, pull=False, pause_s=pause))


def _watch(library: Library) -> sqlite3.Connection:
    """A connection that only asks whether another one has written."""
    return sqlite3.connect(f"{library.layout.database.as_uri()}?mode=ro", uri=True)


def _version(watched: sqlite3.Connection) -> int:
    return int(watched.execute("PRAGMA data_version").fetchone()[0])
