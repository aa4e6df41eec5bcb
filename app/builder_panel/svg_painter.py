"""The builder's own SVG painted by Qt: paths, linear gradients, clips and opacities, which is all that it writes.

resvg makes the pictures that are kept, but it holds the interpreter while it draws; Qt doesn't, so that a picture can
follow a slider without a hitch. QtSvg is no way out: it ignores clip paths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QLinearGradient, QPainter, QPainterPath, QPen

_COMMAND = re.compile(r"([MLCZ])([^MLCZ]*)")
_NS = "{http://www.w3.org/2000/svg}"


def paint_svg(svg: str, size: int) -> QImage:
    """A square SVG of the builder as a (size, size) premultiplied image. May run in any thread."""
    root = ElementTree.fromstring(svg)
    units = float(root.get("viewBox", "0 0 1024 1024").split()[2])
    image = _clear(size)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / units, size / units)
    _Page(root, size).paint(root, painter)
    painter.end()
    return image


class _Page:
    def __init__(self, root: ElementTree.Element, size: int) -> None:
        self._size = size
        self._brushes = {e.get("id", ""): _gradient(e) for e in root.iter(f"{_NS}linearGradient")}
        self._clips = {e.get("id", ""): _union(e) for e in root.iter(f"{_NS}clipPath")}

    def paint(self, group: ElementTree.Element, painter: QPainter) -> None:
        for element in group:
            if element.tag == f"{_NS}path":
                self._path(element, painter)
            elif element.tag == f"{_NS}g":
                clip = element.get("clip-path")
                if clip is None:
                    self.paint(element, painter)
                    continue
                painter.save()
                painter.setClipPath(self._clips[_target(clip)], Qt.ClipOperation.IntersectClip)
                self.paint(element, painter)
                painter.restore()

    def _path(self, element: ElementTree.Element, painter: QPainter) -> None:
        path = _outline(element)
        if element.get("fill-rule") != "evenodd":
            path.setFillRule(Qt.FillRule.WindingFill)
        fill, stroke = self._fill(element), _pen(element)
        opacity = float(element.get("opacity", "1"))
        if opacity < 1:
            self._veiled(path, fill, stroke, opacity, painter)
        else:
            _draw(path, fill, stroke, painter)

    def _veiled(self, path: QPainterPath, fill: QBrush, stroke: QPen, opacity: float, painter: QPainter) -> None:
        """Fill and line as one sheet: where they overlap the veil is not laid on twice."""
        sheet = _clear(self._size)
        own = QPainter(sheet)
        own.setRenderHint(QPainter.RenderHint.Antialiasing)
        own.setTransform(painter.worldTransform())
        _draw(path, fill, stroke, own)
        own.end()
        painter.save()
        painter.setOpacity(opacity)
        painter.resetTransform()
        painter.drawImage(0, 0, sheet)
        painter.restore()

    def _fill(self, element: ElementTree.Element) -> QBrush:
        fill = element.get("fill", "#000000")
        if fill == "none":
            return QBrush(Qt.BrushStyle.NoBrush)
        if fill.startswith("url("):
            return self._brushes[_target(fill)]
        return QBrush(_colour(fill, element.get("fill-opacity")))


def _draw(path: QPainterPath, fill: QBrush, stroke: QPen, painter: QPainter) -> None:
    painter.setPen(stroke)
    painter.setBrush(fill)
    painter.drawPath(path)


def _pen(element: ElementTree.Element) -> QPen:
    stroke = element.get("stroke")
    if stroke is None:
        return QPen(Qt.PenStyle.NoPen)
    pen = QPen(_colour(stroke, element.get("stroke-opacity")), float(element.get("stroke-width", "1")))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _colour(value: str, opacity: str | None) -> QColor:
    colour = QColor(value)
    if opacity is not None:
        colour.setAlphaF(float(opacity))
    return colour


def _gradient(element: ElementTree.Element) -> QBrush:
    x1, y1, x2, y2 = (float(element.get(name, "0")) for name in ("x1", "y1", "x2", "y2"))
    gradient = QLinearGradient(QPointF(x1, y1), QPointF(x2, y2))
    for stop in element:
        gradient.setColorAt(float(stop.get("offset", "0")), QColor(stop.get("stop-color", "#000000")))
    return QBrush(gradient)


def _union(element: ElementTree.Element) -> QPainterPath:
    union = QPainterPath()
    union.setFillRule(Qt.FillRule.WindingFill)
    for child in element:
        union.addPath(_outline(child))
    return union


def _outline(element: ElementTree.Element) -> QPainterPath:
    path = QPainterPath()
    for command, numbers in _commands(element.get("d", "")):
        match command:
            case "M":
                path.moveTo(numbers[0], numbers[1])
            case "L":
                for i in range(0, len(numbers), 2):
                    path.lineTo(numbers[i], numbers[i + 1])
            case "C":
                for i in range(0, len(numbers), 6):
                    path.cubicTo(*numbers[i : i + 6])
            case _:
                path.closeSubpath()
    return path


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    for command, numbers in _COMMAND.findall(data):
        yield command, [float(number) for number in numbers.split()]


def _target(reference: str) -> str:
    return reference.removeprefix("url(#").removesuffix(")")


def _clear(size: int) -> QImage:
    image = QImage(size, size, QImage.Format.Format_RGBA8888_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    return image
