"""The brushes and colours of the last time, kept with the library."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QColor

from app.painting.brush import MAX_SIZE, MIN_SIZE, Brush
from app.painting.easel import Easel
from app.session import StudioSession

KEY = "brushes"
PAUSE_MS = 800
"""A slider that is dragged changes the brush many times a second."""


class BrushMemory(QObject):
    """Gives the easel what was remembered when a library is opened, and remembers what is changed."""

    def __init__(self, session: StudioSession, easel: Easel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._easel = session, easel
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE_MS)
        self._soon.timeout.connect(self._keep)
        self._kept: dict[str, Any] = self._now()
        easel.brush_changed.connect(self._soon.start)
        session.opened.connect(self.recall)
        session.closing.connect(self._closing)
        self.recall()

    def recall(self) -> None:
        """Put the remembered brushes into the painter's hand; what makes no sense stays as it is."""
        if self._session.library is None:
            return
        known = self._session.recall(KEY, {})
        if not isinstance(known, dict):
            return
        for tool, brush in self._easel.brushes.items():
            self._easel.brushes[tool] = _brush(known.get(tool.value), brush)
        for name in ("colour", "other_colour"):
            colour = QColor(str(known.get(name, "")))
            if colour.isValid():
                setattr(self._easel, name, colour)
        self._kept = self._now()
        self._easel.brush_changed.emit()

    def _now(self) -> dict[str, Any]:
        easel = self._easel
        brushes = {tool.value: asdict(brush) for tool, brush in easel.brushes.items()}
        return brushes | {"colour": easel.colour.name(), "other_colour": easel.other_colour.name()}

    def _keep(self) -> None:
        now = self._now()
        if now != self._kept:
            self._kept = now
            self._session.remember(KEY, now)

    def _closing(self) -> None:
        self._soon.stop()
        self._keep()


def _brush(known: object, usual: Brush) -> Brush:
    if not isinstance(known, dict):
        return usual
    values: dict[str, Any] = {}
    for field in fields(Brush):
        value = known.get(field.name)
        before = getattr(usual, field.name)
        if isinstance(before, bool):
            values[field.name] = value if isinstance(value, bool) else before
        elif isinstance(value, int | float) and not isinstance(value, bool):
            low, high = (MIN_SIZE, MAX_SIZE) if field.name == "size" else (0.0, 1.0)
            values[field.name] = min(high, max(low, float(value)))
    return Brush(**(asdict(usual) | values))
