"""The password, and the second factor with its recovery codes."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from app.account import calls
from app.account.calls import Enrolment
from app.account.cloud import StudioCloud
from app.account.page import Page
from app.create_panel.fields import Field
from app.theme.fonts import mono_font
from app.theme.roles import set_role
from app.theme.tokens import SPACE_2, SPACE_3, SPACE_4, TEXT_L
from app.widgets.buttons import push_button
from app.widgets.labels import label
from app.widgets.rows import buttons
from app.widgets.section import Section


def _secret_line(placeholder: str = "") -> QLineEdit:
    line = QLineEdit()
    line.setEchoMode(QLineEdit.EchoMode.Password)
    line.setPlaceholderText(placeholder)
    return line


def _in_fours(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


class SecurityPage(Page):
    def __init__(self, cloud: StudioCloud) -> None:
        super().__init__(cloud)
        self.column.addWidget(self._password_section())
        self.column.addSpacing(SPACE_3)
        self.column.addWidget(self._factor_section())
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
        column.addWidget(
            label("Add this secret to your authenticator app, then type the code that it shows.", "muted", wrap=True)
        )
        self.secret = label("", "secret", wrap=True)
        self.secret.setFont(mono_font(TEXT_L))
        self.secret.setTextInteractionFlags(self.secret.textInteractionFlags().TextSelectableByMouse)
        column.addWidget(self.secret)
        copy = push_button("Copy", "", "copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._enrolment.secret))
        show = push_button("Open in an app", "ghost", "external-link")
        show.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(self._enrolment.uri)))
        column.addLayout(buttons(copy, show))
        self.code = QLineEdit()
        self.code.setPlaceholderText("123 456")
        self.code.returnPressed.connect(self._confirm)
        self.confirm = push_button("Switch it on", "primary")
        self.confirm.clicked.connect(self._confirm)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addWidget(self.code, 1)
        row.addWidget(self.confirm)
        column.addLayout(row)
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
        self.recovery = label("", "secret")
        self.recovery.setFont(mono_font())
        self.recovery.setTextInteractionFlags(self.recovery.textInteractionFlags().TextSelectableByMouse)
        column.addWidget(self.recovery)
        copy = push_button("Copy all", "", "copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.recovery.text()))
        kept = push_button("I have kept them", "primary")
        kept.clicked.connect(lambda: self.stack.setCurrentWidget(self.on))
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

        def done(_: object) -> None:
            self.old.clear()
            self.new.clear()
            self.say("Your new password is set; other devices are signed out.")

        self.ask(lambda desk: calls.change_password(desk, old, new), done, busy=self.change)

    def _begin(self) -> None:
        def begun(enrolment: Enrolment) -> None:
            self._enrolment = enrolment
            self.secret.setText(_in_fours(enrolment.secret))
            self.stack.setCurrentWidget(self.enrol)

        password = self.begin_password.text()
        self.begin_password.clear()
        self.ask(lambda desk: calls.enrol(desk, password), begun, busy=self.begin)

    def _confirm(self) -> None:
        code = self.code.text().replace(" ", "")

        self.ask(lambda desk: calls.confirm_enrolment(desk, code), self._show_codes, busy=self.confirm)

    def _show_codes(self, codes: list[str]) -> None:
        for line in (self.code, self.off_password, self.off_code):
            line.clear()
        half = (len(codes) + 1) // 2
        lines = [f"{left}     {right}" for left, right in zip(codes[:half], [*codes[half:], ""], strict=False)]
        self.recovery.setText("\n".join(lines))
        self.stack.setCurrentWidget(self.codes)

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
