"""How much of each shape is seen, by drawing every shape in a colour of its own."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from engine.vector.figure import Figure, Fill
from engine.vector.render import svg_png
from engine.vector.svg import svg

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIDE = 512
"""Pixels of the longer side at which it is looked."""


def visible_shares(figure: Figure) -> list[float]:
    """Per shape, the share of the canvas (0..1) in which it is the topmost."""
    import numpy as np

    seen = np.bincount(index_map(figure).ravel(), minlength=len(figure.fills) + 1)[1:]
    return [float(count) / (SIDE * SIDE) for count in seen]


def index_map(figure: Figure) -> NDArray[np.int64]:
    """(h, w) the number of the topmost shape, counted from 1; 0 where nothing is painted."""
    import numpy as np
    from PIL import Image

    numbered = tuple(Fill(fill.path, f"#{n + 1:06x}") for n, fill in enumerate(figure.fills))
    scale = SIDE / max(figure.width, figure.height)
    size = (max(1, round(figure.width * scale)), max(1, round(figure.height * scale)))
    document = svg(Figure(figure.width, figure.height, numbered)).replace("<svg ", '<svg shape-rendering="crispEdges" ')
    with Image.open(io.BytesIO(svg_png(document, *size))) as image:
        rgba = np.asarray(image.convert("RGBA")).astype(np.int64)
    return np.where(rgba[..., 3] > 127, (rgba[..., 0] << 16) | (rgba[..., 1] << 8) | rgba[..., 2], 0)
