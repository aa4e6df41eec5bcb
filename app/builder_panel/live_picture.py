"""The mascot as it is now, drawn in the background while the controls move; never an older one after a newer."""

from __future__ import annotations

import time

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.background import Background
from app.builder_panel.svg_painter import paint_svg
from app.stage.latest import Latest
from app.theme.tokens import DARK, RADIUS_L
from engine.protocol.mascot import Mascot

CHECKER = 10
MAX_SIDE, MIN_SIDE = 1024, 160
FRAME_SECONDS = 0.016
"""What one picture may cost while the mascot changes; a slower machine draws it smaller until the hand rests."""


class LivePicture(QWidget):
    """Square; shows `mascot` as soon as it is drawn."""

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.setAccessibleName("Mascot")
        self._image: QImage | None = None
        self._mascot: Mascot | None = None
        self._shown: tuple[Mascot, int] | None = None
        self._quick = MAX_SIDE
        self._latest = Latest(background, self)
        self._latest.done.connect(self._take)
        self._latest.busy_changed.connect(lambda busy: busy or self._settle())

    @property
    def image(self) -> QImage | None:
        """The newest picture."""
        return self._image

    @property
    def up_to_date(self) -> bool:
        """Whether the picture shown is the mascot's, at full size."""
        return self._shown == (self._mascot, self._full())

    def show_mascot(self, mascot: Mascot) -> None:
        self._mascot = mascot
        self._ask(min(self._full(), self._quick) if self._latest.busy else self._full())

    def sizeHint(self) -> QSize:
        return QSize(280, 260)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._settle()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_L, RADIUS_L)
        painter.setClipPath(shape)
        painter.fillRect(self.rect(), QColor(DARK.checker_a))
        for row in range(0, self.height(), CHECKER):
            for column in range(row // CHECKER % 2 * CHECKER, self.width(), 2 * CHECKER):
                painter.fillRect(column, row, CHECKER, CHECKER, QColor(DARK.checker_b))
        if self._image is not None:
            side = self._side()
            box = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
            painter.drawImage(box, self._image)
        painter.end()

    def _side(self) -> int:
        return max(16, min(self.width(), self.height()) - 8)

    def _full(self) -> int:
        return min(MAX_SIDE, round(self._side() * self.devicePixelRatioF()))

    def _ask(self, side: int) -> None:
        mascot = self._mascot
        if mascot is None:
            return

        def work() -> tuple[QImage, float]:
            from engine.builder.draw import draw

            began = time.thread_time()
            image = paint_svg(draw(mascot).svg(), side)
            return image, time.thread_time() - began

        self._latest.ask((mascot, side), work)

    def _take(self, key: tuple[Mascot, int], result: tuple[QImage, float]) -> None:
        self._image, seconds = result
        self._shown = key
        factor = min(max((FRAME_SECONDS / max(seconds, 1e-4)) ** 0.5, 0.7), 1.3)
        self._quick = round(min(max(key[1] * factor, MIN_SIDE), MAX_SIDE))
        self.update()

    def _settle(self) -> None:
        """Nothing waits any more: draw once at full size if the last one was smaller."""
        if self._mascot is not None and not self.up_to_date and not self._latest.busy:
            self._ask(self._full())
