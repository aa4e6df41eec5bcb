"""Where the canvas is looked at from: zoom, turn, and the point in the middle of the view."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QTransform

MIN_ZOOM, MAX_ZOOM = 0.02, 64.0


@dataclass(frozen=True)
class Camera:
    """`zoom` is logical screen pixels per canvas pixel, `turn` degrees clockwise, `centre` the canvas's point in the
    middle of a view of `view` logical pixels."""

    view: QSizeF
    centre: QPointF
    zoom: float = 1.0
    turn: float = 0.0

    def transform(self) -> QTransform:
        """From the canvas to the widget."""
        result = QTransform()
        result.translate(self.view.width() / 2, self.view.height() / 2)
        result.rotate(self.turn)
        result.scale(self.zoom, self.zoom)
        result.translate(-self.centre.x(), -self.centre.y())
        return result

    def to_canvas(self, point: QPointF) -> QPointF:
        inverse, _ = self.transform().inverted()
        return inverse.map(point)

    def panned(self, by: QPointF) -> Camera:
        """Moved by logical screen pixels."""
        moved = self.to_canvas(QPointF(0, 0)) - self.to_canvas(by)
        return replace(self, centre=self.centre + moved)

    def zoomed(self, factor: float, at: QPointF) -> Camera:
        """Nearer by a factor, the widget's point `at` staying where it is."""
        nearer = replace(self, zoom=min(MAX_ZOOM, max(MIN_ZOOM, self.zoom * factor)))
        return replace(nearer, centre=nearer.centre + self.to_canvas(at) - nearer.to_canvas(at))

    def turned(self, degrees: float) -> Camera:
        return replace(self, turn=(self.turn + degrees) % 360.0)

    def resized(self, view: QSizeF) -> Camera:
        return replace(self, view=view)

    def fitted(self, area: QRectF, margin: float) -> Camera:
        """The whole of `area` in the view, upright, never larger than 1:1 unless it is tiny."""
        if area.isEmpty() or self.view.isEmpty():
            return self
        room_x = max(40.0, self.view.width() - 2 * margin)
        room_y = max(40.0, self.view.height() - 2 * margin)
        largest = max(1.0, 256 / max(area.width(), area.height()))
        zoom = min(room_x / area.width(), room_y / area.height(), largest)
        return Camera(self.view, area.center(), max(MIN_ZOOM, zoom))
