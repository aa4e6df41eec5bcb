"""Two pictures in one place: a slider between them, one after the other, what differs, or side by side."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.canvas.image_view import ImageView
from app.theme.icons import colour

FLIP_MS = 700
GRAB_PX = 12
KEY_STEP = 0.02


class Mode(StrEnum):
    SLIDER = "slider"
    FLIP = "flip"
    DIFFERENCE = "difference"
    BESIDE = "beside"


class CompareView(ImageView):
    """The first picture decides the size; the second is drawn over the same area. Zoom and place are one for both.

    Slider: drag the line, or Left and Right. Flip: a click or the space bar changes the picture, too.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._second = QImage()
        self._difference = QImage()
        self._mode = Mode.SLIDER
        self._share = 0.5
        self._flipped = False
        self._dragging = False
        self._flipping = QTimer(self)
        self._flipping.setInterval(FLIP_MS)
        self._flipping.timeout.connect(self.flip)
        self.setMouseTracking(True)
        self.setAccessibleName("Two pictures")

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def share(self) -> float:
        """How much of the first picture the slider shows, from the left, 0 to 1."""
        return self._share

    @property
    def flipped(self) -> bool:
        """Whether the second picture is shown."""
        return self._flipped

    def show_pair(self, first: QImage, second: QImage, difference: QImage | None = None) -> None:
        """Show two pictures; the second may have another size. `difference`: what `difference_of` them gave before."""
        self._second = second
        self._difference = difference_of(first, second) if difference is None else difference
        self.show_image(first)

    @property
    def unlike(self) -> float:
        """The share of pixels that differ visibly, 0 to 1."""
        return _share_lit(self._difference)

    def set_mode(self, mode: Mode) -> None:
        self._mode = mode
        self._flipped = False
        if mode is Mode.FLIP:
            self._flipping.start()
        else:
            self._flipping.stop()
        self.fit()
        self.update()

    def set_share(self, share: float) -> None:
        self._share = min(1.0, max(0.0, share))
        self.update()

    def flip(self) -> None:
        """Show the other picture."""
        self._flipped = not self._flipped
        self.update()

    def swap(self) -> None:
        """Let the pictures change places."""
        first = self.image
        self.show_pair(self._second, first)

    # drawing

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colour("canvas")))
        if not self.image.isNull():
            if self._mode is Mode.BESIDE:
                self._paint_beside(painter)
            else:
                self._paint_over(painter)
        painter.end()

    def _paint_over(self, painter: QPainter) -> None:
        area = self.picture_rect()
        if self._mode is Mode.DIFFERENCE:
            painter.fillRect(area, QColor("#000000"))
            self._draw(painter, self._difference, area)
            return
        self._paint_checker(painter, area)
        if self._mode is Mode.FLIP:
            self._draw(painter, self._second if self._flipped else self.image, area)
            self._name(painter, area, "2" if self._flipped else "1", right=False)
            return
        edge = area.left() + area.width() * self._share
        painter.save()
        painter.setClipRect(QRectF(area.left(), area.top(), edge - area.left(), area.height()))
        self._draw(painter, self.image, area)
        painter.setClipRect(QRectF(edge, area.top(), area.right() - edge, area.height()))
        self._draw(painter, self._second, area)
        painter.restore()
        self._name(painter, area, "1", right=False)
        self._name(painter, area, "2", right=True)
        self._paint_handle(painter, area, edge)

    def _paint_beside(self, painter: QPainter) -> None:
        """Each half shows the same part of its picture."""
        half = self.width() / 2
        area = self.picture_rect()
        for number, image in enumerate((self.image, self._second)):
            window = QRectF(number * half + (1 if number else 0), 0, half - 1, self.height())
            place = area.translated((-0.25 + 0.5 * number) * self.width(), 0)
            painter.save()
            painter.setClipRect(window)
            self._paint_checker(painter, place)
            self._draw(painter, image, place)
            painter.restore()
            self._name(painter, window, str(number + 1), right=False)
        painter.fillRect(QRectF(half - 1, 0, 2, self.height()), QColor(colour("border_strong")))

    def _paint_handle(self, painter: QPainter, area: QRectF, edge: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(edge - 1, area.top(), 2, area.height()), QColor(colour("accent")))
        middle = QPointF(edge, min(self.height() - 24.0, max(24.0, area.center().y())))
        painter.setBrush(QColor(colour("accent")))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(middle, GRAB_PX, GRAB_PX)
        painter.setPen(QColor(colour("on_accent")))
        painter.drawText(QRectF(middle.x() - 12, middle.y() - 12, 24, 24), int(Qt.AlignmentFlag.AlignCenter), "↔")

    def _draw(self, painter: QPainter, image: QImage, area: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not self.sharp_pixels)
        painter.drawImage(area, image)

    def _name(self, painter: QPainter, area: QRectF, text: str, *, right: bool) -> None:
        inside = area.intersected(QRectF(self.rect()))
        left = inside.right() - 30 if right else inside.left() + 8
        badge = QRectF(left, inside.top() + 8, 22, 22)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour("raised")))
        painter.drawEllipse(badge)
        painter.setPen(QColor(colour("text")))
        painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), text)

    def fit(self) -> None:
        """Side by side each picture has half the width."""
        super().fit()
        size = self.image.size()
        if self._mode is Mode.BESIDE and size.width() > 0:
            room = max(40.0, self.width() / 2 - 40)
            wide = size.width() * self.zoom
            if wide > room:
                self._set_zoom(self.zoom * room / wide)

    # input

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._mode is Mode.SLIDER and event.button() == Qt.MouseButton.LeftButton and self._near_line(event):
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._dragging = True
            return
        if self._mode is Mode.FLIP and event.button() == Qt.MouseButton.LeftButton:
            self._flipping.stop()
            self.flip()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            area = self.picture_rect()
            self.set_share((event.position().x() - area.left()) / max(1.0, area.width()))
            return
        near = self._mode is Mode.SLIDER and self._near_line(event)
        self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)
        if event.buttons():
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = False
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self._mode is Mode.SLIDER and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.set_share(self._share + (KEY_STEP if key == Qt.Key.Key_Right else -KEY_STEP))
        elif self._mode is Mode.FLIP and key == Qt.Key.Key_Space:
            self._flipping.stop()
            self.flip()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._flipping.stop()
        super().hideEvent(event)

    def _near_line(self, event: QMouseEvent) -> bool:
        area = self.picture_rect()
        return abs(event.position().x() - area.left() - area.width() * self._share) <= GRAB_PX


def difference_of(first: QImage, second: QImage) -> QImage:
    """Where and how much two pictures differ, brightened so that small differences are seen; black is equal."""
    import numpy as np

    if first.isNull() or second.isNull():
        return QImage()
    other = second.scaled(
        first.size(), Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    one, two = _pixels(first), _pixels(other)
    apart = np.abs(one.astype(np.int16) - two.astype(np.int16)).max(axis=2)
    lit = np.minimum(255, apart * 3).astype(np.uint8)
    result = QImage(lit.tobytes(), first.width(), first.height(), first.width(), QImage.Format.Format_Grayscale8)
    return result.copy()


def _pixels(image: QImage):  # type: ignore[no-untyped-def]
    """Height × width × 4 premultiplied values from 0 to 255."""
    import numpy as np

    plain = image.convertToFormat(QImage.Format.Format_RGBA8888_Premultiplied)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : plain.width() * 4].reshape(plain.height(), plain.width(), 4).copy()


def _share_lit(image: QImage) -> float:
    import numpy as np

    if image.isNull():
        return 0.0
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return float((rows[:, : image.width()] > 12).mean())
