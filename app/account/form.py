"""A page of the account's sheet: a heading, lines to fill in, one button that does it, and links to other pages."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.account.calls import LEAST_PASSWORD
from app.create_panel.fields import Field
from app.theme.tokens import SPACE_2, SPACE_3
from app.widgets.buttons import push_button
from app.widgets.labels import label
from app.widgets.notes import NoteLine

NEW_PASSWORD = "new_password"


def is_address(text: str) -> bool:
    """Whether it looks like an e-mail address; only a mail to it proves it."""
    name, _, host = text.rpartition("@")
    return bool(name) and "." in host.strip(".") and not any(letter.isspace() for letter in text)


class Form(QWidget):
    """Signals: `submitted(dict)` name → text when every line is filled in, `went(page)` for a link.

    Lines are (name, caption, placeholder); a name that ends in "password" hides what is typed.
    """

    submitted = Signal(object)
    went = Signal(str)

    def __init__(
        self,
        heading: str,
        words: str,
        lines: tuple[tuple[str, str, str], ...],
        button: str,
        links: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__()
        self._button_text = button
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(SPACE_3)
        self.column.addWidget(label(heading, "title"))
        self.words = label(words, "muted", wrap=True)
        self.column.addWidget(self.words)
        self.lines: dict[str, QLineEdit] = {}
        self.fields: dict[str, Field] = {}
        for name, caption, placeholder in lines:
            line = QLineEdit()
            line.setPlaceholderText(placeholder)
            line.returnPressed.connect(self.submit)
            if name.endswith("password"):
                line.setEchoMode(QLineEdit.EchoMode.Password)
            self.lines[name] = line
            self.fields[name] = Field(caption, line)
            self.column.addWidget(self.fields[name])
        self.note = NoteLine()
        self.column.addWidget(self.note)
        self.button: QPushButton = push_button(button, "primary")
        self.button.setMinimumSize(QSize(0, 36))
        self.button.clicked.connect(self.submit)
        self.column.addWidget(self.button)
        if links:
            made = [push_button(text, "ghost") for _, text in links]
            for link, (page, _) in zip(made, links, strict=True):
                link.clicked.connect(lambda _checked=False, wanted=page: self.went.emit(wanted))
            row = QHBoxLayout()
            row.setSpacing(SPACE_2)
            row.addStretch(1)
            for link in made:
                row.addWidget(link)
            row.addStretch(1)
            self.column.addLayout(row)
        self.column.addStretch(1)

    def text(self, name: str) -> str:
        line = self.lines[name]
        return line.text() if name.endswith("password") else line.text().strip()

    def submit(self) -> None:
        """Emit what was typed, or mark the first line that is empty."""
        if not self.button.isEnabled():
            return
        self.note.clear_note()
        for name, field in self.fields.items():
            problem = self._problem(name, field.caption.text())
            field.show_problem(problem or None)
            if problem:
                self.lines[name].setFocus(Qt.FocusReason.OtherFocusReason)
                return
        self.submitted.emit({name: self.text(name) for name in self.lines})

    def _problem(self, name: str, caption: str) -> str:
        text = self.text(name)
        if not text:
            return f"{caption} is missing."
        if name == "email" and not is_address(text):
            return "This is no e-mail address."
        if name == NEW_PASSWORD and len(text) < LEAST_PASSWORD:
            return f"A password needs {LEAST_PASSWORD} characters or more."
        return ""

    def set_busy(self, words: str = "") -> None:
        """While something runs, the button says what."""
        self.button.setEnabled(not words)
        self.button.setText(words or self._button_text)
        for line in self.lines.values():
            line.setEnabled(not words)

    def show_problem(self, sentence: str) -> None:
        self.set_busy()
        self.note.show_note(sentence, "error")

    def show_words(self, sentence: str) -> None:
        """What to do now, under the heading."""
        self.words.setText(sentence)

    def come(self) -> None:
        """The page comes to the front: the first empty line takes the focus."""
        self.set_busy()
        self.note.clear_note()
        for field in self.fields.values():
            field.show_problem(None)
        first = next((line for line in self.lines.values() if not line.text()), None)
        (first or self.button).setFocus(Qt.FocusReason.OtherFocusReason)

    def high_for(self, width_px: int) -> int:
        """How high the page is at this width."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        return layout.totalHeightForWidth(width_px) if layout.hasHeightForWidth() else layout.sizeHint().height()

    def forget(self) -> None:
        """Leave no secret in a line."""
        for name, line in self.lines.items():
            if name.endswith("password") or name in ("code", "link"):
                line.clear()
