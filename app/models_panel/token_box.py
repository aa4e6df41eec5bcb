"""Access tokens for gated models: typed once, kept in the system's keyring, sent to their own host alone."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.models_panel.desk import StudioModels
from app.theme.tokens import SPACE_2
from app.widgets.buttons import push_button
from app.widgets.labels import label
from app.widgets.section import Section

HOSTS = ("huggingface.co", "civitai.com")


class TokenBox(QWidget):
    """A host, its token, keep and forget; a kept token is never shown again."""

    def __init__(self, desk: StudioModels, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.section = Section("Access tokens for gated models", collapsible=True, opened=False)
        self.host = QComboBox()
        self.host.setAccessibleName("Host of the token")
        self.host.setEditable(True)
        self.host.addItems(HOSTS)
        self.token = QLineEdit()
        self.token.setAccessibleName("Access token")
        self.token.setPlaceholderText("Paste the token of your account there")
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.keep = push_button("Keep", "primary")
        self.forget = push_button("Forget", "ghost", "trash-2")
        self.state = label("", "faint", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addWidget(self.host, 1)
        row.addWidget(self.token, 2)
        row.addWidget(self.keep)
        row.addWidget(self.forget)
        self.section.body.addLayout(row)
        self.section.body.addWidget(self.state)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.section)
        self.keep.clicked.connect(self._keep)
        self.token.returnPressed.connect(self._keep)
        self.forget.clicked.connect(lambda: desk.keep_token(self._host(), None))
        self.host.currentTextChanged.connect(lambda _text: desk.look_for_token(self._host()))
        self.section.toggled.connect(lambda opened: desk.look_for_token(self._host()) if opened else None)
        desk.token_known.connect(self._show)

    def _host(self) -> str:
        return self.host.currentText().strip().casefold()

    def _keep(self) -> None:
        token, host = self.token.text().strip(), self._host()
        if not token or not host:
            self.state.setText("Name the host and paste its token first.")
            return
        self.token.clear()
        self._desk.keep_token(host, token)

    def _show(self, host: str, kept: bool) -> None:
        if host != self._host():
            return
        self.forget.setEnabled(kept)
        words = f"A token for {host} is in this system's keyring; it is sent to that host alone."
        self.state.setText(words if kept else f"No token for {host} is kept.")
