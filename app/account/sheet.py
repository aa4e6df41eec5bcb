"""The account over the window: signing in for those who are out, one's pages for those who are in."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.account.cloud import StudioCloud
from app.account.data_page import DataPage
from app.account.devices_page import DevicesPage
from app.account.keys_page import KeysPage
from app.account.page import Page
from app.account.profile_page import ProfilePage
from app.account.security_page import SecurityPage
from app.account.sign_in import SignInPages
from app.account.telling_page import TellingPage
from app.session import StudioSession
from app.theme.tokens import SPACE_4
from app.widgets.segmented import Segmented
from app.window.sheet import Sheet

TABS = (
    ("profile", "Profile", "user-round"),
    ("security", "Security", "shield-check"),
    ("devices", "Devices", "monitor"),
    ("keys", "API keys", "key-round"),
    ("telling", "Notifications", "bell"),
    ("data", "Your data", "hard-drive"),
)


INSIDE_PX, OUTSIDE_PX = (760, 600), 440
"""The sheet's width and height for those who are in; its width for those who are not."""
HEAD_PX, NOTE_PX = 84, 40
"""What the sheet is higher than a form, and the room for two lines that say what went wrong."""


class AccountSheet(Sheet):
    """Follows the account: signing in or out changes what it shows."""

    def __init__(self, window: QWidget, session: StudioSession, cloud: StudioCloud) -> None:
        super().__init__(window, "Account", *INSIDE_PX)
        self._session, self._cloud = session, cloud
        self.sign_in: SignInPages | None = None
        self.pages: dict[str, Page] = {}
        self.profile: ProfilePage | None = None
        self._shown: QWidget | None = None
        cloud.account_changed.connect(self._build)
        self._build()

    def open(self) -> None:
        super().open()
        if self.sign_in is not None:
            self._fit()
            self.sign_in.page.come()

    def dismiss(self) -> None:
        self._cloud.account_changed.disconnect(self._build)
        if self.sign_in is not None:
            self.sign_in.give_up()
        super().dismiss()

    def show_page(self, key: str) -> None:
        """Bring a page of somebody who is signed in to the front."""
        self.switch.choose(key)
        self.stack.setCurrentWidget(self.pages[key])
        self.pages[key].load()

    def _build(self) -> None:
        was_open = self._shown is not None and self.isVisible()
        was_in = self.sign_in is None
        if self._shown is not None:
            self.frame.setFocus(Qt.FocusReason.OtherFocusReason)
            self.body.removeWidget(self._shown)
            self._shown.hide()
            self._shown.deleteLater()
        self._shown = self._inside() if self._cloud.is_in else self._outside()
        self.body.addWidget(self._shown, 1)
        if self.sign_in is None:
            self.set_size(*INSIDE_PX)
            if was_open and not was_in:
                self._session.say("You are signed in.", "success")
        elif was_open:
            # Said here: the page on which one signed out may be gone before its answer comes.
            if was_in:
                self._session.say("You are signed out. Everything stays in your library.", "info")
            self._fit()
            self.sign_in.page.come()

    def _fit(self) -> None:
        """As high as the form in front."""
        if self.sign_in is not None:
            margins = self.body.contentsMargins()
            high = self.sign_in.page.high_for(OUTSIDE_PX - margins.left() - margins.right())
            self.set_size(OUTSIDE_PX, high + HEAD_PX + NOTE_PX)

    def _outside(self) -> QWidget:
        self.pages, self.profile = {}, None
        account = self._cloud.account
        server = account.server if account is not None else str(self._session.recall("server", ""))
        email = account.email if account is not None else str(self._session.recall("email", ""))
        self.sign_in = SignInPages(self._cloud, server, email)
        self.sign_in.currentChanged.connect(lambda _index: self._fit())
        self.sign_in.entered.connect(self._cloud.refresh)
        return self.sign_in

    def _inside(self) -> QWidget:
        self.sign_in = None
        account = self._cloud.account
        if account is not None:
            self._session.remember("server", account.server)
            self._session.remember("email", account.email)
        profile, data = ProfilePage(self._cloud), DataPage(self._cloud)
        self.profile = profile
        profile.left.connect(self._cloud.refresh)
        data.left.connect(self._cloud.refresh)
        self.pages = {
            "profile": profile,
            "security": SecurityPage(self._cloud),
            "devices": DevicesPage(self._cloud),
            "keys": KeysPage(self._cloud),
            "telling": TellingPage(self._cloud),
            "data": data,
        }
        place = QWidget()
        column = QVBoxLayout(place)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_4)
        self.switch = Segmented(TABS)
        self.switch.chosen.connect(self.show_page)
        self.stack = QStackedWidget()
        for page in self.pages.values():
            self.stack.addWidget(page)
        column.addWidget(self.switch)
        column.addWidget(self.stack, 1)
        return place
