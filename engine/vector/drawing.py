"""The builder's own vectors as a figure: lines become outlines, clips are cut, veils are mixed with what lies below."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

from pathops import FillType, LineCap, LineJoin, Path

from engine.builder.draw import CANVAS, Drawing, Layer, document
from engine.vector.boolean import clean, common, union
from engine.vector.colour import mixed
from engine.vector.figure import Figure, Fill, is_empty, overlap

_NS = "{http://www.w3.org/2000/svg}"
_COMMAND = re.compile(r"([MLCZ])([^MLCZ]*)")

_WORN_BELOW = ("scarf", "bow tie", "cape", "none")


def figure_of_drawing(drawing: Drawing) -> Figure:
    """The whole drawing as flat opaque shapes on its 1024-unit canvas, exact but for gradients, which become their
    middle colour."""
    return _figure(drawing.layers)


def head_of_drawing(drawing: Drawing) -> Figure:
    """Only the head, with what is worn on it."""
    worn = drawing.mascot.accessory.value not in _WORN_BELOW
    return _figure(
        layer for layer in drawing.layers if layer.part == "head" or (worn and layer.part == "accessory_front")
    )


def _figure(layers: Iterable[Layer]) -> Figure:
    root = ElementTree.fromstring(document(tuple(layers), CANVAS))
    page = _Page(root)
    page.paint(root, None)
    return Figure(CANVAS, CANVAS, tuple(page.fills))


class _Page:
    def __init__(self, root: ElementTree.Element) -> None:
        self.fills: list[Fill] = []
        self._gradients = {e.get("id", ""): _middle(e) for e in root.iter(f"{_NS}linearGradient")}
        self._clips = {
            e.get("id", ""): union(clean(outline(child.get("d", ""))) for child in e)
            for e in root.iter(f"{_NS}clipPath")
        }

    def paint(self, group: ElementTree.Element, clip: Path | None) -> None:
        for element in group:
            if element.tag == f"{_NS}path":
                self._path(element, clip)
            elif element.tag == f"{_NS}g":
                own = element.get("clip-path")
                within = self._clips[_target(own)] if own else clip
                self.paint(element, common(within, clip) if own and clip is not None and within is not None else within)

    def _path(self, element: ElementTree.Element, clip: Path | None) -> None:
        whole = float(element.get("opacity", "1"))
        drawn = outline(element.get("d", ""))
        fill, stroke = element.get("fill", "#000000"), element.get("stroke")
        if fill != "none":
            colour = self._gradients[_target(fill)] if fill.startswith("url(") else fill
            area = Path(drawn)
            if element.get("fill-rule") == "evenodd":
                area.fillType = FillType.EVEN_ODD
            shape = clean(area)
            if stroke and whole < 1:
                shape = union((shape, _line(drawn, element)))
            self._lay(shape, colour, whole * float(element.get("fill-opacity", "1")), clip)
            if whole < 1:
                return
        if stroke:
            self._lay(_line(drawn, element), stroke, whole * float(element.get("stroke-opacity", "1")), clip)

    def _lay(self, shape: Path, colour: str, opacity: float, clip: Path | None) -> None:
        if clip is not None:
            shape = common(shape, clip)
        if is_empty(shape):
            return
        if opacity >= 1:
            self.fills.append(Fill(shape, colour))
            return
        veiled = [
            Fill(piece, mixed(below.colour, colour, opacity))
            for below in self.fills
            if overlap(below.path.bounds, shape.bounds) and not is_empty(piece := common(shape, below.path))
        ]
        self.fills += veiled


def outline(data: str) -> Path:
    """SVG path data of M, L, C and Z with absolute coordinates, as the builder writes it."""
    path = Path()
    for command, numbers in _commands(data):
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
                path.close()
    return path


def _line(path: Path, element: ElementTree.Element) -> Path:
    line = Path(path)
    line.stroke(float(element.get("stroke-width", "1")), LineCap.ROUND_CAP, LineJoin.ROUND_JOIN, 4)
    return clean(line)


def _middle(gradient: ElementTree.Element) -> str:
    stops = [(float(stop.get("offset", "0")), stop.get("stop-color", "#000000")) for stop in gradient]
    return min(stops, key=lambda stop: abs(stop[0] - 0.5))[1]


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    for command, numbers in _COMMAND.findall(data):
        yield command, [float(number) for number in numbers.split()]


def _target(reference: str) -> str:
    return reference.removeprefix("url(#").removesuffix(")")
