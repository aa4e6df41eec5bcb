"""How far the open project's sync is: an icon and a word in the line at the bottom; a click tells more."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from app.account.cloud import StudioCloud
from app.account.moments import ago
from app.models_panel.words import size_words
from app.sharing.words import ICONS, short
from app.theme.icons import icon
from app.theme.roles import set_kind
from app.theme.tokens import ICON_S
from app.widgets.buttons import push_button
from app.widgets.labels import label
from app.widgets.popover import Popover
from app.widgets.rows import Row, RowList, buttons, icon_mark
from engine.cloud.records import SyncState, SyncStatus

MOST_LISTED = 5


class SyncLight(QToolButton):
    """Hidden while nobody is signed in. Signals: `share_wanted()`, `account_wanted()`."""

    share_wanted = Signal()
    account_wanted = Signal()

    def __init__(self, cloud: StudioCloud, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cloud = cloud
        set_kind(self, "state")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(ICON_S, ICON_S))
        self.clicked.connect(self.open)
        cloud.status_changed.connect(self._show)
        cloud.account_changed.connect(self._show)
        self._show()

    def open(self) -> None:
        """Tell more, in a popover."""
        self.popover = SyncPopover(self, self._cloud)
        self.popover.share_wanted.connect(self.share_wanted)
        self.popover.account_wanted.connect(self.account_wanted)
        self.popover.pop_up()

    def _show(self) -> None:
        account, status = self._cloud.account, self._cloud.status
        self.setVisible(account is not None)
        if account is None:
            return
        if not account.signed_in:
            self._set("cloud-off", "warning", "Signed out", "Your sign-in has ended; sign in again to go on syncing.")
        elif status is None:
            self._set("cloud", "text_faint", "Only here", "This project is in your library alone.")
        else:
            self._set(*ICONS[status.state], short(status), status.sentence)

    def _set(self, name: str, tint: str, words: str, sentence: str) -> None:
        self.setIcon(icon(name, tint))
        self.setText(f" {words}")
        self.setToolTip(sentence)
        self.setAccessibleName(f"Sync: {words}")


class SyncPopover(Popover):
    """Signals: `share_wanted()`, `account_wanted()`."""

    share_wanted = Signal()
    account_wanted = Signal()

    def __init__(self, anchor: QWidget, cloud: StudioCloud) -> None:
        super().__init__(anchor, 380)
        self._cloud = cloud
        self.now = push_button("Sync now", "", "refresh-cw")
        self.now.clicked.connect(self._sync)
        self.share = push_button("Share…")
        self.share.clicked.connect(self._share)
        self.account = push_button("Sign in…", "primary", "log-in")
        self.account.clicked.connect(self._account)
        self.own = push_button("Send as me", "primary", "send")
        self.own.clicked.connect(self._send_as_oneself)
        self.heading = label("", "heading")
        self.sentence = label("", "muted", wrap=True)
        self.waiting = label("", "faint", wrap=True)
        for part in (self.heading, self.sentence, self.waiting):
            self.body.addWidget(part)
        self.body.addLayout(buttons(self.account, self.own, self.now, self.share))
        self.others = RowList(fits=True)
        self.others_title = label("Other shared projects", "section")
        self.body.addWidget(self.others_title)
        self.body.addWidget(self.others)
        cloud.status_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        account, status = self._cloud.account, self._cloud.status
        signed_in = account is not None and account.signed_in
        self.account.setVisible(not signed_in)
        held = status is not None and status.state is SyncState.HELD
        self.own.setVisible(signed_in and held)
        self.now.setVisible(signed_in and status is not None and not held)
        self.share.setVisible(signed_in)
        self.share.setText("Share…" if status is None else "Sharing…")
        if status is None:
            self.heading.setText("Only here")
            self.sentence.setText("This project is in your library alone. Share it to work on it together.")
            self.waiting.hide()
        else:
            self.heading.setText(short(status))
            self.sentence.setText(status.sentence)
            self.waiting.setText(_details(status))
            self.waiting.setVisible(bool(self.waiting.text()))
        if not signed_in:
            self.heading.setText("Signed out")
            self.sentence.setText("Your sign-in has ended. What you make is kept and sent when you sign in again.")
        self._show_others()

    def _show_others(self) -> None:
        here = self._cloud.status
        others = [one for one in self._cloud.statuses if one is not here and one.state is not SyncState.STOPPED]
        self.others.clear()
        for one in others[:MOST_LISTED]:
            name, tint = ICONS[one.state]
            self.others.add(Row(icon_mark(name, tint, 16), one.name, one.sentence))
        for part in (self.others, self.others_title):
            part.setVisible(bool(others))
        self.adjustSize()

    def _sync(self) -> None:
        status = self._cloud.status
        if status is not None:
            self.now.setEnabled(False)
            self._cloud.ask(self, lambda desk: desk.sync(status.project_id), lambda _: self._synced(), self._refused)

    def _send_as_oneself(self) -> None:
        status = self._cloud.status
        if status is not None:
            self.own.setEnabled(False)
            self._cloud.ask(
                self, lambda desk: desk.send_as_oneself(status.project_id), lambda _: self._synced(), self._refused
            )

    def _synced(self) -> None:
        self._enable()
        self._cloud.refresh()

    def _enable(self) -> None:
        for button in (self.own, self.now):
            button.setEnabled(True)

    def _refused(self, sentence: str) -> None:
        self._enable()
        self.sentence.setText(sentence)

    def _share(self) -> None:
        self.share_wanted.emit()
        self.close()

    def _account(self) -> None:
        self.account_wanted.emit()
        self.close()


def _details(status: SyncStatus) -> str:
    parts = [f"in “{status.workspace_name}”"] if status.workspace_name else []
    if status.files_up:
        parts.append(f"{_files(status.files_up)} to send ({size_words(status.bytes_up)})")
    if status.files_down:
        parts.append(f"{_files(status.files_down)} to fetch ({size_words(status.bytes_down)})")
    if status.synced_at:
        parts.append(f"last synced {ago(status.synced_at)}")
    return "  ·  ".join(parts)


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"
