"""A row of colours of which exactly one is taken."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.theme.tokens import DARK

HEIGHT = 30


class Swatches(QWidget):
    """`chosen(index)` when the user takes a colour."""

    chosen = Signal(int)

    def __init__(self, name: str, colours: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """`colours`: (name, "#rrggbb")."""
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._names = [colour[0] for colour in colours]
        self._colours = [QColor(colour[1]) for colour in colours]
        self._current = 0

    @property
    def current(self) -> int:
        return self._current

    def set_current(self, index: int) -> None:
        """Mark a colour as taken without telling anyone."""
        self._current = index
        self.setAccessibleDescription(self._names[index])
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(28 * len(self._colours), HEIGHT)

    def centre(self, index: int) -> QPointF:
        step = self.width() / len(self._colours)
        return QPointF((index + 0.5) * step, HEIGHT / 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._take(self._at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._take(min(max(self._current + step, 0), len(self._colours) - 1))

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            name = self._names[self._at(event.pos().x())].capitalize()
            QToolTip.showText(event.globalPos(), name, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = min(11.0, self.width() / len(self._colours) / 2 - 3)
        for index, colour in enumerate(self._colours):
            centre = self.centre(index)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour if self.isEnabled() else QColor(DARK.hover))
            painter.drawEllipse(centre, radius, radius)
            if index == self._current and self.isEnabled():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(DARK.focus if self.hasFocus() else DARK.text), 2))
                ring = radius + 3
                painter.drawEllipse(QRectF(centre.x() - ring, centre.y() - ring, 2 * ring, 2 * ring))
        painter.end()

    def _at(self, x: float) -> int:
        return min(max(int(x / max(self.width() / len(self._colours), 1)), 0), len(self._colours) - 1)

    def _take(self, index: int) -> None:
        if index != self._current:
            self.set_current(index)
            self.chosen.emit(index)
