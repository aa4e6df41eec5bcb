"""A picture as flat shapes: enlarged, freed of soft edges and specks, reduced to a few colours, and traced.

Each colour is traced as one layer by vtracer. A layer reaches a little under those painted after it, so that no seam
shows between neighbours, and where it does not lie on top its own edge is never seen.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pathops import Path

from engine.vector.colour import hex_of
from engine.vector.crop import require_visible
from engine.vector.figure import Figure, Fill, is_empty
from engine.vector.fit import fitted
from engine.vector.labels import Labels, flat_labels

if TYPE_CHECKING:
    from engine.vector.labels import Rgba

SIDE = 1024
"""Pixels of the longer side at which a picture is traced."""
_TRAP = 3
"""How far, in pixels, a layer reaches under those above it."""
_TOLERANCES = (0.7, 1.0, 1.4)
"""How far, in pixels, an outline may leave what was traced, where that saves curves; less than layers overlap."""
_MANY = 1600
"""Curves and lines; as an SVG they are about 45 KB."""
_PATH = re.compile(r'<path d="([^"]*)"[^>]*transform="translate\(([-\d.]+),([-\d.]+)\)"')
_COMMAND = re.compile(r"([MLCZ])([^MLCZ]*)")


def figure_of_picture(rgba: Rgba, colours: int, side: int = SIDE) -> Figure:
    """(h, w, 4) uint8, straight alpha → a figure of at most `colours` colours on a canvas of the picture's shape, its
    longer side 1024 units. `side` is how finely it is traced: half is four times as quick, for a preview.

    Raises BadPicture when nothing is visible.
    """
    require_visible(rgba)
    found = flat_labels(rgba, colours, side)
    height, width = found.map.shape
    fills = [
        Fill(path, hex_of(found.palette[label]))
        for label, path in _fitted([(label, _traced(mask)) for label, mask in _layers(found)])
        if not is_empty(path)
    ]
    scale = SIDE / max(width, height)
    return Figure(width, height, tuple(fills)).moved(scale, 0, 0, width * scale, height * scale)


def _layers(found: Labels) -> list[tuple[int, NDArray[np.bool_]]]:
    """Colour number and area of each layer, back to front: the large below the small."""
    import cv2

    counts = np.bincount(found.map[found.map >= 0].ravel(), minlength=len(found.palette))
    order = [int(label) for label in np.argsort(-counts, kind="stable") if counts[label]]
    reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _TRAP + 1, 2 * _TRAP + 1))
    above = found.map >= 0
    layers: list[tuple[int, NDArray[np.bool_]]] = []
    for label in order:
        own = found.map == label
        above = above & ~own
        grown = cv2.dilate(own.astype(np.uint8), reach).astype(bool)
        layers.append((label, _without_covered_holes(own | (grown & above), above)))
    return layers


def _without_covered_holes(mask: NDArray[np.bool_], above: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask with those holes filled that lie wholly under later layers: fewer edges, the same picture."""
    import cv2

    count, found = cv2.connectedComponents((~mask).astype(np.uint8), connectivity=4)
    labels = np.asarray(found, np.intp)
    open_holes = np.zeros(count, bool)
    open_holes[np.unique(labels[~mask & ~above])] = True
    return mask | ~open_holes[labels]


def _traced(mask: NDArray[np.bool_]) -> Path:
    """The mask's outline as curves."""
    import cv2
    import vtracer

    _, encoded = cv2.imencode(".png", np.where(mask, 0, 255).astype(np.uint8), [cv2.IMWRITE_PNG_COMPRESSION, 1])
    document = vtracer.convert_raw_image_to_svg(
        encoded.tobytes(), img_format="png", colormode="binary", mode="spline", filter_speckle=4, corner_threshold=60,
        length_threshold=6.0, splice_threshold=45, path_precision=2,
    )  # fmt: skip
    path = Path()
    for data, dx, dy in _PATH.findall(document):
        _add(path, data, float(dx), float(dy))
    return path


def _fitted(layers: list[tuple[int, Path]]) -> list[tuple[int, Path]]:
    """The layers with as few curves as they need; a painted picture, which has many, is followed less closely."""
    fits = layers
    for tolerance in _TOLERANCES:
        fits = [(label, fitted(path, tolerance)) for label, path in layers]
        if sum(len(list(path)) for _, path in fits) <= _MANY:
            break
    return fits


def _add(path: Path, data: str, dx: float, dy: float) -> None:
    for command, text in _COMMAND.findall(data):
        values = [float(value) for value in re.findall(r"-?[\d.]+", text)]
        points = [(x + dx, y + dy) for x, y in zip(values[::2], values[1::2], strict=True)]
        match command:
            case "M":
                path.moveTo(*points[0])
            case "L":
                for point in points:
                    path.lineTo(*point)
            case "C":
                for i in range(0, len(points), 3):
                    (ax, ay), (bx, by), (cx, cy) = points[i : i + 3]
                    path.cubicTo(ax, ay, bx, by, cx, cy)
            case _:
                path.close()
