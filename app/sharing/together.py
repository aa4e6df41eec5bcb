"""Working together, put into the studio's window: the account, sync, people, comments, links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QVBoxLayout

from app.account.cloud import StudioCloud
from app.account.face import AccountFace
from app.notifications.bell import Bell
from app.presence.strip import PlaceTeller, PresenceStrip
from app.sharing.remote_files import RemoteFiles
from app.sharing.sync_light import SyncLight
from app.sharing.viewer import ReadOnlyBanner, ViewerGuard
from engine.library.titles import page_title
from engine.protocol.errors import NotFound

if TYPE_CHECKING:
    from app.account.sheet import AccountSheet
    from app.comments.panel import CommentsPanel
    from app.studio import Studio
    from engine.cloud.desk import CloudDesk
    from engine.cloud.records import Notice, SyncStatus
    from engine.library.gallery import Entry


SIGNED_OUT = "You are signed out. Everything stays in your library."


class Together(QObject):
    """Nothing of it is seen, and nothing connects, until somebody opens the account."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        session, window = studio.session, studio.window
        self.cloud = StudioCloud(session)
        self.light = SyncLight(self.cloud)
        self.presence = PresenceStrip(session, self.cloud)
        self.face = AccountFace(self.cloud)
        self.face.clicked.connect(lambda: self.open_account())
        self.teller = PlaceTeller(session, self.cloud)
        self.bell = Bell(self.cloud)
        self.guard = ViewerGuard(session, self.cloud, window.registry)
        self.guard.cover(studio.create.button)
        self.files = RemoteFiles(session, self.cloud, studio.picture, studio.gallery.model.thumbnails)
        self.comments: CommentsPanel | None = None
        window.status.add_light(self.light)
        studio.switcher.follow(self.cloud)
        window.top_bar.add_widget(self.presence)
        window.top_bar.add_widget(self.bell)
        window.top_bar.add_last(self.face)
        banner = ReadOnlyBanner(session, self.cloud)
        banner.decision_wanted.connect(self.light.open)
        window.workspace.add_banner(banner)
        self.light.share_wanted.connect(self.share)
        self.light.account_wanted.connect(self.open_account)
        self.bell.opened_notice.connect(self._follow)
        window.workspace.tabs.changed.connect(self.teller.moved)
        window.create_tabs.changed.connect(self.teller.moved)
        window.comments_dock.visibilityChanged.connect(self._comments_shown)
        self.cloud.account_changed.connect(window.refresh_enabled)
        self.cloud.status_changed.connect(window.refresh_enabled)

    def close(self) -> None:
        """Before the session closes."""
        self.cloud.close()

    # sheets

    def open_account(self, page: str = "") -> AccountSheet | None:
        """Sign in, or what is known of who is signed in, with this page in front."""
        from app.account.sheet import AccountSheet

        if self._studio.session.library is None:
            return None
        sheet = AccountSheet(self._studio.window, self._studio.session, self.cloud)
        self._studio.open_sheet(sheet)
        if page and self.cloud.is_in:
            sheet.show_page(page)
        return sheet

    def sign_out(self) -> None:
        """On this machine; everything stays in the library. With something unsent the account's page asks first."""

        def work(desk: CloudDesk) -> list[SyncStatus]:
            left = desk.unsent()
            if not left:
                desk.sign_out()
            return left

        def done(left: list[SyncStatus]) -> None:
            self.cloud.refresh()
            if not left:
                self._studio.session.say(SIGNED_OUT, "info")
            elif (sheet := self.open_account("profile")) is not None and sheet.profile is not None:
                sheet.profile.ask_first(left)

        self.cloud.ask(self, work, done)

    def open_workspaces(self) -> None:
        from app.workspaces.sheet import WorkspacesSheet

        if self._in_or_asks():
            self._studio.open_sheet(WorkspacesSheet(self._studio.window, self.cloud))

    def share(self) -> None:
        """Put the open project into a workspace, or end that."""
        from app.sharing.share_sheet import ShareSheet

        project = self._studio.session.project
        if project is not None and self._in_or_asks():
            sheet = ShareSheet(self._studio.window, self.cloud, project)
            sheet.workspaces_wanted.connect(self.open_workspaces)
            self._studio.open_sheet(sheet)

    def open_history(self) -> None:
        from app.versions.sheet import VersionsSheet

        project = self._studio.session.project
        if project is not None and self.cloud.status is not None:
            self._studio.open_sheet(VersionsSheet(self._studio.window, self.cloud, project))

    def publish(self) -> None:
        """A public page for the selected entry."""
        from app.sharing.publish_sheet import PublishSheet

        entries = self._studio.gallery.selected_entries()
        if len(entries) == 1 and self._in_or_asks():
            entry = entries[0]
            sheet = PublishSheet(self._studio.window, self.cloud, entry, page_title(entry), self._picture_of(entry))
            self._studio.open_sheet(sheet)

    def sync_now(self) -> None:
        """Send and fetch now instead of soon."""
        status = self.cloud.status
        if status is not None:
            self.cloud.ask(self, lambda desk: desk.sync(status.project_id), lambda _: self.cloud.refresh())

    def _in_or_asks(self) -> bool:
        """Whether somebody is signed in; if not, the account's sheet opens."""
        if not self.cloud.is_in:
            self.open_account()
        return self.cloud.is_in

    def _picture_of(self, entry: Entry) -> QPixmap:
        library = self._studio.session.library
        assert library is not None
        blob = entry.artifact.blob
        return self._studio.gallery.model.thumbnails.get(blob, library.blobs.path(blob)) or QPixmap()

    # comments

    def open_comments(self) -> None:
        """Show what people say, and put the cursor where one answers."""
        window = self._studio.window
        if not window.comments_dock.isVisible():
            window.comments_dock.show()
            window.resizeDocks([window.gallery_dock, window.comments_dock], [300, 480], Qt.Orientation.Vertical)
        window.comments_dock.raise_()
        panel = self._need_comments()
        panel.writer.edit.setFocus()

    def comment_on_selected(self) -> None:
        """Show what people say about the selected picture."""
        self.open_comments()
        panel = self._need_comments()
        panel.scope.choose("entry")
        panel.reload()

    def _comments_shown(self, shown: bool) -> None:
        if shown:
            self._need_comments()

    def _need_comments(self) -> CommentsPanel:
        if self.comments is None:
            from app.comments.panel import CommentsPanel

            self.comments = CommentsPanel(self._studio.session, self.cloud)
            self.comments.entry_wanted.connect(self._show_entry)
            place = self._studio.window.comments_place
            layout = QVBoxLayout(place)
            layout.setContentsMargins(0, 0, 0, 0)
            layout.addWidget(self.comments)
        return self.comments

    def _show_entry(self, entry_id: str) -> None:
        session = self._studio.session
        if session.library is None:
            return
        try:
            entry = session.library.gallery.get(entry_id)
        except NotFound as error:
            session.report(error)
            return
        session.select(entry)
        session.show_tab("picture")

    def _follow(self, notice: Notice) -> None:
        """Go to what a notification is about."""
        session = self._studio.session
        if any(part in notice.kind for part in ("invit", "role", "joined")):
            self.open_workspaces()
            return
        projects = session.library.projects.list() if session.library is not None else []
        project = next((one for one in projects if one.id == notice.project_id), None)
        if project is None:
            session.say(notice.sentence, "info")
            return
        session.switch_project(project)
        if "comment" in notice.kind or "mention" in notice.kind:
            self.open_comments()
