"""The pages of somebody who is not signed in: sign in, sign up, confirm the address, a code, a new password."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.account import calls
from app.account.cloud import StudioCloud
from app.account.form import NEW_PASSWORD, Form
from app.theme.tokens import SPACE_2
from app.widgets.buttons import push_button
from app.widgets.labels import label
from engine.protocol.errors import AddressUnconfirmed, SecondFactorNeeded

if TYPE_CHECKING:
    from engine.cloud.desk import CloudDesk
    from engine.cloud.oauth import Attempt

DEFAULT_SERVER = "http://127.0.0.1:8765"
_SERVER = ("server", "Server", DEFAULT_SERVER)
_EMAIL = ("email", "E-mail", "you@example.org")
_NEW_PASSWORD = (NEW_PASSWORD, "Password", "Ten characters or more")
_OPEN = "Open its link, or paste it here."
_BACK = ("sign_in", "Back to signing in")


class SignInPages(QStackedWidget):
    """Emits `entered()` when somebody has signed in."""

    entered = Signal()
    _code_wanted = Signal()

    def __init__(self, cloud: StudioCloud, server: str, email: str = "") -> None:
        super().__init__()
        self._cloud = cloud
        self._password = ""
        self._attempt: Attempt | None = None
        self._given_up = False
        self._codes: SimpleQueue[str | None] = SimpleQueue()
        self._code_wanted.connect(lambda: self.go("second"), Qt.ConnectionType.QueuedConnection)
        self.pages: dict[str, Form] = {
            "sign_in": Form(
                "Sign in",
                "An account lets you work on a project together, on several machines, and publish links. Everything "
                "else works without one.",
                (_SERVER, _EMAIL, ("password", "Password", "")),
                "Sign in",
                (("sign_up", "Create an account"), ("forgot", "Forgot the password?")),
            ),
            "sign_up": Form(
                "Create an account",
                "A mail with a link follows, to confirm your address.",
                (_SERVER, ("name", "Your name", "As others will see it"), _EMAIL, _NEW_PASSWORD),
                "Create the account",
                (_BACK, ("confirm", "I have the mail")),
            ),
            "confirm": Form(
                "Confirm your address",
                "Open the link in the mail, or paste it here.",
                (("link", "Link", ""),),
                "Confirm",
                (_BACK, ("resend", "Send the mail again")),
            ),
            "second": Form(
                "One more step",
                "Type the code that your authenticator app shows, or one of your recovery codes.",
                (("code", "Code", "123 456"),),
                "Sign in",
                (_BACK,),
            ),
            "forgot": Form(
                "A new password",
                "A mail with a link follows when there is an account with this address.",
                (_SERVER, _EMAIL),
                "Send the mail",
                (_BACK, ("reset", "I have the mail")),
            ),
            "reset": Form(
                "A new password",
                "Open the link in the mail, or paste it here. All devices are signed out then.",
                (("link", "Link", ""), (NEW_PASSWORD, "New password", "Ten characters or more")),
                "Set the password",
                (_BACK,),
            ),
        }
        acts: dict[str, Callable[[dict[str, str]], None]] = {
            "sign_in": self._sign_in,
            "sign_up": self._sign_up,
            "confirm": self._confirm,
            "second": self._second,
            "forgot": self._forgot,
            "reset": self._reset,
        }
        for name, page in self.pages.items():
            page.submitted.connect(acts[name])
            page.went.connect(self.go)
            self.addWidget(page)
            if "server" in page.lines:
                page.lines["server"].setText(server or DEFAULT_SERVER)
            if "email" in page.lines:
                page.lines["email"].setText(email)
        self.pages["sign_in"].column.insertWidget(self.pages["sign_in"].column.count() - 2, self._providers())

    def _providers(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_2)
        words = label("or with an account that you have, in your browser", "faint")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(words)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        self.google = push_button("Google", "", "globe")
        self.github = push_button("GitHub", "", "globe")
        self.stop = push_button("Cancel", "", "x")
        self.stop.clicked.connect(self.give_up)
        self.stop.hide()
        for button, provider in ((self.google, "google"), (self.github, "github")):
            button.clicked.connect(lambda _checked=False, chosen=provider: self._with_provider(chosen))
            row.addWidget(button, 1)
        row.addWidget(self.stop, 1)
        column.addLayout(row)
        return box

    @property
    def page(self) -> Form:
        """The one in front."""
        return next(page for page in self.pages.values() if page is self.currentWidget())

    def go(self, name: str) -> None:
        """Bring a page to the front, with what was typed on the one before."""
        if name == "resend":
            self._resend()
            return
        before = self.page
        page = self.pages[name]
        for line in ("server", "email"):
            if line in page.lines and line in before.lines:
                page.lines[line].setText(before.text(line))
        before.forget()
        self.setCurrentWidget(page)
        page.come()

    def _run(self, busy: str, work: Callable[[CloudDesk], object], done: Callable[[], object]) -> None:
        page = self.page
        page.set_busy(busy)
        self._cloud.ask(self, work, lambda _: done(), page.show_problem)

    @property
    def server(self) -> str:
        """The address of the server, as it was typed."""
        return self.pages["sign_in"].text("server")

    @property
    def _email(self) -> str:
        return self.pages["sign_in"].text("email")

    def _keep(self, given: dict[str, str]) -> None:
        """The address and the server of any page hold for all of them."""
        for page in self.pages.values():
            for line in ("server", "email"):
                if line in page.lines and line in given:
                    page.lines[line].setText(given[line])

    def _sign_in(self, given: dict[str, str]) -> None:
        self._keep(given)
        self._enter(given["password"], None)

    def _enter(self, password: str, code: str | None) -> None:
        server, email, page = self.server, self._email, self.page

        def work(desk: CloudDesk) -> str:
            """The page on which it goes on; "" when one is in."""
            try:
                desk.sign_in(server, email, password, code)
            except SecondFactorNeeded:
                if code is not None:
                    raise
                return "second"
            except AddressUnconfirmed:
                return "confirm"
            return ""

        def done(further: str) -> None:
            page.set_busy()
            self._password = password if further == "second" else ""
            if not further:
                self._entered()
            elif further == "confirm":
                self._to("confirm", f"{email} isn't confirmed yet. Open the link of the mail, or paste it here.")
            else:
                self.go(further)

        page.set_busy("Signing in …")
        self._cloud.ask(self, work, done, page.show_problem)

    def _second(self, given: dict[str, str]) -> None:
        code = given["code"].replace(" ", "")
        if self._attempt is None:
            self._enter(self._password, code)
        else:
            self.page.set_busy("Signing in …")
            self._codes.put(code)

    def _with_provider(self, provider: str) -> None:
        """In the browser; meanwhile the sign-in can be given up here."""
        page, server = self.page, self.page.text("server")
        self._keep({"server": server})

        def work(desk: CloudDesk) -> None:
            self._attempt = desk.begin_sign_in(server, provider)
            desk.sign_in_with(server, provider, attempt=self._attempt, ask_code=self._ask_code)

        def entered(_: object) -> None:
            self._wait_for_browser(False)
            self._entered()

        def failed(sentence: str) -> None:
            self._wait_for_browser(False)
            if self.page is self.pages["second"]:
                self.go("sign_in")
            page.set_busy()
            if not self._given_up:
                page.show_problem(sentence)

        self._given_up = False
        page.note.clear_note()
        page.set_busy("Waiting for your browser …")
        self._wait_for_browser(True)
        self._cloud.ask(self, work, entered, failed)

    def _ask_code(self) -> str | None:
        """From the desk's thread: the account has a second factor, and the window asks for its code."""
        self._code_wanted.emit()
        return self._codes.get()

    def _wait_for_browser(self, waiting: bool) -> None:
        for button in (self.google, self.github):
            button.setVisible(not waiting)
        self.stop.setVisible(waiting)
        if not waiting:
            self._attempt = None

    def give_up(self) -> None:
        """Wait for the browser no longer."""
        if self._attempt is not None:
            self._given_up = True
            self._attempt.give_up()
            self._codes.put(None)

    def _sign_up(self, given: dict[str, str]) -> None:
        self._keep(given)
        self._run(
            "Creating …",
            lambda desk: desk.sign_up(given["server"], given["email"], given[NEW_PASSWORD], given["name"]),
            lambda: self._to("confirm", f"A mail is on its way to {given['email']}. {_OPEN}"),
        )

    def _confirm(self, given: dict[str, str]) -> None:
        server = self.server
        self._run(
            "Confirming …",
            lambda desk: desk.confirm(server, token_of(given["link"])),
            lambda: self._to("sign_in", "Your address is confirmed. Sign in now."),
        )

    def _resend(self) -> None:
        server, email = self.server, self._email
        self._run(
            "Sending …",
            lambda desk: desk.send_mail_again(server, email),
            lambda: self._to("confirm", f"Another mail is on its way to {email}. {_OPEN}"),
        )

    def _forgot(self, given: dict[str, str]) -> None:
        self._keep(given)
        self._run(
            "Sending …",
            lambda desk: calls.forgot(desk, given["server"], given["email"]),
            lambda: self._to("reset", f"If {given['email']} has an account, a mail is on its way. {_OPEN}"),
        )

    def _reset(self, given: dict[str, str]) -> None:
        server = self.server
        self._run(
            "Setting …",
            lambda desk: calls.reset(desk, server, token_of(given["link"]), given[NEW_PASSWORD]),
            lambda: self._to("sign_in", "Your new password is set. Sign in with it."),
        )

    def _to(self, name: str, words: str) -> None:
        self.go(name)
        self.pages[name].show_words(words)

    def _entered(self) -> None:
        for page in self.pages.values():
            page.forget()
        self.entered.emit()


def token_of(link: str) -> str:
    """What a mail's link proves; one may paste it with or without what stands around it."""
    return parse_qs(urlsplit(link).query).get("token", [link])[0]
