"""Tiles of which exactly one is taken: each shows what it would look like."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.theme.tokens import DARK, RADIUS_M, SPACE_1, TEXT_XS

CAPTION_HEIGHT = 18


class ChoiceGrid(QWidget):
    """`chosen(index)` when the user takes a tile. Arrow keys walk, as in a group of radio buttons."""

    chosen = Signal(int)

    def __init__(self, name: str, captions: Sequence[str], columns: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._captions = list(captions)
        self._columns = columns
        self._images: list[QImage | None] = [None] * len(captions)
        self._current = 0
        self._hovered = -1

    @property
    def current(self) -> int:
        return self._current

    def set_current(self, index: int) -> None:
        """Mark a tile as taken without telling anyone."""
        self._current = index
        self.setAccessibleDescription(self._captions[index])
        self.update()

    def set_image(self, index: int, image: QImage) -> None:
        self._images[index] = image
        self.update(self.tile(index))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        rows = -(-len(self._captions) // self._columns)
        return rows * (self._side(width) + CAPTION_HEIGHT) + (rows - 1) * SPACE_1

    def sizeHint(self) -> QSize:
        return QSize(280, self.heightForWidth(280))

    def minimumSizeHint(self) -> QSize:
        return QSize(220, self.heightForWidth(220))

    def tile(self, index: int) -> QRect:
        """Where a tile lies, its caption included."""
        side = self._side(self.width())
        row, column = divmod(index, self._columns)
        return QRect(column * (side + SPACE_1), row * (side + CAPTION_HEIGHT + SPACE_1), side, side + CAPTION_HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event)
        if event.button() is Qt.MouseButton.LeftButton and index >= 0:
            self._take(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self._at(event)
        if index != self._hovered:
            self._hovered = index
            self.setCursor(Qt.CursorShape.PointingHandCursor if index >= 0 else Qt.CursorShape.ArrowCursor)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = -1
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns,
            Qt.Key.Key_Down: self._columns,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif 0 <= self._current + step < len(self._captions):
            self._take(self._current + step)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = [i for i in range(len(self._captions)) if self.tile(i).contains(event.pos())]
            if found:
                QToolTip.showText(event.globalPos(), self._captions[found[0]], self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        font = self.font()
        font.setPixelSize(TEXT_XS)
        painter.setFont(font)
        for index, caption in enumerate(self._captions):
            self._draw_tile(painter, index, caption)
        painter.end()

    def _draw_tile(self, painter: QPainter, index: int, caption: str) -> None:
        whole = self.tile(index)
        box = QRectF(whole.x() + 1, whole.y() + 1, whole.width() - 2, whole.width() - 2)
        taken, hovered = index == self._current, index == self._hovered
        border = DARK.accent if taken else DARK.border_strong if hovered else DARK.border
        if taken and self.hasFocus():
            border = DARK.focus
        painter.setPen(QPen(QColor(border), 2 if taken else 1))
        painter.setBrush(QColor(DARK.accent_soft if taken else DARK.hover if hovered else DARK.raised))
        painter.drawRoundedRect(box, RADIUS_M, RADIUS_M)
        image = self._images[index]
        if image is not None:
            painter.drawImage(box.adjusted(3, 3, -3, -3), image)
        painter.setPen(QColor(DARK.text if taken or hovered else DARK.text_muted))
        below = QRectF(whole.x() - 4, whole.y() + whole.width(), whole.width() + 8, CAPTION_HEIGHT)
        text = painter.fontMetrics().elidedText(caption, Qt.TextElideMode.ElideRight, int(below.width()))
        painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), text)

    def _side(self, width: int) -> int:
        return max(24, (width - (self._columns - 1) * SPACE_1) // self._columns)

    def _at(self, event: QMouseEvent) -> int:
        place = event.position().toPoint()
        return next((i for i in range(len(self._captions)) if self.tile(i).contains(place)), -1)

    def _take(self, index: int) -> None:
        if index != self._current:
            self.set_current(index)
            self.chosen.emit(index)
