"""Previews of a window, shown where it lies: on a small copy of the whole canvas, as the result will be."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np

from engine.picture.guided.scene import Scene

LONGEST = 256


def in_place(scene: Scene) -> Callable[[bytes], bytes]:
    """From a PNG of what the window shows to a PNG of the canvas with it, `LONGEST` pixels at most."""
    from PIL import Image

    height, width = scene.canvas.shape[:2]
    scale = min(1.0, LONGEST / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    ground = Image.fromarray(scene.canvas).resize(size, Image.Resampling.BOX)
    weight = Image.new("L", size, 255)
    if scene.weight is not None:
        weight = Image.fromarray((scene.weight * 255).astype(np.uint8)).resize(size, Image.Resampling.BOX)
    left, top, right, bottom = (round(edge * scale) for edge in scene.window.box)

    def place(preview: bytes) -> bytes:
        window = Image.open(io.BytesIO(preview)).convert("RGBA")
        canvas = Image.new("RGBA", size)
        edges = max(1, right - left), max(1, bottom - top)
        canvas.paste(window.resize(edges, Image.Resampling.BILINEAR), (left, top))
        file = io.BytesIO()
        Image.composite(canvas, ground, weight).save(file, "png", compress_level=1)
        return file.getvalue()

    return place
