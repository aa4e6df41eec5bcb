"""API keys for scripts: made with a name, scopes and an end; the secret is shown once."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from app.account import calls
from app.account.calls import ApiKey, NewApiKey
from app.account.cloud import StudioCloud
from app.account.moments import ago, day
from app.account.page import Page
from app.create_panel.fields import Field
from app.theme.fonts import mono_font
from app.theme.roles import set_role
from app.theme.tokens import SPACE_2, SPACE_3, SPACE_4
from app.widgets.buttons import push_button
from app.widgets.labels import label
from app.widgets.rows import Row, RowList, buttons, icon_mark

SCOPES = (("read", "Read", True), ("write", "Change", False), ("publish", "Publish", False))
LIVES = (("30 days", 30), ("90 days", 90), ("1 year", 365), ("No end", None))


class KeysPage(Page):
    def __init__(self, cloud: StudioCloud) -> None:
        super().__init__(cloud)
        self.column.addWidget(
            label("A key lets a script sign in as you, within what you allow it: mascotforge login --api-key",
                  "muted", wrap=True)
        )  # fmt: skip
        self.column.addWidget(self._maker())
        self.column.addWidget(self._shown_once())
        self.column.addWidget(self.note)
        self.empty = label("There is no key yet: no script can sign in as you.", "faint")
        self.empty.hide()
        self.column.addWidget(self.empty)
        self.list = RowList()
        self.column.addWidget(self.list, 1)

    def _maker(self) -> QFrame:
        card = QFrame()
        set_role(card, "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(SPACE_3, SPACE_3, SPACE_3, SPACE_3)
        column.setSpacing(SPACE_3)
        self.name = QLineEdit()
        self.name.setPlaceholderText("What is it for?")
        self.name.returnPressed.connect(self._make)
        self.life = QComboBox()
        for text, days in LIVES:
            self.life.addItem(text, days)
        self.life.setCurrentIndex(1)
        first = QHBoxLayout()
        first.setSpacing(SPACE_3)
        first.addWidget(Field("Name", self.name), 2)
        first.addWidget(Field("Good for", self.life), 1)
        column.addLayout(first)
        second = QHBoxLayout()
        second.setSpacing(SPACE_4)
        self.scopes: dict[str, QCheckBox] = {}
        for scope, text, on in SCOPES:
            box = QCheckBox(text)
            box.setChecked(on)
            self.scopes[scope] = box
            second.addWidget(box)
        second.addStretch(1)
        self.make = push_button("Make a key", "primary", "plus")
        self.make.clicked.connect(self._make)
        second.addWidget(self.make)
        column.addLayout(second)
        return card

    def _shown_once(self) -> QFrame:
        self.fresh = QFrame()
        set_role(self.fresh, "card")
        column = QVBoxLayout(self.fresh)
        column.setContentsMargins(SPACE_3, SPACE_3, SPACE_3, SPACE_3)
        column.setSpacing(SPACE_2)
        column.addWidget(label("Copy it now: it is not shown again.", "warning"))
        self.secret = label("", "secret", wrap=True)
        self.secret.setFont(mono_font())
        self.secret.setTextInteractionFlags(self.secret.textInteractionFlags().TextSelectableByMouse)
        column.addWidget(self.secret)
        copy = push_button("Copy", "", "copy")
        copy.clicked.connect(self._copy)
        done = push_button("Done", "ghost")
        done.clicked.connect(self._forget)
        column.addLayout(buttons(copy, done))
        self.fresh.hide()
        return self.fresh

    def load(self) -> None:
        self._forget()
        self.ask(calls.api_keys, self._show)

    def _forget(self) -> None:
        self.secret.setText("")
        self.fresh.hide()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.secret.text())
        self.say("The key is on the clipboard.")

    def _show(self, keys: list[ApiKey]) -> None:
        self.list.clear()
        self.empty.setVisible(not keys)
        for key in keys:
            end = push_button("Revoke", "ghost")
            end.clicked.connect(lambda _checked=False, gone=key: self._end(gone))
            used = f"used {ago(key.last_used_at)}" if key.last_used_at else "never used"
            ends = f"until {day(key.expires_at)}" if key.expires_at else "no end"
            words = "  ·  ".join((f"{key.beginning}…", ", ".join(key.scopes), used, ends))
            self.list.add(Row(icon_mark("key-round"), key.name, words, end))

    def _make(self) -> None:
        name, days = self.name.text().strip(), self.life.currentData()
        scopes = [scope for scope, box in self.scopes.items() if box.isChecked()]
        if not name or not scopes:
            self.refuse("Give the key a name and at least one thing that it may do.")
            return

        def made(new: NewApiKey) -> None:
            self.name.clear()
            self.secret.setText(new.secret)
            self.fresh.show()
            self.cloud.ask(self, calls.api_keys, self._show)

        self.ask(lambda desk: calls.make_api_key(desk, name, scopes, days), made, busy=self.make)

    def _end(self, key: ApiKey) -> None:
        def done(_: object) -> None:
            self.say(f"“{key.name}” opens nothing any more.")
            self.cloud.ask(self, calls.api_keys, self._show)

        self.ask(lambda desk: calls.end_api_key(desk, key.id), done)
