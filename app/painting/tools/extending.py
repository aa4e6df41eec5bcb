"""Dragging the picture's edges outwards, for what is to be made beyond them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF

from app.painting.curve import Touch
from app.painting.easel import Easel, Edges


def sides_at(easel: Easel, point: QPointF, reach: float) -> frozenset[str]:
    """The edges (left, top, right, bottom) of the grown frame within `reach` canvas pixels of a point."""
    area = easel.edges.around(easel.document.painting.frame)
    left, top = float(area.left()), float(area.top())
    right, bottom = left + area.width(), top + area.height()
    inside_x = left - reach <= point.x() <= right + reach
    inside_y = top - reach <= point.y() <= bottom + reach
    found = {
        "left": inside_y and abs(point.x() - left) <= reach,
        "right": inside_y and abs(point.x() - right) <= reach,
        "top": inside_x and abs(point.y() - top) <= reach,
        "bottom": inside_x and abs(point.y() - bottom) <= reach,
    }
    return frozenset(side for side, near in found.items() if near)


class ExtendGesture:
    def __init__(self, easel: Easel, sides: frozenset[str], touch: Touch) -> None:
        self._easel, self._sides, self._start, self._before = easel, sides, touch, easel.edges

    def move(self, touch: Touch) -> None:
        across, down = round(touch.x - self._start.x), round(touch.y - self._start.y)
        by = {"left": -across, "right": across, "top": -down, "bottom": down}
        edges: Edges = self._before
        for side in self._sides:
            edges = replace(edges, **{side: getattr(self._before, side) + by[side]})
        self._easel.set_edges(edges)

    def release(self, touch: Touch) -> None:
        self.move(touch)

    def cancel(self) -> None:
        self._easel.set_edges(self._before)
