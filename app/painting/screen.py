"""The painting as the screen needs it: drawn once, kept at full, half, quarter … size, and drawn again only where it
changed and within the time that a frame has."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QRegion

from app.painting.compose import compose, screen_layers
from app.painting.document import Document
from app.painting.tiles import TILE, Key, keys_over, tile_rect

SMALLEST = 128
"""Pictures are halved until they are smaller than this."""


class Screen:
    """`levels[n]` is the painting's frame at 1 / 2**n of its size, premultiplied."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.levels: list[QImage] = []
        self._veil = True
        self._dirty: dict[Key, QRect] = {}
        self.reframe()

    @property
    def behind(self) -> bool:
        """Whether there is something left to draw."""
        return bool(self._dirty)

    @property
    def origin(self) -> QPoint:
        """The canvas's coordinates of the upper left pixel."""
        return self._document.painting.frame.topLeft()

    def reframe(self) -> None:
        """The picture's region changed: start anew."""
        size = self._document.painting.size
        self.levels, self._dirty = [], {}
        while True:
            image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
            image.fill(Qt.GlobalColor.transparent)
            self.levels.append(image)
            if max(size.width(), size.height()) < SMALLEST:
                break
            size = QSize(max(1, (size.width() + 1) // 2), max(1, (size.height() + 1) // 2))
        self.mark(QRegion(self._document.painting.frame))

    def set_veil(self, shown: bool) -> bool:
        """Show or hide the mask; False when that is how it was."""
        if shown == self._veil:
            return False
        self._veil = shown
        mask = self._document.painting.mask
        if mask is not None:
            self.mark(QRegion(mask.bounds()))
        return True

    def mark(self, region: QRegion) -> None:
        """A region of the canvas has to be drawn again."""
        inside = region.intersected(QRegion(self._document.painting.frame))
        for rect in inside:  # pyright: ignore[reportGeneralTypeIssues]
            for key in keys_over(rect):
                part = tile_rect(key).intersected(rect)
                self._dirty[key] = self._dirty.get(key, QRect()).united(part)

    def work(self, seconds: float, first: QRect) -> QRegion:
        """Draw what waits for at most about this long, what lies in `first` before the rest; what was drawn."""
        if not self._dirty:
            return QRegion()
        until = perf_counter() + seconds
        layers = screen_layers(self._document.painting, veil=self._veil)
        done = QRegion()
        for key in sorted(self._dirty, key=lambda key: not first.intersects(self._dirty[key])):
            area = self._dirty.pop(key)
            compose(self.levels[0], self.origin, area, layers, self._document.live)
            done += QRegion(self._shrink(area))
            if perf_counter() > until:
                break
        return done

    def level_for(self, zoom: float) -> int:
        """The smallest level that still has a pixel for each of the screen's."""
        level = 0
        while level + 1 < len(self.levels) and zoom * 2 ** (level + 1) <= 1.0:
            level += 1
        return level

    def _shrink(self, area: QRect) -> QRect:
        """Bring a region of the canvas into the smaller levels; what of the canvas that touches."""
        part = area.translated(-self.origin)
        for finer, coarser in zip(self.levels, self.levels[1:], strict=False):
            half = QRect(part.left() // 2, part.top() // 2, 0, 0)
            half.setRight(min(coarser.width() - 1, part.right() // 2))
            half.setBottom(min(coarser.height() - 1, part.bottom() // 2))
            painter = QPainter(coarser)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            source = QRectF(half.left() * 2, half.top() * 2, half.width() * 2, half.height() * 2)
            painter.drawImage(QRectF(half), finer, source)
            painter.end()
            part = half
        margin = 2 ** len(self.levels) if len(self.levels) < 4 else TILE // 16
        return area.adjusted(-margin, -margin, margin, margin)
