"""A copy of all that the server knows of one, and the end of the account."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit

from app.account import calls
from app.account.cloud import StudioCloud
from app.account.page import Page
from app.create_panel.fields import Field
from app.theme.tokens import SPACE_4
from app.widgets.buttons import push_button
from app.widgets.labels import label
from app.widgets.rows import buttons
from app.widgets.section import Section


class DataPage(Page):
    """Emits `left()` when the account is deleted."""

    left = Signal()

    def __init__(self, cloud: StudioCloud) -> None:
        super().__init__(cloud)
        export = Section("A copy of your data")
        export.body.addWidget(label("Everything that the server knows of you, in one file.", "muted", wrap=True))
        self.export = push_button("Save a copy…", "", "download")
        self.export.clicked.connect(self._choose)
        export.body.addLayout(buttons(self.export))
        end = Section("Delete the account")
        end.body.addWidget(
            label(
                "The account, its personal workspace and its sign-ins are deleted from the server. What is in the "
                "library on this machine stays. Workspaces that you own and share go to somebody else first.",
                "muted",
                wrap=True,
            )
        )
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.textChanged.connect(lambda _text: self._calm())
        end.body.addWidget(Field("Password", self.password))
        self.delete = push_button("Delete the account…", "danger", "trash-2")
        self.delete.clicked.connect(self._delete)
        end.body.addLayout(buttons(self.delete))
        self._asked = False
        self.column.addWidget(export)
        self.column.addSpacing(SPACE_4)
        self.column.addWidget(end)
        self.column.addWidget(self.note)
        self.column.addStretch(1)

    def load(self) -> None:
        self._calm()

    def _choose(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, "Save a copy of your data", "mascotforge-account.zip", "Archives (*.zip)"
        )
        if path:
            self.save_to(Path(path))

    def save_to(self, path: Path) -> None:
        """Fetch the copy and write it to a file."""
        self.ask(
            lambda desk: calls.export_account(desk, path), lambda _: self.say(f"Saved to {path}."), busy=self.export
        )

    def _calm(self) -> None:
        if self._asked:
            self.note.clear_note()
        self._asked = False
        self.delete.setText(" Delete the account…")

    def _delete(self) -> None:
        """The second press deletes."""
        password = self.password.text()
        if not self._asked:
            self._asked = True
            self.delete.setText(" Delete for good")
            self.note.show_note("Press again to delete the account. It can't be brought back.", "warning")
            return
        self.ask(lambda desk: calls.delete_account(desk, password), lambda _: self.left.emit(), busy=self.delete)
