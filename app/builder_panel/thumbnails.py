"""Small pictures of what a choice would look like, drawn by the builder one at a time and kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QImage

from app.background import Background
from app.builder_panel.svg_painter import paint_svg
from engine.protocol.mascot import Mascot, Proportions

KEPT = 600


@dataclass(frozen=True)
class Thumbnail:
    """What to draw: a mascot in its species' own proportions; `face` shows the head alone."""

    mascot: Mascot
    face: bool = False


class Thumbnails(QObject):
    """`ready(thumbnail)` as each is drawn. A new wish list takes the place of the old one."""

    ready = Signal(object)

    def __init__(self, background: Background, pixels: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._pixels = pixels
        self._kept: OrderedDict[Thumbnail, QImage] = OrderedDict()
        self._wished: list[Thumbnail] = []
        self._busy = False

    def get(self, wanted: Thumbnail) -> QImage | None:
        """The picture when it is there; it does not start drawing."""
        image = self._kept.get(wanted)
        if image is not None:
            self._kept.move_to_end(wanted)
        return image

    def wish(self, thumbnails: Sequence[Thumbnail]) -> None:
        """Draw those that are missing, in this order."""
        self._wished = [t for t in dict.fromkeys(thumbnails) if t not in self._kept]
        self._next()

    def _next(self) -> None:
        if self._busy or not self._wished:
            return
        self._busy = True
        wanted, pixels = self._wished.pop(0), self._pixels
        # One at a time: the window gets the interpreter back between two.
        self._background.run(lambda: _drawn(wanted, pixels), lambda image: self._take(wanted, image), self._failed)

    def _take(self, wanted: Thumbnail, image: QImage) -> None:
        self._busy = False
        self._kept[wanted] = image
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.ready.emit(wanted)
        self._next()

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        self._next()


def plain(mascot: Mascot, **changes: object) -> Mascot:
    """The mascot with changes, as a thumbnail shows it: own proportions, no asymmetry of its own."""
    return mascot.model_copy(update={"proportions": Proportions(), "seed": 0, **changes})


def _drawn(wanted: Thumbnail, pixels: int) -> QImage:
    from engine.builder.draw import draw

    drawing = draw(wanted.mascot)
    if not wanted.face:
        return paint_svg(drawing.svg(), pixels)
    left, top, side = _face_box(drawing.joints)
    image = paint_svg(drawing.svg(), round(pixels / side))
    scale = image.width()
    return image.copy(QRectF(left * scale, top * scale, pixels, pixels).toRect())


def _face_box(joints: dict[str, tuple[float, float]]) -> tuple[float, float, float]:
    """Left, top and side of a square around the face, in shares of the drawing."""
    (x0, y0), (x1, y1) = joints["head_top"], joints["neck"]
    side = 1.45 * (y1 - y0)
    return (x0 + x1) / 2 - side / 2, y1 - 0.93 * side + 0.04, side
