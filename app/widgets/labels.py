"""Labels: a role each, and one that shortens its text to the room it has."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.theme.roles import set_role


def label(text: str, role: str = "", *, wrap: bool = False) -> QLabel:
    """A plain-text label with a role of the theme."""
    result = QLabel(text)
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setWordWrap(wrap)
    if role:
        set_role(result, role)
    return result


def wrapped(text: str, role: str = "") -> QLabel:
    """A plain-text label of as many lines as it takes, which asks for no width of its own."""
    result = label(text, role, wrap=True)
    policy = result.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
    result.setSizePolicy(policy)
    return result


class ElidedLabel(QLabel):
    """One line that ends in an ellipsis (or has one in the middle) when there is no room; the whole is its tooltip."""

    def __init__(
        self,
        text: str = "",
        role: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            set_role(self, role)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.end()
