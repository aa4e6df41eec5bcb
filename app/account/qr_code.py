"""A text as a QR code: what a phone's camera reads off the screen."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

QUIET = 4
"""Modules of white around the code, as its standard asks."""
INK, PAPER = "#000000", "#ffffff"


def modules(text: str) -> list[list[bool]]:
    """The code's modules row by row, True for a dark one, without the white around."""
    import segno

    return [[bool(module) for module in row] for row in segno.make_qr(text, error="m").matrix]


class QrCode(QWidget):
    """Square, white with black modules in any theme."""

    def __init__(self, edge_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(QSize(edge_px, edge_px))
        self.setAccessibleName("QR code of the secret")
        self._modules: list[list[bool]] = []

    def show_text(self, text: str) -> None:
        """An empty text leaves the paper white."""
        self._modules = modules(text) if text else []
        self.update()

    def image(self) -> QImage:
        """As it is seen on the screen."""
        return self.grab().toImage()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(PAPER))
        painter.setBrush(QColor(PAPER))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        count = len(self._modules) + 2 * QUIET
        edge = max(1, self.width() // count)  # whole pixels: edges stay sharp
        left = (self.width() - edge * len(self._modules)) // 2
        for y, row in enumerate(self._modules):
            for x, dark in enumerate(row):
                if dark:
                    painter.fillRect(left + x * edge, left + y * edge, edge, edge, QColor(INK))
        painter.end()
