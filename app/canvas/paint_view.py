"""The canvas that is painted on: shows the document, and hands the pen's and the mouse's moves to the tools."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QEnterEvent,
    QImage,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.canvas.camera import Camera
from app.canvas.image_view import MARGIN_PX, STEP, checkerboard
from app.canvas.paint_overlay import Overlay
from app.painting.easel import Easel
from app.painting.screen import Screen
from app.theme.icons import colour

FRAME_S = 0.008
"""How long a frame may draw what changed before it is shown as far as it is."""
SHARP_FROM = 2.0
"""Screen pixels per canvas pixel from which on pixels are shown as squares."""


class PaintView(QWidget):
    """Signals: `zoomed(float)` device pixels per canvas pixel, `pictures_dropped(QMimeData)`."""

    zoomed = Signal(float)
    pictures_dropped = Signal(object)

    def __init__(self, easel: Easel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.easel = easel
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_TabletTracking)
        self.setAcceptDrops(True)
        self.setAccessibleName("Canvas")
        self.setMinimumSize(240, 200)
        self._checker: QPixmap | None = None
        self._fitted = True
        self.preview: QImage | None = None
        self.preview_area = QRect()
        self.camera = Camera(QSizeF(1, 1), QPointF())
        self.screen_of = Screen(easel.document)
        self.overlay = Overlay(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.update)
        easel.document_changed.connect(self._document_changed)
        for signal in (easel.tool_changed, easel.brush_changed, easel.selection_changed, easel.edges_changed):
            signal.connect(self.update)
        self._follow()

    # the view

    def fit(self) -> None:
        """The whole picture in the view, with the edges that are to grow."""
        self._fitted = True
        area = self.easel.edges.around(self.easel.document.painting.frame)
        self.look(self.camera.fitted(QRectF(area), MARGIN_PX))
        self._fitted = True

    def actual_size(self) -> None:
        """One canvas pixel per screen pixel, upright."""
        self.look(Camera(self.camera.view, self.camera.centre, 1.0 / self.devicePixelRatioF()))

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        self.look(self.camera.zoomed(factor, at if at is not None else QPointF(self.rect().center())))

    def turn_by(self, degrees: float) -> None:
        self.look(self.camera.turned(degrees))

    def pan(self, by: QPointF) -> None:
        self.look(self.camera.panned(by))

    def look(self, camera: Camera) -> None:
        """Look from elsewhere."""
        self._fitted = False
        self.camera = camera
        self.zoomed.emit(camera.zoom * self.devicePixelRatioF())
        self.update()

    def show_preview(self, image: QImage | None, area: QRect | None = None) -> None:
        """Show a picture in the making over a region of the canvas; None takes it away."""
        self.preview, self.preview_area = image, area or QRect()
        self.update()

    # following the document

    def _document_changed(self) -> None:
        self.screen_of = Screen(self.easel.document)
        self.preview = None
        self._follow()
        self.fit()

    def _follow(self) -> None:
        document = self.easel.document
        document.painted.connect(self._painted)
        document.reframed.connect(self._reframed)

    def _painted(self, region: QRegion) -> None:
        self.screen_of.mark(region)
        area = self.camera.transform().mapRect(QRectF(region.boundingRect()))
        self.update(area.toAlignedRect().adjusted(-4, -4, 4, 4))

    def _reframed(self) -> None:
        self.screen_of.reframe()
        if self._fitted:
            self.fit()
        self.update()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        visible = self._visible_canvas()
        self.screen_of.work(FRAME_S, visible)
        if self.screen_of.behind:
            self._soon.start()
        painter = QPainter(self)
        painter.setClipRegion(event.region())
        painter.fillRect(event.rect(), QColor(colour("canvas")))
        painter.setTransform(self.camera.transform())
        self._draw_ground(painter)
        self._draw_picture(painter)
        if self.preview is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(self.preview_area), self.preview)
        painter.resetTransform()
        self.overlay.draw(painter)
        painter.end()

    def _visible_canvas(self) -> QRect:
        inverse, _ = self.camera.transform().inverted()
        return inverse.mapRect(QRectF(self.rect())).toAlignedRect()

    def _draw_ground(self, painter: QPainter) -> None:
        if self._checker is None:
            self._checker = checkerboard()
        brush = QBrush(self._checker)
        inverse, _ = self.camera.transform().inverted()
        # Squares keep their size on the screen, whatever the zoom.
        brush.setTransform(inverse)
        painter.fillRect(self.easel.document.painting.frame, brush)

    def _draw_picture(self, painter: QPainter) -> None:
        scale = self.camera.zoom * self.devicePixelRatioF()
        level = self.screen_of.level_for(scale)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < SHARP_FROM)
        frame = self.easel.document.painting.frame
        size = 2**level
        image = self.screen_of.levels[level]
        # A level's last pixels stand for more than the frame when its size is odd.
        place = QRectF(frame.left(), frame.top(), image.width() * size, image.height() * size)
        painter.save()
        painter.setClipRect(QRectF(frame), Qt.ClipOperation.IntersectClip)
        painter.drawImage(place, image)
        painter.restore()

    # events of the view itself; those of tools are in the hand

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fitted = self._fitted
        self.camera = self.camera.resized(QSizeF(self.size()))
        if fitted:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        pixels = event.pixelDelta()
        if not pixels.isNull() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.pan(QPointF(pixels))
        elif event.angleDelta().y():
            self.zoom_by(STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1.0 + event.value(), event.position())
                return True
            if event.gestureType() == Qt.NativeGestureType.RotateNativeGesture:
                self.turn_by(event.value())
                return True
        return super().event(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.overlay.point_at(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.overlay.point_at(None)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasImage() or event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.pictures_dropped.emit(event.mimeData())
        event.acceptProposedAction()
