"""What is drawn over the canvas: the selection's outline, the brush's edge, the edges that are to grow."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen

from app.painting.easel import Easel
from app.painting.tools.kinds import PAINTERS, ToolKind
from app.theme.icons import colour

if TYPE_CHECKING:
    from app.canvas.paint_view import PaintView

HANDLE_PX = 10.0
DASH = (4.0, 4.0)


class Overlay:
    """Drawn in widget coordinates, so that lines stay a pixel wide."""

    def __init__(self, view: PaintView) -> None:
        self._view = view
        self.pointer: QPointF | None = None

    @property
    def _easel(self) -> Easel:
        return self._view.easel

    def point_at(self, place: QPointF | None) -> None:
        """The pointer is here now (None: not over the canvas)."""
        before, self.pointer = self.pointer, place
        for point in (before, place):
            if point is not None and self._easel.tool in PAINTERS:
                self._view.update(self._brush_rect(point))

    def draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_edges(painter)
        self._draw_selection(painter)
        if self.pointer is not None and self._easel.tool in PAINTERS:
            self._draw_brush(painter, self.pointer)
        if self._view.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(colour("border_strong")))
            painter.drawRect(self._view.rect().adjusted(0, 0, -1, -1))

    def _draw_selection(self, painter: QPainter) -> None:
        selection = self._easel.selection
        if not selection:
            return
        outline = self._view.camera.transform().map(selection.outline)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(0, 0, 0, 200), 1.0))
        painter.drawPath(outline)
        pen = QPen(QColor(255, 255, 255), 1.0)
        pen.setDashPattern(DASH)
        painter.setPen(pen)
        painter.drawPath(outline)

    def _radius(self) -> float:
        brush = self._easel.brush
        return 0.0 if brush is None else max(1.5, brush.size / 2 * self._view.camera.zoom)

    def _brush_rect(self, at: QPointF) -> QRect:
        reach = ceil(self._radius()) + 3
        return QRect(int(at.x()) - reach, int(at.y()) - reach, 2 * reach + 1, 2 * reach + 1)

    def _draw_brush(self, painter: QPainter, at: QPointF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = self._radius()
        for tint, wider in ((QColor(0, 0, 0, 160), 0.5), (QColor(255, 255, 255, 220), -0.5)):
            painter.setPen(QPen(tint, 1.0))
            painter.drawEllipse(at, radius + wider, radius + wider)

    def _draw_edges(self, painter: QPainter) -> None:
        easel = self._easel
        frame = easel.document.painting.frame
        if not easel.edges.any and easel.tool is not ToolKind.EXTEND:
            return
        transform = self._view.camera.transform()
        grown = easel.edges.around(frame)
        outer, inner = QPainterPath(), QPainterPath()
        outer.addRect(QRectF(grown))
        inner.addRect(QRectF(frame))
        fresh = transform.map(outer.subtracted(inner))
        painter.fillPath(fresh, QBrush(QColor(colour("border_strong"))))
        painter.fillPath(fresh, QBrush(QColor(colour("text_faint")), Qt.BrushStyle.Dense6Pattern))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colour("accent")), 1.5))
        painter.drawPath(transform.map(outer))
        if easel.tool is ToolKind.EXTEND:
            self._draw_handles(painter, QRectF(grown))

    def _draw_handles(self, painter: QPainter, area: QRectF) -> None:
        middle = area.center()
        places = (
            QPointF(area.left(), middle.y()),
            QPointF(area.right(), middle.y()),
            QPointF(middle.x(), area.top()),
            QPointF(middle.x(), area.bottom()),
        )
        painter.setPen(QPen(QColor(colour("on_accent")), 1.0))
        painter.setBrush(QColor(colour("accent")))
        for place in places:
            at = self._view.camera.transform().map(place)
            painter.drawRoundedRect(QRectF(at.x() - HANDLE_PX / 2, at.y() - HANDLE_PX / 2, HANDLE_PX, HANDLE_PX), 3, 3)
