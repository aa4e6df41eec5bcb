"""The account over the window: signing in for those who are out, one's pages for those who are in."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.account.cloud import StudioCloud
from app.account.data_page import DataPage
from app.account.devices_page import DevicesPage
from app.account.keys_page import KeysPage
from app.account.page import Page
from app.account.profile_page import ProfilePage
from app.account.security_page import SecurityPage
from app.account.sign_in import SignInPages
from app.session import StudioSession
from app.theme.tokens import SPACE_4
from app.widgets.segmented import Segmented
from app.window.sheet import Sheet

TABS = (
    ("profile", "Profile", "user-round"),
    ("security", "Security", "shield-check"),
    ("devices", "Devices", "monitor"),
    ("keys", "API keys", "key-round"),
    ("data", "Your data", "hard-drive"),
)


INSIDE_PX, OUTSIDE_PX = (680, 600), (440, 560)
"""The sheet's width and height for those who are in, and for those who are not."""


class AccountSheet(Sheet):
    """Follows the account: signing in or out changes what it shows."""

    def __init__(self, window: QWidget, session: StudioSession, cloud: StudioCloud) -> None:
        super().__init__(window, "Account", *INSIDE_PX)
        self._session, self._cloud = session, cloud
        self.sign_in: SignInPages | None = None
        self.pages: dict[str, Page] = {}
        self._shown: QWidget | None = None
        cloud.account_changed.connect(self._build)
        self._build()

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
        if self._shown is not None:
            self.body.removeWidget(self._shown)
            self._shown.hide()
            self._shown.deleteLater()
        self._shown = self._inside() if self._cloud.is_in else self._outside()
        self.body.addWidget(self._shown, 1)
        self.set_size(*(INSIDE_PX if self._cloud.is_in else OUTSIDE_PX))

    def _outside(self) -> QWidget:
        self.pages = {}
        account = self._cloud.account
        server = account.server if account is not None else str(self._session.recall("server", ""))
        self.sign_in = SignInPages(self._cloud, server, account.email if account is not None else "")
        self.sign_in.entered.connect(self._entered)
        return self.sign_in

    def _inside(self) -> QWidget:
        self.sign_in = None
        profile, data = ProfilePage(self._cloud), DataPage(self._cloud)
        profile.left.connect(self._left)
        data.left.connect(self._left)
        self.pages = {
            "profile": profile,
            "security": SecurityPage(self._cloud),
            "devices": DevicesPage(self._cloud),
            "keys": KeysPage(self._cloud),
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

    def _entered(self) -> None:
        if self.sign_in is not None:
            self._session.remember("server", self.sign_in.server)
        self._cloud.begin()

    def _left(self) -> None:
        self._cloud.refresh()
        self._session.say("You are signed out. Everything stays in your library.", "info")
