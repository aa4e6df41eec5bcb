"""The loop as a strip: where it is now, and a place to take hold of it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme.tokens import DARK, TEXT_XS

HEIGHT = 34
MARGIN = 8.0
KEY_STEP = 1 / 60
"""A share of the loop that an arrow key moves."""
TICK_SECONDS = 0.5


class LoopTimeline(QWidget):
    """`scrubbed(phase)` while the user moves in the loop (0..1), `scrubbing(bool)` when the hold begins and ends."""

    scrubbed = Signal(float)
    scrubbing = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Loop")
        self.setToolTip("Drag to move through the loop; arrow keys step")
        self._phase = 0.0
        self._seconds = 1.0

    @property
    def phase(self) -> float:
        return self._phase

    def sizeHint(self) -> QSize:
        return QSize(240, HEIGHT)

    def set_loop(self, seconds: float) -> None:
        self._seconds = max(seconds, 0.1)
        self.update()

    def set_phase(self, phase: float) -> None:
        """Follow the loop. Repaints only where the head has moved by a visible amount."""
        if abs(phase - self._phase) * self._length() >= 0.5:
            self._phase = phase
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.scrubbing.emit(True)
            self._scrub(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._scrub(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.scrubbing.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -KEY_STEP, Qt.Key.Key_Right: KEY_STEP}
        match Qt.Key(event.key()):
            case key if key in steps:
                self._go((self._phase + steps[key]) % 1.0)
            case Qt.Key.Key_Home:
                self._go(0.0)
            case _:
                super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = 11.0
        at = MARGIN + self._phase * self._length()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(DARK.hover))
        painter.drawRoundedRect(QRectF(MARGIN, middle - 2, self._length(), 4), 2, 2)
        painter.setBrush(QColor(DARK.accent))
        painter.drawRoundedRect(QRectF(MARGIN, middle - 2, at - MARGIN, 4), 2, 2)
        self._draw_ticks(painter, middle)
        painter.setPen(QPen(QColor(DARK.focus), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(DARK.text))
        painter.drawEllipse(QPointF(at, middle), 6, 6)
        painter.end()

    def _draw_ticks(self, painter: QPainter, middle: float) -> None:
        font = self.font()
        font.setPixelSize(TEXT_XS - 1)
        painter.setFont(font)
        count = round(self._seconds / TICK_SECONDS)
        for i in range(count + 1):
            x = MARGIN + min(i * TICK_SECONDS / self._seconds, 1.0) * self._length()
            whole = i % 2 == 0
            painter.setPen(QPen(QColor(DARK.border_strong if not whole else DARK.text_disabled), 1))
            painter.drawLine(QPointF(x, middle + 7), QPointF(x, middle + (11 if whole else 9)))
            if (whole and i * TICK_SECONDS < self._seconds - 0.2) or i == count:
                painter.setPen(QColor(DARK.text_faint))
                box = QRectF(x - 20, middle + 11, 40, 12)
                flag = Qt.AlignmentFlag.AlignHCenter
                if i == 0:
                    box, flag = QRectF(MARGIN, middle + 11, 40, 12), Qt.AlignmentFlag.AlignLeft
                elif i == count:
                    box, flag = QRectF(x - 40, middle + 11, 40, 12), Qt.AlignmentFlag.AlignRight
                painter.drawText(box, int(flag), f"{min(i * TICK_SECONDS, self._seconds):g} s")

    def _length(self) -> float:
        return max(self.width() - 2 * MARGIN, 1.0)

    def _scrub(self, x: float) -> None:
        self._go(min(max((x - MARGIN) / self._length(), 0.0), 0.9999))

    def _go(self, phase: float) -> None:
        self._phase = phase
        self.update()
        self.scrubbed.emit(phase)
