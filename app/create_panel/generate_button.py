"""The button that starts, and while work is going on shows how far it is and stops it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QWidget

from app.create_panel.generator import Working
from app.theme.icons import colour, icon
from app.theme.roles import set_kind
from app.theme.tokens import RADIUS_M
from app.widgets.buttons import tooltip
from app.widgets.durations import time_left


class GenerateButton(QPushButton):
    """Signals: `start()` and `stop()`."""

    start = Signal()
    stop = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._working: Working | None = None
        self.setMinimumHeight(38)
        self.clicked.connect(lambda: (self.stop if self._working else self.start).emit())
        self.show_working(None)

    def show_working(self, working: Working | None) -> None:
        """Follow the work; None means there is none."""
        self._working = working
        if working is None:
            set_kind(self, "primary")
            self.setText(" Generate")
            self.setIcon(icon("sparkles", "on_accent"))
            self.setToolTip("Make the picture  (Ctrl+Enter)")
        else:
            set_kind(self, "progress")
            parts = ["Cancel", f"{working.fraction:.0%}", time_left(working.eta_s, working.fraction)]
            if working.left > 1:
                parts.append(f"{working.left} to go")
            self.setText(" " + "  ·  ".join(part for part in parts if part))
            self.setIcon(icon("x", "text"))
            self.setToolTip(tooltip("Stop what is being made", "Ctrl+."))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._working is None:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        shape = QPainterPath()
        shape.addRoundedRect(area, RADIUS_M, RADIUS_M)
        painter.fillPath(shape, QColor(colour("hover" if self.underMouse() else "raised")))
        painter.save()
        painter.setClipPath(shape)
        done = QRectF(area.left(), area.top(), area.width() * self._working.fraction, area.height())
        painter.fillRect(done, QColor(colour("accent_soft")))
        painter.fillRect(QRectF(done.left(), done.bottom() - 2.5, done.width(), 3), QColor(colour("accent")))
        painter.restore()
        painter.setPen(QColor(colour("focus" if self.hasFocus() else "border_strong")))
        painter.drawPath(shape)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        self.style().drawControl(QStyle.ControlElement.CE_PushButtonLabel, option, painter, self)
        painter.end()
