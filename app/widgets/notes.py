"""A note in place: one quiet line under the thing that it speaks of."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.theme.roles import set_role

SEVERITIES = ("info", "success", "warning", "error")


class NoteLine(QLabel):
    """Hidden while there is nothing to say; takes no room then."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.hide()

    def show_note(self, text: str, severity: str = "info") -> None:
        """Show `text`; severity is info, success, warning or error."""
        self.setText(text)
        self.setAccessibleName(text)
        set_role(self, severity)
        self.show()

    def clear_note(self) -> None:
        self.setText("")
        self.hide()
