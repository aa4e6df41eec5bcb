"""A figure as pixels, by resvg."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from engine.vector.figure import Figure
from engine.vector.svg import svg

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def png(figure: Figure, width: int, background: str | None = None) -> bytes:
    """A PNG `width` pixels wide, transparent unless `background` ("#rrggbb") is given."""
    return svg_png(svg(figure), width, round(width * figure.height / figure.width), background)


def svg_png(document: str, width: int, height: int, background: str | None = None) -> bytes:
    import resvg_py

    # Its declared result is a list of numbers, its true one bytes.
    made = resvg_py.svg_to_bytes(
        svg_string=document, width=width, height=height, background=background, skip_system_fonts=True
    )
    return bytes(made)


def pixels(figure: Figure, width: int, background: str | None = None) -> NDArray[np.uint8]:
    """(height, width, 4) uint8, straight alpha."""
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(png(figure, width, background))) as image:
        return np.asarray(image.convert("RGBA")).copy()
