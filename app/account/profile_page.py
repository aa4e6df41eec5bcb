"""Who one is to others, where the sign-in is kept, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.account import calls
from app.account.cloud import StudioCloud
from app.account.page import Page
from app.create_panel.fields import Field
from app.theme.tokens import SPACE_2, SPACE_4
from app.widgets.avatar import LARGE_PX, Avatar
from app.widgets.buttons import push_button
from app.widgets.labels import ElidedLabel, label
from app.widgets.rows import buttons
from engine.cloud.records import SyncStatus, unsent_words
from engine.protocol.people import colour_of

if TYPE_CHECKING:
    from engine.cloud.desk import CloudDesk


class ProfilePage(Page):
    """Emits `left()` after signing out."""

    left = Signal()

    def __init__(self, cloud: StudioCloud) -> None:
        super().__init__(cloud)
        account = cloud.account
        name, email = (account.name, account.email) if account else ("", "")
        head = QHBoxLayout()
        head.setSpacing(SPACE_4)
        self._tint = colour_of(account.user_id) if account else ""
        self.avatar = Avatar(name or email, self._tint, LARGE_PX)
        head.addWidget(self.avatar)
        lines = QVBoxLayout()
        lines.setSpacing(2)
        self.heading = ElidedLabel(name or email, "heading")
        lines.addStretch(1)
        lines.addWidget(self.heading)
        lines.addWidget(ElidedLabel(f"{email}  ·  {account.server if account else ''}", "faint"))
        lines.addStretch(1)
        head.addLayout(lines, 1)
        self.column.addLayout(head)
        self.name = QLineEdit(name)
        self.name.setPlaceholderText("As others will see it")
        self.name.returnPressed.connect(self._keep)
        self.keep = push_button("Keep", "primary")
        self.keep.clicked.connect(self._keep)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_2)
        row.addWidget(self.name, 1)
        row.addWidget(self.keep)
        field = Field("Your name")
        field.set_control(line, self.name)
        self.column.addWidget(field)
        self.column.addWidget(self.note)
        self.column.addStretch(1)
        self.column.addWidget(label(account.kept_in if account else "", "faint", wrap=True))
        self.out = push_button("Sign out", "", "log-out")
        self.out.clicked.connect(lambda: self._leave(everywhere=False))
        self.everywhere = push_button("Sign out on all devices", "ghost")
        self.everywhere.clicked.connect(lambda: self._leave(everywhere=True))
        self.column.addSpacing(SPACE_2)
        self.send = push_button("Send, then sign out", "primary", "send")
        self.send.clicked.connect(self._send_first)
        self.column.addLayout(buttons(self.send, self.out, self.everywhere))
        self._calm()

    def _keep(self) -> None:
        name = self.name.text().strip()
        if not name:
            self.refuse("A name is needed: it stands beside what you say and change.")
            return
        self.ask(lambda desk: calls.rename(desk, name), lambda _: self._kept(name), busy=self.keep)

    def _kept(self, name: str) -> None:
        self.heading.setText(name)
        self.avatar.show_person(name, self._tint)
        self.say("Others see this name now.")
        self.cloud.refresh()

    def load(self) -> None:
        self._calm()

    def _calm(self) -> None:
        self._everywhere, self._asked = False, False
        self.send.hide()
        self.out.setText(" Sign out")
        self.everywhere.setText("Sign out on all devices")

    def _leave(self, *, everywhere: bool) -> None:
        """With something unsent the second press signs out."""
        if self._asked and self._everywhere == everywhere:
            self._go(everywhere=everywhere)
            return

        def look(left: list[SyncStatus]) -> None:
            if left:
                self.ask_first(left, everywhere=everywhere)
            else:
                self._go(everywhere=everywhere)

        self.ask(lambda desk: desk.unsent(), look)

    def ask_first(self, left: list[SyncStatus], *, everywhere: bool = False) -> None:
        """Say what isn't sent yet, and offer to send it before signing out."""
        self._calm()
        self._everywhere, self._asked = everywhere, True
        self.send.show()
        (self.everywhere if everywhere else self.out).setText(f"{'' if everywhere else ' '}Sign out anyway")
        email = self.cloud.account.email if self.cloud.account else "you"
        self.note.show_note(
            f"{unsent_words(left)} to be sent. If you sign out now, all of it waits here until {email} signs in again.",
            "warning",
        )

    def _send_first(self) -> None:
        everywhere = self._everywhere

        def work(desk: CloudDesk) -> list[SyncStatus]:
            for one in desk.unsent():
                desk.sync(one.project_id)
            left = desk.unsent()
            if not left:
                desk.sign_out(everywhere=everywhere)
            return left

        def done(left: list[SyncStatus]) -> None:
            if left:
                self.refuse(f"Not all could be sent: {left[0].sentence}")
            else:
                self.left.emit()

        self.ask(work, done, busy=self.send)

    def _go(self, *, everywhere: bool) -> None:
        button = self.everywhere if everywhere else self.out
        self.ask(
            lambda desk: desk.sign_out_everywhere() if everywhere else desk.sign_out(),
            lambda _: self.left.emit(),
            busy=button,
        )
