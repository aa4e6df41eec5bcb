"""Five stars to click: a rating, or the least rating that is looked for."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.theme.icons import colour, pixmap

STARS = 5
STAR_PX, STEP_PX = 16, 20


class Stars(QWidget):
    """Emits `rated(int)`; a click on the star that is the rating takes it away. Keys 0 to 5, Left and Right work."""

    rated = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rating = 0
        self._hovered = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.setToolTip(f"{name}: click a star, or type 0 to 5")
        self.setFixedSize(self.sizeHint())

    @property
    def rating(self) -> int:
        return self._rating

    def set_rating(self, rating: int) -> None:
        """Show a rating without emitting."""
        self._rating = rating
        self.setAccessibleDescription(f"{rating} of {STARS} stars")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(STARS * STEP_PX + 2, 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        shown = self._hovered or self._rating
        top = (self.height() - STAR_PX) // 2
        for number in range(STARS):
            lit = number < shown
            tint = "warning" if lit else "text_faint"
            painter.drawPixmap(QPoint(number * STEP_PX + 2, top), pixmap("star", STAR_PX, tint, filled=lit))
        if self.hasFocus():
            painter.setPen(colour("focus"))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = self._star_at(event)
        self.update()

    def leaveEvent(self, _event: QEvent) -> None:
        self._hovered = 0
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            star = self._star_at(event)
            self._rate(0 if star == self._rating else star)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() in {str(number) for number in range(STARS + 1)}:
            self._rate(int(event.text()))
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._rate(min(STARS, max(0, self._rating + (1 if event.key() == Qt.Key.Key_Right else -1))))
        else:
            super().keyPressEvent(event)

    def _star_at(self, event: QMouseEvent) -> int:
        return min(STARS, max(1, int(event.position().x()) // STEP_PX + 1))

    def _rate(self, rating: int) -> None:
        self._hovered = 0
        self.set_rating(rating)
        self.rated.emit(rating)
