"""Drawings as pixels, by resvg."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

from engine.builder.draw import PARTS, Drawing, Layer, document, draw
from engine.protocol.mascot import Mascot

Pixels = NDArray[np.uint8]


def render(picture: Drawing | Mascot, size: int = 1024) -> Pixels:
    """(size, size, 4) uint8, straight alpha, transparent background."""
    return _rasterise(_drawing(picture).svg(size), size)


def render_premultiplied(picture: Drawing | Mascot, size: int = 1024) -> Pixels:
    """(size, size, 4) uint8 with colours multiplied by alpha: transparent pixels are black."""
    rgba = render(picture, size)
    out = rgba.copy()
    alpha = rgba[..., 3:].astype(np.uint16)
    out[..., :3] = ((rgba[..., :3] * alpha + 127) // 255).astype(np.uint8)
    return out


def part_masks(picture: Drawing | Mascot, size: int = 1024) -> dict[str, Pixels]:
    """Per part (size, size) uint8 coverage of what is seen of it. Together they add up to the drawing's alpha."""
    drawing = _drawing(picture)
    free = np.ones((size, size), np.float32)
    masks: dict[str, NDArray[np.float32]] = {}
    for part, layers in reversed(_runs(drawing.layers)):
        own = _rasterise(document(layers, size), size)[..., 3].astype(np.float32) / 255
        seen = own * free
        free = (free * (1 - own)).astype(np.float32)
        masks[part] = (masks[part] + seen if part in masks else seen).astype(np.float32)
    return {p: (masks[p] * 255 + 0.5).astype(np.uint8) for p in PARTS if p in masks}


def _runs(layers: tuple[Layer, ...]) -> list[tuple[str, tuple[Layer, ...]]]:
    """Neighbouring layers of one part together."""
    runs: list[tuple[str, tuple[Layer, ...]]] = []
    for layer in layers:
        if runs and runs[-1][0] == layer.part:
            runs[-1] = (layer.part, (*runs[-1][1], layer))
        else:
            runs.append((layer.part, (layer,)))
    return runs


def _drawing(picture: Drawing | Mascot) -> Drawing:
    return draw(picture) if isinstance(picture, Mascot) else picture


def _rasterise(svg: str, size: int) -> Pixels:
    import resvg_py
    from PIL import Image

    png = resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size, skip_system_fonts=True)
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image.convert("RGBA")).copy()
