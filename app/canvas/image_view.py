"""A picture that can be zoomed and panned, over a checkerboard where it is transparent."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.theme.icons import colour

MIN_ZOOM, MAX_ZOOM = 0.05, 32.0
STEP = 1.25
CHECKER_PX = 12
MARGIN_PX = 28


def checkerboard() -> QPixmap:
    """One tile of the pattern that stands for transparency."""
    tile = QPixmap(2 * CHECKER_PX, 2 * CHECKER_PX)
    tile.fill(QColor(colour("checker_a")))
    painter = QPainter(tile)
    for x, y in ((0, 0), (CHECKER_PX, CHECKER_PX)):
        painter.fillRect(x, y, CHECKER_PX, CHECKER_PX, QColor(colour("checker_b")))
    painter.end()
    return tile


class ImageView(QWidget):
    """Wheel and pinch zoom at the pointer; space-drag, middle-drag and arrow keys pan.

    Signals: `zoomed(float)` screen pixels per picture pixel, `drag_wanted()` when the user pulls the picture out.
    """

    zoomed = Signal(float)
    drag_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Picture")
        self._image = QImage()
        self._drawn_size = (0.0, 0.0)
        self._zoom = 1.0
        self._centre = QPointF()
        self._fitted = True
        self._space = False
        self._pressed_at: QPointF | None = None
        self._panning = False
        self.checker = True
        self.sharp_pixels = False

    @property
    def image(self) -> QImage:
        return self._image

    @property
    def zoom(self) -> float:
        return self._zoom

    def show_image(self, image: QImage, drawn_size: tuple[int, int] | None = None) -> None:
        """Show a picture. `drawn_size` is the width and height it stands for, when it is only a small preview of it,
        or none yet: then its place is shown."""
        size = drawn_size or (image.width(), image.height())
        new_frame = size != self._drawn_size
        self._image, self._drawn_size = image, (float(size[0]), float(size[1]))
        if new_frame or self._fitted:
            self.fit()
        self.update()

    def clear(self) -> None:
        self._image, self._drawn_size = QImage(), (0.0, 0.0)
        self.update()

    def fit(self) -> None:
        """The whole picture in the window, never larger than 1:1 unless it is tiny."""
        self._fitted = True
        width, height = self._drawn_size
        if width <= 0 or height <= 0:
            return
        room_x, room_y = max(40, self.width() - 2 * MARGIN_PX), max(40, self.height() - 2 * MARGIN_PX)
        self._centre = QPointF(width / 2, height / 2)
        self._set_zoom(min(room_x / width, room_y / height, max(1.0, 256 / max(width, height))))

    def actual_size(self) -> None:
        """One picture pixel per screen pixel."""
        self._fitted = False
        self._set_zoom(1.0 / self.devicePixelRatioF())

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom with the point `at` (widget coordinates; the middle by default) staying where it is."""
        self._fitted = False
        pivot = at if at is not None else QPointF(self.rect().center())
        before = self._to_picture(pivot)
        self._set_zoom(self._zoom * factor)
        self._centre += before - self._to_picture(pivot)
        self.update()

    def set_checker(self, shown: bool) -> None:
        self.checker = shown
        self.update()

    def set_sharp_pixels(self, sharp: bool) -> None:
        """Nearest-neighbour drawing instead of smooth."""
        self.sharp_pixels = sharp
        self.update()

    def picture_rect(self) -> QRectF:
        """Where the picture lies in the widget."""
        width, height = self._drawn_size[0] * self._zoom, self._drawn_size[1] * self._zoom
        middle = QPointF(self.rect().center())
        left_top = middle - self._centre * self._zoom
        return QRectF(left_top.x(), left_top.y(), width, height)

    def _set_zoom(self, zoom: float) -> None:
        self._zoom = min(MAX_ZOOM, max(MIN_ZOOM, zoom))
        self.zoomed.emit(self._zoom)
        self.update()

    def _to_picture(self, point: QPointF) -> QPointF:
        return (point - QPointF(self.rect().center())) / self._zoom + self._centre

    # events

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colour("canvas")))
        if self._drawn_size[0] > 0:
            area = self.picture_rect()
            self._paint_checker(painter, area)
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not self.sharp_pixels)
            painter.drawImage(self.picture_rect(), self._image)
        if self.hasFocus():
            painter.setPen(QColor(colour("border_strong")))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_checker(self, painter: QPainter, area: QRectF) -> None:
        if self.checker:
            painter.setBrushOrigin(area.topLeft())
            painter.fillRect(area, QBrush(checkerboard()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._image.isNull():
            return
        pixels = event.pixelDelta()
        if not pixels.isNull() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._pan(QPointF(pixels))
        elif event.angleDelta().y():
            self.zoom_by(STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_by(1.0 + event.value(), event.position())
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._pressed_at = event.position()
        self._panning = event.button() == Qt.MouseButton.MiddleButton or (
            event.button() == Qt.MouseButton.LeftButton and self._space
        )
        if self._panning:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None:
            return
        moved = event.position() - self._pressed_at
        if self._panning:
            self._pan(moved)
            self._pressed_at = event.position()
        elif event.buttons() & Qt.MouseButton.LeftButton and moved.manhattanLength() > 12:
            self._pressed_at = None
            self.drag_wanted.emit()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._pressed_at, self._panning = None, False
        self.setCursor(Qt.CursorShape.OpenHandCursor if self._space else Qt.CursorShape.ArrowCursor)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        if self._fitted:
            self.actual_size()
        else:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pans = {
            Qt.Key.Key_Left: QPointF(48, 0),
            Qt.Key.Key_Right: QPointF(-48, 0),
            Qt.Key.Key_Up: QPointF(0, 48),
            Qt.Key.Key_Down: QPointF(0, -48),
        }
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Space:
            self._space = True
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif key in pans and not self._fitted:
            self._pan(pans[key])
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self.setCursor(Qt.CursorShape.ArrowCursor)
        else:
            super().keyReleaseEvent(event)

    def _pan(self, by: QPointF) -> None:
        if self._image.isNull():
            return
        self._fitted = False
        self._centre -= by / self._zoom
        self.update()
