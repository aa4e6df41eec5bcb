"""The canvas at 4096 x 4096 with ten layers: from the pen's position to the painted frame, panning, undo, and saving.

Beside it, what Qt alone needs to paint the same window with one ready picture: the floor on this machine.
`python -m tests.bench.canvas`.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from math import cos, sin
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QObject, QPointF, QRect
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from app.canvas.paint_view import PaintView
from app.painting.curve import Touch
from app.painting.document import Document
from app.painting.easel import Easel
from app.painting.history import History
from app.painting.journal import Journal
from app.painting.layers import Layer, LayerKind, Painting
from app.painting.tiles import cut
from app.painting.tools.strokes import begin_stroke
from tests.bench.report import line

EDGE, LAYERS, FRAMES = 4096, 10, 60
FRAME_GOAL_MS = 1000 / 60


def large_document() -> Document:
    """Ten layers, half of them full of paint."""
    image = QImage(EDGE, EDGE, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(60, 120, 200, 128))
    tiles = cut(image)
    layers = tuple(Layer(str(n), f"Layer {n}", LayerKind.PAINT, tiles=tiles if n % 2 else {}) for n in range(LAYERS))
    return Document(History(Painting(QRect(0, 0, EDGE, EDGE), layers, layers[-1].id)))


class Painted(QObject):
    """Tells whether a widget was painted since it was last asked."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.seen = False
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.seen = self.seen or event.type() == QEvent.Type.Paint
        return False


def frames(app: QApplication, view: QWidget, step: Callable[[int], object]) -> list[float]:
    """Milliseconds of this process (all its threads) per step and the repaint that it asks for."""
    painted, spent = Painted(view), list[float]()
    for number in range(FRAMES):
        painted.seen = False
        began, gives_up = time.process_time(), time.monotonic() + 1
        step(number)
        while not painted.seen and time.monotonic() < gives_up:
            app.processEvents()
        spent.append((time.process_time() - began) * 1000)
    view.removeEventFilter(painted)
    return spent


def report(name: str, spent: list[float], goal_ms: float = FRAME_GOAL_MS) -> None:
    middle, worst = statistics.median(spent), sorted(spent)[int(len(spent) * 0.95) - 1]
    line(name, f"{middle:.1f} ms, 95 % under {worst:.1f} ms", goal=f"under {goal_ms:.1f} ms", met=worst <= goal_ms)


class Bare(QWidget):
    """One ready picture in a window of the same size."""

    def __init__(self, image: QImage) -> None:
        super().__init__()
        self._image = image

    def paintEvent(self, _event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self.rect(), self._image)
        painter.end()


def bench() -> None:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    document = large_document()
    easel = Easel(document)
    view = PaintView(easel)
    view.resize(1200, 900)
    view.show()
    while view.screen_of.behind or view.screen_of.levels == []:
        app.processEvents()
    view.fit()
    app.processEvents()
    bare = Bare(view.screen_of.levels[2])
    bare.resize(1200, 900)
    bare.show()
    floor = statistics.median(frames(app, bare, lambda _n: bare.repaint()))
    for size in (24.0, 200.0):
        for zoom, words in ((view.camera.zoom, "whole canvas in view"), (1.0, "1:1")):
            view.zoom_by(zoom / view.camera.zoom)
            app.processEvents()
            easel.set_brush(size=size)
            report(f"Stroke, brush {size:.0f} px, {words}", _stroke(app, view, easel))
            document.undo()
            _settle(app, view)
    view.fit()
    report(
        f"Pan (a bare drawImage of the window: {floor:.1f} ms)", frames(app, view, lambda _n: view.pan(QPointF(3, 2)))
    )
    report("Undo and redo of a stroke", frames(app, view, lambda n: document.redo() if n % 2 == 0 else document.undo()))
    _bench_saving(document)
    bare.close()
    view.close()


def _stroke(app: QApplication, view: PaintView, easel: Easel) -> list[float]:
    gesture = begin_stroke(easel, Touch(2048, 2048), erase=False)
    assert gesture is not None
    reach = min(800.0, 300 / view.camera.zoom)

    def step(number: int) -> None:
        angle = number / FRAMES * 6.28
        gesture.move(Touch(2048 + reach * cos(angle) - reach, 2048 + reach * sin(angle), 0.8))

    spent = frames(app, view, step)
    gesture.release(Touch(2048, 2048))
    _settle(app, view)
    return spent


def _settle(app: QApplication, view: PaintView) -> None:
    app.processEvents()
    while view.screen_of.behind:
        app.processEvents()


def _bench_saving(document: Document) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder))
        began = time.perf_counter()
        journal.begin(document.painting)
        first = time.perf_counter() - began
        before = document.painting
        document.redo()
        step = document.history.steps[document.history.at]
        began = time.perf_counter()
        journal.push(before, step, merged=False)
        line("Autosave of one stroke, beside the window", f"{(time.perf_counter() - began) * 1000:.0f} ms")
        began = time.perf_counter()
        Journal(Path(folder)).open()
        opened = time.perf_counter() - began
        line("First save and opening of the whole canvas", f"{first:.2f} s, {opened:.2f} s")


if __name__ == "__main__":
    bench()
