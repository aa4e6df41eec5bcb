"""People as round marks: their initials on their colour."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme.fonts import ui_font
from app.theme.icons import colour
from app.theme.tokens import DARK
from engine.protocol.people import COLOURS

SMALL_PX, MEDIUM_PX, LARGE_PX = 24, 32, 56
MOST_SHOWN = 4
GAP = 0.1


def initials(name: str) -> str:
    """One or two letters for a name or an address: "Mia Fox" is MF, "mia@example.org" is M."""
    words = [word for word in name.partition("@")[0].replace(".", " ").replace("_", " ").split() if word]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def hue_of(key: str) -> str:
    """For somebody of whom only the name is known: the same colour in every run."""
    return COLOURS[sum(key.encode()) % len(COLOURS)]


def paint_avatar(painter: QPainter, area: QRectF, text: str, tint: str, ring: str | None = None) -> None:
    """A disc with letters; `ring` parts it from a neighbour that it overlaps."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    if ring is not None:
        painter.setBrush(QColor(ring))
        painter.drawEllipse(area.adjusted(-2, -2, 2, 2))
    painter.setBrush(QColor(tint))
    painter.drawEllipse(area)
    font = ui_font(max(9, round(area.height() * 0.4)))
    font.setWeight(font.Weight.DemiBold)
    painter.setFont(font)
    light = QColor(tint).lightnessF() > 0.45
    painter.setPen(QColor(DARK.canvas if light else DARK.text))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


class Avatar(QWidget):
    """One person; the name is its tooltip."""

    def __init__(self, name: str, tint: str = "", size_px: int = MEDIUM_PX, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size_px
        self.setFixedSize(size_px, size_px)
        self.show_person(name, tint)

    def show_person(self, name: str, tint: str = "") -> None:
        self._text, self._tint = initials(name), tint or hue_of(name)
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_avatar(painter, QRectF(self.rect()), self._text, self._tint)
        painter.end()


class AvatarRow(QWidget):
    """Several people side by side; those beyond four are a number."""

    def __init__(self, size_px: int = SMALL_PX, ground: str = "window", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size, self._ground = size_px, ground
        self._people: list[tuple[str, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_people(self, people: Sequence[tuple[str, str]]) -> None:
        """(name, colour) each; an empty colour is chosen by the name."""
        self._people = [(name, tint or hue_of(name)) for name, tint in people]
        names = ", ".join(name for name, _ in self._people)
        self.setToolTip(names)
        self.setAccessibleName(names)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        count = min(len(self._people), MOST_SHOWN + 1)
        width = self._size * (1 + max(0, count - 1) * (1 + GAP)) + 4 if count else 0
        return QSize(round(width), self._size + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        ring, more = colour(self._ground), len(self._people) - MOST_SHOWN
        marks = [(initials(name), tint) for name, tint in self._people[:MOST_SHOWN]]
        if more > 0:
            marks.append((f"+{more}", DARK.border_strong))
        step = self._size * (1 + GAP)
        for index, (text, tint) in enumerate(marks):
            area = QRectF(QPointF(2 + index * step, 2), QSize(self._size, self._size).toSizeF())
            paint_avatar(painter, area, text, tint, ring)
        painter.setPen(QPen())
        painter.end()
