"""The stage drawn by the processor, for displays without OpenGL: whole frames, never larger than can be kept up."""

from __future__ import annotations

import time

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.stage.drawable import Pixels
from app.stage.pacing import FramePacer
from app.stage.scene import CHECKER_PIXELS, StageScene

MAX_STILL = 2048
"""Longest side of a frame that is drawn while paused, in pixels."""
MAX_MOVING, MIN_MOVING = 1024, 320
SIZE_STEP = 32
SLOW_SECONDS, QUICK_SECONDS = 0.014, 0.007


class SoftwareCanvas(QWidget):
    """Draws the scene. `drawn(seconds)` follows each frame with the time that this thread spent on it."""

    drawn = Signal(float)

    def __init__(self, scene: StageScene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._scene = scene
        self._board: QPixmap | None = None
        self._budget = float(MAX_MOVING)
        self._pacer = FramePacer(self)
        self._pacer.due.connect(self.update)
        scene.redraw.connect(self.update)

    def release(self) -> None:
        """Stop drawing; the canvas is done."""
        self._pacer.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._scene.resize(self.size().toSizeF())
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        began = time.perf_counter()
        # What the frame costs this thread, not what other programs take away meanwhile, decides the frame's size.
        cost = time.thread_time()
        playing = self._scene.clock.playing
        painter = QPainter(self)
        self._draw_backdrop(painter)
        self._draw_picture(painter, playing)
        painter.end()
        spent = time.perf_counter() - began
        if playing:
            self._adapt(time.thread_time() - cost)
            self._pacer.frame_done()
        self.drawn.emit(spent)

    def _draw_backdrop(self, painter: QPainter) -> None:
        dark, light = self._scene.backdrop_colours()
        if dark == light:
            painter.fillRect(self.rect(), dark)
            return
        if self._board is None:
            self._board = QPixmap(2 * CHECKER_PIXELS, 2 * CHECKER_PIXELS)
            self._board.fill(dark)
            board = QPainter(self._board)
            board.fillRect(CHECKER_PIXELS, 0, CHECKER_PIXELS, CHECKER_PIXELS, light)
            board.fillRect(0, CHECKER_PIXELS, CHECKER_PIXELS, CHECKER_PIXELS, light)
            board.end()
        painter.drawTiledPixmap(self.rect(), self._board)

    def _draw_picture(self, painter: QPainter, playing: bool) -> None:
        drawable = self._scene.drawable
        if drawable is None:
            return
        view, ratio = self._scene.view, self.devicePixelRatioF()
        left, top, width, height = drawable.frame
        wanted = max(width, height) * view.scale * ratio
        limit = self._budget if playing else MAX_STILL
        # Performers keep textures for each size: a coarse ladder of sizes keeps them few while zooming.
        side = max(SIZE_STEP, round(min(wanted, limit) / SIZE_STEP) * SIZE_STEP)
        image = _borrowed_image(drawable.render(self._scene.clock.seconds(), side))
        x, y = view.to_widget(left, top)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(x, y, width * view.scale, height * view.scale), image)

    def _adapt(self, spent: float) -> None:
        if spent > SLOW_SECONDS:
            self._budget = max(MIN_MOVING, self._budget * 0.9)
        elif spent < QUICK_SECONDS:
            self._budget = min(MAX_MOVING, self._budget * 1.01)


def _borrowed_image(pixels: Pixels) -> QImage:
    """The pixels as a QImage without a copy; valid while `pixels` lives."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGBA8888_Premultiplied)
