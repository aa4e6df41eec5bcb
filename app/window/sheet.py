"""Sheets: panels that float over the dimmed window, closed with Esc or a click beside them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.theme.tokens import SPACE_2, SPACE_4, SPACE_6, SPACE_8
from app.widgets.buttons import IconButton
from app.widgets.labels import ElidedLabel

TOP_PX = 72


class Sheet(QWidget):
    """The scrim over `window` with a frame in it; `body` takes the content. Emits `gone()` when it closes."""

    gone = Signal()

    def __init__(self, window: QWidget, title: str = "", width_px: int = 640, height_px: int | None = None) -> None:
        super().__init__(window)
        self._over = window
        self.setObjectName("scrim")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._before = QApplication.focusWidget()
        self._gone = False
        self._width, self._height = width_px, height_px
        self.frame = QFrame(self)
        self.frame.setObjectName("sheet")
        outer = QVBoxLayout(self.frame)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.body = QVBoxLayout()
        self.body.setSpacing(SPACE_4)
        if title:
            head = QHBoxLayout()
            head.setContentsMargins(SPACE_6, SPACE_4, SPACE_4, SPACE_2)
            head.addWidget(ElidedLabel(title, "heading"), 1)
            close = IconButton("x", "Close", "Esc")
            close.clicked.connect(self.dismiss)
            head.addWidget(close)
            outer.addLayout(head)
            self.body.setContentsMargins(SPACE_6, SPACE_2, SPACE_6, SPACE_6)
        outer.addLayout(self.body, 1)
        window.installEventFilter(self)

    def open(self) -> None:
        """Show the sheet over the whole window."""
        self._place()
        self.show()
        self.raise_()
        self.frame.setFocus(Qt.FocusReason.PopupFocusReason)

    def set_size(self, width_px: int, height_px: int | None = None) -> None:
        """Another content needs another size."""
        self._width, self._height = width_px, height_px
        self._place()

    def dismiss(self) -> None:
        """Put the sheet away for good; the focus goes back to where it was."""
        if self._gone:
            return
        self._gone = True
        self._over.removeEventFilter(self)
        self.hide()
        if self._before is not None and isValid(self._before) and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._before = None
        self.gone.emit()
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.frame.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays inside the sheet."""
        inside = [
            w for w in self.frame.findChildren(QWidget) if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        current = QApplication.focusWidget()
        if not inside:
            return False
        at = inside.index(current) if current in inside else (-1 if forward else 0)
        inside[(at + (1 if forward else -1)) % len(inside)].setFocus(
            Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        )
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.setGeometry(self._over.rect())
        width = min(self._width, self.width() - 2 * SPACE_8)
        room = self.height() - TOP_PX - SPACE_8
        height = min(self._height or self.frame.sizeHint().height(), room)
        self.frame.setGeometry((self.width() - width) // 2, TOP_PX, width, height)
