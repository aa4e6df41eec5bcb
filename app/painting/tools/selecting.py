"""Lasso and rectangle."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from app.painting.curve import Touch
from app.painting.easel import Easel
from app.painting.selection import NOTHING, Selection

LEAST_PX = 3.0
"""A drag shorter than this is a click, which selects nothing."""


class SelectGesture:
    """Shows the outline while it is drawn; adds to what was selected, takes away from it, or takes its place."""

    def __init__(self, easel: Easel, touch: Touch, *, lasso: bool, more: bool, less: bool) -> None:
        self._easel, self._lasso, self._more, self._less = easel, lasso, more, less
        self._before = easel.selection
        self._points = [QPointF(touch.x, touch.y)]

    def move(self, touch: Touch) -> None:
        self._points.append(QPointF(touch.x, touch.y))
        self._easel.select(self._joined(self._drawn()))

    def release(self, touch: Touch) -> None:
        self._points.append(QPointF(touch.x, touch.y))
        drawn = self._drawn()
        bounds = drawn.outline.boundingRect()
        if max(bounds.width(), bounds.height()) < LEAST_PX:
            self._easel.select(self._before if self._more or self._less else NOTHING)
        else:
            self._easel.select(self._joined(drawn))

    def cancel(self) -> None:
        self._easel.select(self._before)

    def _drawn(self) -> Selection:
        if self._lasso:
            return Selection.lasso(self._points)
        return Selection.rectangle(self._points[0], self._points[-1])

    def _joined(self, drawn: Selection) -> Selection:
        if self._less:
            return self._before.with_less(drawn)
        return self._before.with_more(drawn) if self._more else drawn
