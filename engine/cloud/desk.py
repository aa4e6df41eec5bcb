"""The one door to the server for the studio and the command line: `CloudDesk(library)`.

Without an account nothing connects. Every method that connects blocks, so a window calls it beside its thread, and may
raise Unauthenticated (sign in again), Offline (the switch), Unavailable (can't be reached), Forbidden, NotFound,
Conflict, BadInput, RateLimited: each with its sentence. Those that don't connect: `account`, `status`, `role`,
`people`, `comments`.

What belongs to accounts, workspaces and files lies in modules of their own; this one holds them together.
"""

from __future__ import annotations

import logging
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from engine.cloud import history, notifications, oauth, publications, share, unsent, workspaces
from engine.cloud.api import models, operations
from engine.cloud.files import Files, Progress
from engine.cloud.http import Http
from engine.cloud.projects import ProjectSync
from engine.cloud.records import (
    Account,
    CommentInfo,
    Invitation,
    Member,
    Notice,
    PublicationInfo,
    RemoteProject,
    Role,
    SyncState,
    SyncStatus,
    VersionInfo,
    WorkspaceInfo,
)
from engine.cloud.secrets import open_secrets
from engine.cloud.session import Session, server_url
from engine.cloud.worker import Worker
from engine.library.library import Library
from engine.library.shared import ACTIVE, SharedProject
from engine.protocol.errors import MascotError, NotFound
from engine.protocol.sync import Person

log = logging.getLogger(__name__)

OFFLINE_SETTING = "offline"
Listener = Callable[[str, str], None]


