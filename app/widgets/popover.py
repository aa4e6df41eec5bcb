"""A small panel that opens at a button and closes with a click beside it or Esc."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.theme.tokens import SPACE_1, SPACE_3


class Popover(QFrame):
    """`body` takes the content. It is deleted when it closes."""

    def __init__(self, anchor: QWidget, width_px: int) -> None:
        # A child of the window, not of the anchor: a bar's own look of labels would reach in here.
        super().__init__(anchor.window(), Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._anchor = anchor
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        frame = QFrame()
        frame.setObjectName("popover")
        frame.setFixedWidth(width_px)
        outer.addWidget(frame)
        self.body = QVBoxLayout(frame)
        self.body.setContentsMargins(SPACE_3, SPACE_3, SPACE_3, SPACE_3)
        self.body.setSpacing(SPACE_3)

    def pop_up(self) -> None:
        """Show it at its anchor: above when there is no room below, and within the anchor's window."""
        self.adjustSize()
        anchor, window = self._anchor, self._anchor.window()
        edge = window.mapToGlobal(QPoint(window.width(), window.height()))
        at = anchor.mapToGlobal(QPoint(0, anchor.height() + SPACE_1))
        if at.y() + self.height() > edge.y():
            at.setY(anchor.mapToGlobal(QPoint(0, 0)).y() - self.height() - SPACE_1)
        at.setX(max(window.mapToGlobal(QPoint(0, 0)).x(), min(at.x(), edge.x() - self.width() - SPACE_3)))
        self.move(at)
        self.show()
