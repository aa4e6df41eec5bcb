"""Syncing whole projects: edits and facts, then files; what went wrong is remembered as the sentence to be shown."""

from __future__ import annotations

import threading
from dataclasses import replace

from engine.cloud import share, unsent, workspaces
from engine.cloud.files import Files, Progress
from engine.cloud.http import host_of
from engine.cloud.records import Role, SyncState, SyncStatus
from engine.cloud.replica import Arrived, Replica
from engine.cloud.session import Session
from engine.cloud.unsent import Held
from engine.cloud.waits import Trouble, Waits
from engine.library.library import Library
from engine.library.shared import ACTIVE, LOST, SharedProject
from engine.protocol.errors import (
    ErrorCode,
    Forbidden,
    MascotError,
    NotFound,
    Offline,
    Unauthenticated,
    Unavailable,
)

GONE = (
    "You can't see this project on the server any more: it was deleted there, or you don't belong to its workspace "
    "now. Your copy stays."
)


class ProjectSync:
    """One per open library."""

    def __init__(self, library: Library, session: Session, files: Files) -> None:
        self._library = library
        self._session = session
        self._files = files
        self._replicas: dict[str, Replica] = {}
        self.waits = Waits(library.settings)
        self._named: dict[str, str] = {}
        self._guard = threading.Lock()

    def run(self, project_id: str, *, pull: bool = True) -> None:
        """Sync a project's edits and facts. Raises what keeps it from that, which its status says from then on."""
        replica = self._replica(project_id)
        try:
            if pull:
                self._sync(replica)
            else:
                try:
                    if replica.push(self._files.small_pictures):
                        self._sync(replica)
                except Forbidden:
                    self._sync(replica)
        except NotFound:
            self._lose(project_id, GONE)
            raise
        except MascotError as error:
            self._remember(project_id, error)
            raise
        self._remember(project_id, None)
        self._tell_name(replica)

    def _lose(self, project_id: str, sentence: str) -> None:
        known = self._library.shared.get(project_id)
        if known is None or not unsent.is_held(self._library, self._session, known):
            # What waits for another account isn't over because this one can't see it.
            share.lose(self._library, project_id, sentence)

    def _tell_name(self, replica: Replica) -> None:
        """Let the server's lists and mails call the project as its document does."""
        known = self._library.shared.get(replica.project_id)
        name = share.plain_name(self._library.shared.names().get(replica.project_id, ""))
        if known is None or known.role == "VIEWER" or self._named.get(replica.project_id) == name:
            return
        try:
            if replica.project_id not in self._named:
                self._named[replica.project_id] = replica.look()
            if self._named[replica.project_id] != name:
                share.rename_remote(self._session, replica.project_id, name)
                self._named[replica.project_id] = name
        except MascotError:
            # Its contents are synced; the name follows with the next sync.
            self._named.pop(replica.project_id, None)

    def _sync(self, replica: Replica) -> None:
        try:
            replica.sync(self._files.small_pictures)
        except Forbidden:
            # The role has changed since: as a VIEWER one only pulls.
            before = self._library.shared.get(replica.project_id)
            replica.look()
            after = self._library.shared.get(replica.project_id)
            if before is None or after is None or before.role == after.role:
                raise
            replica.sync(self._files.small_pictures)

    def run_files(self, project: SharedProject, progress: Progress | None = None) -> int:
        """Send and fetch the files of a project; returns how many the server doesn't have yet. Raises as `Files`; the
        status says so from then on."""
        try:
            left = self._files.receive(project, progress)
            if not unsent.is_held(self._library, self._session, project):
                self._files.send(project, progress)
        except MascotError as error:
            self._remember_files(project, error)
            raise
        self._remember_files(project, None)
        return left

    def take_message(self, project_id: str, arrived: Arrived) -> bool:
        """Take in what a message brought; False when something before it is missing, so that a pull is needed."""
        replica = self._replica(project_id)
        if not replica.follows(arrived):
            return False
        replica.take(arrived)
        return True

    def look(self, project_id: str, sentence: str) -> None:
        """Ask whether one may still see a project, and as what."""
        try:
            self._replica(project_id).look()
        except NotFound:
            self._lose(project_id, sentence or GONE)
        except MascotError as error:
            self._remember(project_id, error)

    def has_news(self, project_id: str) -> bool:
        """Whether something waits here for the server."""
        known = self._library.shared.get(project_id)
        if known is None or known.role == "VIEWER" or unsent.is_held(self._library, self._session, known):
            return False
        return unsent.count_unsent(self._library, known) > 0

    def status(self, project: SharedProject, *, busy: bool, connected: bool | None) -> SyncStatus:
        """How a project stands. `connected` is None when no worker runs; then the last sync counts."""
        files, wait = self._files.waiting(project), self.waits.of(project.project_id)
        if not files.is_known:
            files = replace(files, files_up=wait.files_up, bytes_up=wait.bytes_up)
        waiting = unsent.count_unsent(self._library, project)
        state, sentence = self._state(project, wait.edits, waiting, busy=busy, connected=connected)
        trouble = Trouble(ErrorCode.CONFLICT, sentence) if state is SyncState.HELD else wait.edits
        if state is SyncState.SYNCED and (trouble := wait.files) is not None:
            state, sentence = SyncState.WAITING, trouble.sentence
        elif state is SyncState.SYNCED and files.files_up:
            state = SyncState.WAITING
            sentence = f"Everything but {_count(files.files_up, 'file')} is sent; {_THEY[files.files_up == 1]}."
        elif state is SyncState.SYNCED and project.keep_offline and files.files_down:
            state = SyncState.WAITING
            sentence = f"{_count(files.files_down, 'file')} to be kept here {_IS[files.files_down == 1]} still to come."
        is_over = state is SyncState.STOPPED
        return SyncStatus(
            project_id=project.project_id,
            name=self._library.shared.names().get(project.project_id, ""),
            workspace_id=project.workspace_id,
            workspace_name=workspaces.names(self._library.settings).get(project.workspace_id, ""),
            state=state,
            sentence=sentence,
            role=Role(project.role) if project.role in Role.__members__ else None,
            waiting=0 if is_over else waiting,
            files_up=0 if is_over else files.files_up,
            bytes_up=0 if is_over else files.bytes_up,
            files_down=files.files_down,
            bytes_down=files.bytes_down,
            keep_offline=project.keep_offline,
            synced_at=project.synced_at,
            trouble="" if trouble is None or is_over or state is SyncState.SYNCED else trouble.code,
        )

    def _state(
        self, project: SharedProject, trouble: Trouble | None, waiting: int, *, busy: bool, connected: bool | None
    ) -> tuple[SyncState, str]:
        code = "" if trouble is None else trouble.code
        wait = f"{_count(waiting, 'change')} {'waits' if waiting == 1 else 'wait'}"
        if project.state != ACTIVE:
            return SyncState.STOPPED, project.sentence or (GONE if project.state == LOST else "")
        if not self._session.is_signed_in:
            return SyncState.SIGNED_OUT, f"Sign in to sync again{f'; {wait}' if waiting else ''}."
        if (known := self._session.known()) is not None and known.server != project.server:
            return SyncState.SIGNED_OUT, f"It syncs with {host_of(project.server)}{f'; {wait}' if waiting else ''}."
        if unsent.is_held(self._library, self._session, project):
            return SyncState.HELD, unsent.held_sentence(self._session, project, waiting)
        if self._session.http.is_offline:
            return SyncState.OFFLINE, f"MascotForge is switched offline; {wait if waiting else 'nothing waits'}."
        if busy:
            return SyncState.SYNCING, "Syncing…"
        if code == ErrorCode.UNAVAILABLE or connected is False:
            reached = "couldn't be reached the last time" if connected is None else "can't be reached"
            return SyncState.OFFLINE, f"The server {reached}; {wait if waiting else 'nothing waits'}."
        if code == ErrorCode.UNAUTHENTICATED and trouble is not None:
            return SyncState.SIGNED_OUT, trouble.sentence
        if trouble is not None:
            is_here = project.project_id in self._library.shared.names()
            return SyncState.TROUBLE if is_here else SyncState.WAITING, trouble.sentence
        if project.role == "VIEWER":
            kept = f"; {wait} here until you may edit" if waiting else "; what you change in it stays on this computer"
            return SyncState.LOOKING, f"You see this project{kept}."
        if waiting or project.synced_at is None:
            return SyncState.WAITING, f"{wait} to be sent." if waiting else "Not synced yet."
        return SyncState.SYNCED, "Everything is synced."

    def _remember(self, project_id: str, error: MascotError | None) -> None:
        # What is seen where it is needs no memory: the switch, and whose changes wait.
        self.waits.edits(project_id, None if isinstance(error, Offline | Held) else error)

    def _remember_files(self, project: SharedProject, error: MascotError | None) -> None:
        left = self._files.waiting(project)
        passing = isinstance(error, Offline | Unavailable | Unauthenticated)
        self.waits.files(project.project_id, None if passing else error, left.files_up, left.bytes_up)

    def _replica(self, project_id: str) -> Replica:
        with self._guard:
            if project_id not in self._replicas:
                self._replicas[project_id] = Replica(self._library, self._session, project_id)
            return self._replicas[project_id]


_THEY = {True: "it follows", False: "they follow"}
_IS = {True: "is", False: "are"}


def _count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"