class CloudDesk:
    """`listeners` are called with (kind, id): "account", "sync", "people" and "comments" with a project's id,
    "notifications" with how many are unread; on a thread of the worker."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.listeners: list[Listener] = []
        self.session = Session(
            library.settings, open_secrets(), Http(lambda: bool(library.settings.get(OFFLINE_SETTING, False)))
        )
        self.files = Files(library, self.session)
        self._projects = ProjectSync(library, self.session, self.files)
        self._worker = Worker(library, self.session, self._projects, self.files, self._tell)

    def close(self) -> None:
        """Ends the worker and the connections."""
        self.stop()
        self.session.http.close()

    # The account

    def account(self) -> Account | None:
        """Who this library is signed in as, or was; None when nobody ever was."""
        return self.session.account()

    def sign_up(self, server: str, email: str, password: str, name: str = "") -> None:
        """Begin an account; a mail with a link and a code follows, whether or not the address is known."""
        wanted = models.Registration(email=email.strip(), password=password, name=name.strip())
        self.session.say(server_url(server), operations.register(wanted))

    def send_mail_again(self, server: str, email: str) -> None:
        wanted = models.EmailOnly(email=email.strip())
        self.session.say(server_url(server), operations.resend_verification(wanted))

    def confirm(self, server: str, code: str) -> None:
        """The address, with the code of the mail. Raises Expired, NotFound."""
        self.session.say(server_url(server), operations.verify_email(models.Confirmation(token=code.strip())))

    def sign_in(self, server: str, email: str, password: str, code: str | None = None, *, device: str = "") -> Account:
        """Raises SecondFactorNeeded: then again with `code`."""
        return self._signed_in(self.session.sign_in(server_url(server), email.strip(), password, code, device))

    def sign_in_with(
        self,
        server: str,
        provider: str,
        open_browser: Callable[[str], object] = webbrowser.open,
        *,
        ask_code: Callable[[], str | None] | None = None,
        attempt: oauth.Attempt | None = None,
    ) -> Account:
        """In the browser, with "google" or "github"; `attempt` (made by `begin_sign_in`) can be given up meanwhile."""
        begun = attempt or self.begin_sign_in(server, provider)
        return self._signed_in(oauth.sign_in_with(self.session, begun, open_browser, ask_code))

    def begin_sign_in(self, server: str, provider: str) -> oauth.Attempt:
        """For a window with a Cancel button: its `give_up()` lets `sign_in_with` end with Cancelled."""
        return oauth.Attempt(server_url(server), provider)

    def providers(self, server: str) -> list[tuple[str, str]]:
        """Id and title of the providers that a server knows."""
        found = self.session.say(server_url(server), operations.list_providers())
        return [(one.id, one.title) for one in found.items]

    def sign_in_with_key(self, server: str, api_key: str) -> Account:
        """With an API key: what it may do depends on its scopes."""
        return self._signed_in(self.session.adopt_key(server_url(server), api_key.strip()))

    def unsent(self) -> list[SyncStatus]:
        """The projects of which the account has not sent everything; doesn't connect."""
        over = (SyncState.STOPPED, SyncState.LOOKING)
        own = {project.project_id for project in unsent.own_projects(self.library, self.session)}
        found = [one for one in self.status() if one.project_id in own and one.state not in over]
        return [one for one in found if one.waiting or one.files_up]

    def sign_out(self, *, everywhere: bool = False) -> None:
        """Forget the sign-in; projects and their copies stay. Without a connection only this library forgets it.
        What is unsent waits for the account, and is held back when another one signs in."""
        self.stop()
        try:
            if self.session.is_signed_in:
                self.session.ask(operations.logout_everywhere() if everywhere else operations.logout())
        except MascotError:
            if everywhere:
                raise
        self.session.forget()
        self.library.projects.take_fresh_peers()
        self._tell("account", "")

    def sign_out_everywhere(self) -> None:
        """All devices of the account. Raises Unavailable when the server can't be told."""
        self.sign_out(everywhere=True)

    def call(
        self, method: str, path: str, body: JsonValue = None, *, params: Mapping[str, Any] | None = None
    ) -> JsonValue:
        """Any route of /api/v1 with the account's token: profile, devices, second factor, API keys."""
        return self.session.call(method, path, body, params=params)

    # Workspaces

    def workspaces(self) -> list[WorkspaceInfo]:
        """The personal one first."""
        found = workspaces.list_workspaces(self.session)
        workspaces.remember(self.library.settings, found)
        return found

    def create_workspace(self, name: str) -> WorkspaceInfo:
        return self._remembered(workspaces.create_workspace(self.session, name))

    def rename_workspace(self, workspace_id: str, name: str) -> WorkspaceInfo:
        return self._remembered(workspaces.rename_workspace(self.session, workspace_id, name))

    def delete_workspace(self, workspace_id: str) -> None:
        workspaces.delete_workspace(self.session, workspace_id)

    def members(self, workspace_id: str) -> list[Member]:
        return workspaces.members(self.session, workspace_id)

    def change_role(self, workspace_id: str, user_id: str, role: Role) -> Member:
        return workspaces.change_role(self.session, workspace_id, user_id, role)

    def remove_member(self, workspace_id: str, user_id: str) -> None:
        workspaces.remove_member(self.session, workspace_id, user_id)

    def transfer_workspace(self, workspace_id: str, user_id: str) -> None:
        workspaces.transfer(self.session, workspace_id, user_id)

    def leave(self, workspace_id: str) -> None:
        """Leave a workspace; the copies of its projects here stay, and sync no more."""
        workspaces.leave(self.session, workspace_id)
        for project in self.library.shared.all():
            if project.workspace_id == workspace_id:
                share.lose(self.library, project.project_id, "You left its workspace; your copy stays yours.")

    def invite(self, workspace_id: str, email: str, role: Role = Role.MEMBER) -> Invitation:
        return workspaces.invite(self.session, workspace_id, email.strip(), role)

    def open_invitations(self, workspace_id: str) -> list[Invitation]:
        """Those that a workspace has sent."""
        return workspaces.open_invitations(self.session, workspace_id)

    def revoke_invitation(self, workspace_id: str, invitation_id: str) -> None:
        workspaces.revoke_invitation(self.session, workspace_id, invitation_id)

    def invitations(self) -> list[Invitation]:
        """Those that one has received."""
        return workspaces.my_invitations(self.session)

    def accept(self, invitation_id: str) -> WorkspaceInfo:
        """Join; its projects come with the next sync."""
        joined = self._remembered(workspaces.accept(self.session, invitation_id))
        self._worker.rediscover()
        return joined

    def decline(self, invitation_id: str) -> None:
        workspaces.decline(self.session, invitation_id)

    # Projects

    def share_project(self, project_id: str, workspace_id: str) -> SyncStatus:
        """Put a project into a workspace; it syncs from now on, and its first sync is done when this returns."""
        share.share_project(self.library, self.session, project_id, workspace_id)
        self._projects.run(project_id)
        self._worker.wake(project_id)
        return self._status(self._shared(project_id))

    def stop_sharing(self, project_id: str) -> None:
        """Sync it no more; the copy here stays, and so does the workspace's."""
        share.stop_sharing(self.library, project_id)
        self._tell("sync", project_id)

    def remote_projects(self) -> list[RemoteProject]:
        """All projects of all one's workspaces, also those that are not here."""
        return share.find_projects(self.library, self.session)

    def sync(
        self, project_id: str | None = None, progress: Progress | None = None, *, files: bool = True
    ) -> list[SyncStatus]:
        """Sync one project, or all of one's workspaces, those that are new here, too. What keeps one from syncing is in
        its status and stops no other; raised is only what keeps all of them."""
        if project_id is None:
            wanted = share.join_all(self.library, self.session)
        else:
            self.session.require()
            wanted = [self._shared(project_id)]
        for number, project in enumerate(wanted):
            if progress is not None:
                name = self.library.shared.names().get(project.project_id, "a new project")
                progress(f"Syncing {name}", number / len(wanted))
            self._sync_whole(project, progress if files else None, files=files)
        return [self._status(self._shared(project.project_id)) for project in wanted]

    def send_as_oneself(self, project_id: str) -> SyncStatus:
        """Send what waits since another account was signed in, in the name of the one that is signed in now.

        Raises Forbidden when only that account can: its edits go on from ones that it has sent.
        """
        project = self._shared(project_id)
        if unsent.is_held(self.library, self.session, project):
            unsent.take_over(self.library, self.session, project, lambda: self._projects.run(project_id))
            self._worker.wake(project_id)
        return self._status(self._shared(project_id))

    def status(self) -> list[SyncStatus]:
        """Every project that syncs or did; doesn't connect."""
        return [self._status(project) for project in self.library.shared.all()]

    def status_of(self, project_id: str) -> SyncStatus:
        """The same of one project. Raises NotFound when it never was shared."""
        return self._status(self._shared(project_id))

    def role(self, project_id: str) -> Role | None:
        """What one may do in a shared project; None for one that isn't shared (then: everything)."""
        known = self.library.shared.get(project_id)
        if known is None or known.state != ACTIVE or known.role not in Role.__members__:
            return None
        return Role(known.role)

    def keep_offline(self, project_id: str, keep: bool = True) -> None:
        """Fetch all originals of a project, now and from now on; or only those that are asked for."""
        self._shared(project_id)
        self.library.shared.change(project_id, keep_offline=keep)
        self._worker.wake(project_id)

    def fetch(self, entry_id: str, came: Callable[[int], object] | None = None) -> Path:
        """The original of an entry, fetched if it is not here or damaged; `came(bytes)` hears of what arrives."""
        entry = self.library.gallery.get(entry_id)
        project = self.library.shared.get(entry.project_id)
        if project is None:
            if entry.artifact.blob in self.library.blobs:
                return self.library.blobs.path(entry.artifact.blob)
            raise NotFound(f"The file of {entry.artifact.file_name} is missing, and its project isn't shared.")
        return self.files.fetch(project, entry.artifact.blob, came)

    def history(self, project_id: str, most: int = 100) -> list[VersionInfo]:
        """Who changed a project, the newest first."""
        return history.versions(self.session, project_id, most)

    def restore_version(self, project_id: str, number: int) -> bool:
        """Give the project the content it had after an entry of its log, as an edit that can be undone; False when it
        has that content now. Syncs first."""
        self._projects.run(project_id)
        return history.restore(self.library, self.session, project_id, number)

    # Public pages

    def publish(self, entry_id: str, title: str = "", description: str = "") -> PublicationInfo:
        """Make a public page of a result; its `url` is for everyone who has it."""
        entry = self.library.gallery.get(entry_id)
        return publications.publish(self.library, self.session, entry, title, description)

    def unpublish(self, publication_id: str) -> None:
        publications.unpublish(self.session, publication_id)

    def publications(self) -> list[PublicationInfo]:
        """The pages of all one's workspaces, the newest first."""
        return publications.publications(self.library, self.session)

    # People

    def start(self) -> None:
        """Keep everything in step from now on, as long as one is signed in; calling it again is fine."""
        if self.session.is_signed_in:
            self._worker.start()

    def stop(self) -> None:
        self._worker.stop()

    @property
    def is_connected(self) -> bool:
        """Whether what others do is heard at once."""
        return self._worker.is_connected

    def people(self, project_id: str) -> list[Person]:
        """Who is in a project now, oneself included."""
        return self._worker.people(project_id)

    def show_place(self, project_id: str, place: dict[str, JsonValue] | None) -> None:
        """Tell the others where one is; None: nowhere any more."""
        self._worker.show(project_id, place)

    def comments(self, project_id: str, entry_id: str | None = None) -> list[CommentInfo]:
        """Oldest first; those on one entry, or all of the project."""
        return [CommentInfo.of(comment) for comment in self.library.comments.said(project_id, entry_id)]

    def comment(self, project_id: str, text: str, entry_id: str | None = None, mentions: Sequence[str] = ()) -> str:
        """Say something about a project or one of its entries; sent at once, or when there is a connection."""
        account = self.session.require()
        unsent.require_own(self.library, self.session, self._shared(project_id))
        id_ = self.library.comments.add(
            project_id, text, entry_id=entry_id, mentions=mentions, author_id=account.user_id, author_name=account.name
        )
        self._worker.wake(project_id, pull=False)
        return id_

    def change_comment(self, comment_id: str, text: str, mentions: Sequence[str] = ()) -> None:
        self.library.comments.change(comment_id, text, mentions)

    def remove_comment(self, comment_id: str) -> None:
        self.library.comments.remove(comment_id)

    def notifications(self, unread_only: bool = False) -> list[Notice]:
        return notifications.notices(self.session, unread_only=unread_only)

    def unread_notifications(self) -> int:
        return notifications.unread(self.session)

    def mark_read(self, ids: Sequence[str] | None = None) -> int:
        """These notifications, or all; returns how many are unread now."""
        return notifications.mark_read(self.session, ids)

    # Inside

    def _signed_in(self, account: Account) -> Account:
        self.stop()
        unsent.pass_over(self.library, self.session)
        for project in self.library.shared.all():
            self._projects.waits.edits(project.project_id, None)
        self._tell("account", "")
        return account

    def _remembered(self, workspace: WorkspaceInfo) -> WorkspaceInfo:
        workspaces.remember(self.library.settings, [workspace])
        return workspace

    def _sync_whole(self, project: SharedProject, progress: Progress | None, *, files: bool) -> None:
        try:
            self._projects.run(project.project_id)
            if files:
                self._projects.run_files(self._shared(project.project_id), progress)
        except MascotError as error:
            log.info("project %s did not sync: %s", project.project_id, error)  # its status says it; the others go on
        finally:
            self._tell("sync", project.project_id)

    def _shared(self, project_id: str) -> SharedProject:
        known = self.library.shared.get(project_id)
        if known is None:
            raise NotFound("This project is not shared; share it with a workspace first.")
        return known

    def _status(self, project: SharedProject) -> SyncStatus:
        worker = self._worker
        busy = worker.busy_with == project.project_id
        connected = (
            None if not worker.is_running else True if worker.is_connected else False if worker.is_away else None
        )
        return self._projects.status(project, busy=busy, connected=connected)

    def _tell(self, kind: str, id_: str) -> None:
        for listener in list(self.listeners):
            listener(kind, id_)
