"""The password, and the second factor with its recovery codes."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from app.account import calls
from app.account.calls import Enrolment
from app.account.cloud import StudioCloud
from app.account.page import Page
from app.account.qr_code import QrCode
from app.create_panel.fields import Field
from app.theme.fonts import mono_font
from app.theme.roles import set_role
from app.theme.tokens import SPACE_2, SPACE_3, SPACE_4
from app.widgets.buttons import push_button
from app.widgets.labels import label
from app.widgets.rows import buttons
from app.widgets.section import Section

QR_PX = 172


def _secret_line(placeholder: str = "") -> QLineEdit:
    line = QLineEdit()
    line.setEchoMode(QLineEdit.EchoMode.Password)
    line.setPlaceholderText(placeholder)
    return line


def _in_fours(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


class SecurityPage(Page):
    """`recovery` are the recovery codes, as long as they are shown."""

    def __init__(self, cloud: StudioCloud) -> None:
        super().__init__(cloud)
        self.recovery: list[str] = []
        self.column.addWidget(self._password_section())
        self.column.addSpacing(SPACE_3)
        self.column.addWidget(self._factor_section())
        self.column.addWidget(self.note)
        self.column.addStretch(1)

    def _password_section(self) -> Section:
        section = Section("Password")
        self.old = _secret_line()
        self.new = _secret_line("Ten characters or more")
        row = QHBoxLayout()
        row.setSpacing(SPACE_3)
        row.addWidget(Field("Now", self.old), 1)
        row.addWidget(Field("New", self.new), 1)
        section.body.addLayout(row)
        self.change = push_button("Change the password")
        self.change.clicked.connect(self._change)
        line = buttons(self.change)
        line.addWidget(label("Other devices are signed out then.", "faint"))
        section.body.addLayout(line)
        return section

    def _factor_section(self) -> Section:
        section = Section("Second factor")
        self.stack = QStackedWidget()
        self.off, self.enrol, self.codes, self.on = QWidget(), QWidget(), QWidget(), QWidget()
        for page, fill in (
            (self.off, self._fill_off),
            (self.enrol, self._fill_enrol),
            (self.codes, self._fill_codes),
            (self.on, self._fill_on),
        ):
            column = QVBoxLayout(page)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(SPACE_3)
            fill(column)
            column.addStretch(1)
            self.stack.addWidget(page)
        section.body.addWidget(self.stack)
        return section

    def _fill_off(self, column: QVBoxLayout) -> None:
        column.addWidget(
            label(
                "With a second factor, signing in asks for a code of an authenticator app on your phone, too: a stolen "
                "password alone opens nothing.",
                "muted",
                wrap=True,
            )
        )
        self.begin_password = _secret_line("Your password, to begin")
        self.begin_password.setAccessibleName("Password")
        self.begin_password.returnPressed.connect(self._begin)
        self.begin = push_button("Set it up", "", "shield-check")
        self.begin.clicked.connect(self._begin)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addWidget(self.begin_password, 1)
        row.addWidget(self.begin)
        column.addLayout(row)

    def _fill_enrol(self, column: QVBoxLayout) -> None:
        self.qr = QrCode(QR_PX)
        self.secret = label("", "secret", wrap=True)
        self.secret.setFont(mono_font())
        self.secret.setTextInteractionFlags(self.secret.textInteractionFlags().TextSelectableByMouse)
        copy = push_button("Copy", "", "copy")
        copy.clicked.connect(lambda: self._copy(self._enrolment.secret, "The secret is on the clipboard."))
        show = push_button("Open in an app", "ghost", "external-link")
        show.setToolTip("An authenticator app on this computer")
        show.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(self._enrolment.uri)))
        side = QVBoxLayout()
        side.setSpacing(SPACE_2)
        side.addWidget(label("1.  Scan this with the authenticator app on your phone, or type the secret into it:",
                             "muted", wrap=True))  # fmt: skip
        side.addWidget(self.secret)
        side.addLayout(buttons(copy, show))
        side.addStretch(1)
        side.addWidget(label("2.  Type the code that the app shows now:", "muted"))
        beside = QHBoxLayout()
        beside.setSpacing(SPACE_4)
        beside.addWidget(self.qr)
        beside.addLayout(side, 1)
        column.addLayout(beside)
        self.code = QLineEdit()
        self.code.setAccessibleName("Code")
        self.code.setPlaceholderText("123 456")
        self.code.returnPressed.connect(self._confirm)
        self.confirm = push_button("Switch it on", "primary")
        self.confirm.clicked.connect(self._confirm)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addWidget(self.code, 1)
        row.addWidget(self.confirm)
        side.addLayout(row)
        self._enrolment = Enrolment(secret="", uri="")

    def _fill_codes(self, column: QVBoxLayout) -> None:
        column.addWidget(
            label(
                "The second factor is on. Keep these recovery codes where your phone is not: each opens the account "
                "once, and they are not shown again.",
                "muted",
                wrap=True,
            )
        )
        halves = QHBoxLayout()
        halves.setSpacing(SPACE_2)
        self._halves = label("", "secret"), label("", "secret")
        for half in self._halves:
            half.setFont(mono_font())
            half.setTextInteractionFlags(half.textInteractionFlags().TextSelectableByMouse)
            halves.addWidget(half, 1)
        column.addLayout(halves)
        copy = push_button("Copy all", "", "copy")
        copy.clicked.connect(lambda: self._copy("\n".join(self.recovery), "The codes are on the clipboard."))
        kept = push_button("I have kept them", "primary")
        kept.clicked.connect(self._kept)
        column.addLayout(buttons(copy, kept))

    def _fill_on(self, column: QVBoxLayout) -> None:
        self.left = label("The second factor is on.", "success", wrap=True)
        column.addWidget(self.left)
        self.off_password, self.off_code = _secret_line(), QLineEdit()
        row = QHBoxLayout()
        row.setSpacing(SPACE_4)
        row.addWidget(Field("Password", self.off_password), 1)
        row.addWidget(Field("Code", self.off_code), 1)
        column.addLayout(row)
        self.end = push_button("Switch it off", "danger")
        self.end.clicked.connect(self._end)
        self.renew = push_button("New recovery codes")
        self.renew.clicked.connect(self._renew)
        column.addLayout(buttons(self.renew, self.end))

    def _copy(self, text: str, said: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.say(said)

    def load(self) -> None:
        self.ask(calls.second_factor, self._show)

    def _show(self, standing: calls.SecondFactor) -> None:
        left = standing.recovery_codes_left
        self.left.setText(f"The second factor is on; {left} recovery codes are left.")
        set_role(self.left, "success" if left > 2 else "warning")
        if self.stack.currentWidget() in (self.off, self.on):
            self.stack.setCurrentWidget(self.on if standing.enabled else self.off)

    def _change(self) -> None:
        old, new = self.old.text(), self.new.text()
        if len(new) < calls.LEAST_PASSWORD:
            self.refuse(f"A new password needs {calls.LEAST_PASSWORD} characters or more.")
            return

        def done(_: object) -> None:
            self.old.clear()
            self.new.clear()
            self.say("Your new password is set; other devices are signed out.")

        self.ask(lambda desk: calls.change_password(desk, old, new), done, busy=self.change)

    def _begin(self) -> None:
        def begun(enrolment: Enrolment) -> None:
            self._enrolment = enrolment
            self.secret.setText(_in_fours(enrolment.secret))
            self.qr.show_text(enrolment.uri)
            self.stack.setCurrentWidget(self.enrol)
            self.code.setFocus(Qt.FocusReason.OtherFocusReason)

        password = self.begin_password.text()
        self.begin_password.clear()
        self.ask(lambda desk: calls.enrol(desk, password), begun, busy=self.begin)

    def _confirm(self) -> None:
        code = self.code.text().replace(" ", "")

        self.ask(lambda desk: calls.confirm_enrolment(desk, code), self._show_codes, busy=self.confirm)

    def _show_codes(self, codes: list[str]) -> None:
        for line in (self.code, self.off_password, self.off_code):
            line.clear()
        self.recovery = codes
        half = (len(codes) + 1) // 2
        for part, shown in zip(self._halves, (codes[:half], codes[half:]), strict=True):
            part.setText("\n".join(shown))
        self.stack.setCurrentWidget(self.codes)

    def _kept(self) -> None:
        """They aren't shown again."""
        self.recovery = []
        for half in self._halves:
            half.clear()
        self.stack.setCurrentWidget(self.on)
        self.load()

    def _renew(self) -> None:
        password, code = self.off_password.text(), self.off_code.text().replace(" ", "")
        self.ask(lambda desk: calls.renew_recovery_codes(desk, password, code), self._show_codes, busy=self.renew)

    def _end(self) -> None:
        password, code = self.off_password.text(), self.off_code.text().replace(" ", "")

        def done(_: object) -> None:
            self.off_password.clear()
            self.off_code.clear()
            self.stack.setCurrentWidget(self.off)
            self.say("The second factor is off.")

        self.ask(lambda desk: calls.end_second_factor(desk, password, code), done, busy=self.end)
