"""The selected region: an outline on the canvas, soft by a pixel at its edge."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPolygonF


@dataclass(frozen=True, eq=False)
class Selection:
    """Nothing is selected when the outline is empty; then tools work everywhere."""

    outline: QPainterPath = field(default_factory=QPainterPath)

    def __bool__(self) -> bool:
        return not self.outline.isEmpty()

    @classmethod
    def rectangle(cls, first: QPointF, second: QPointF) -> Selection:
        """A rectangle of whole pixels between two corners."""
        area = QRectF(first, second).normalized()
        path = QPainterPath()
        path.addRect(
            QRectF(QPointF(round(area.left()), round(area.top())), QPointF(round(area.right()), round(area.bottom())))
        )
        return cls(path)

    @classmethod
    def lasso(cls, points: list[QPointF]) -> Selection:
        """The region that a closed line goes round; nothing with fewer than three points."""
        path = QPainterPath()
        if len(points) > 2:
            path.addPolygon(QPolygonF(points))
            path.closeSubpath()
            path.setFillRule(Qt.FillRule.WindingFill)
        return cls(path.simplified())

    def with_more(self, other: Selection) -> Selection:
        return Selection(self.outline.united(other.outline).simplified())

    def with_less(self, other: Selection) -> Selection:
        return Selection(self.outline.subtracted(other.outline).simplified())

    def bounds(self) -> QRect:
        return self.outline.boundingRect().toAlignedRect()

    def coverage(self, area: QRect) -> NDArray[np.uint8]:
        """(height, width) uint8 of a region of the canvas: 255 is selected."""
        image = QImage(area.size(), QImage.Format.Format_Grayscale8)
        image.fill(0)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-area.left(), -area.top())
        painter.fillPath(self.outline, Qt.GlobalColor.white)
        painter.end()
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
        return rows[:, : image.width()].copy()

    def limit(self, strength: NDArray[np.uint8], area: QRect) -> NDArray[np.uint8]:
        """`strength` of a region of the canvas, only where it is selected."""
        product = strength.astype(np.uint16) * self.coverage(area)
        return ((product + 127) // 255).astype(np.uint8)


NOTHING = Selection()
