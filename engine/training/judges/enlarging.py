"""Compare ways from 256 to 1024 pixels on unseen drawings: bicubic, vector re-rendering, learned."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.builder.captions import random_mascot
from engine.builder.draw import draw
from engine.builder.raster import render_premultiplied
from engine.picture.upscaler import SCALE, Upscaler, enlarge
from engine.training.judges.classifier import to_batch
from engine.training.judges.upscaling import SMALL, WAYS, make_small

Enlarge = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]


def learned(net: Upscaler) -> Enlarge:
    def run(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        out = enlarge(net, to_batch(picture[None]))[0].permute(1, 2, 0)
        return (out.cpu().numpy() * 255).round().astype(np.uint8)

    return run


def bicubic(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    side = picture.shape[0] * SCALE
    return np.asarray(Image.fromarray(picture, "RGBa").resize((side, side), Image.Resampling.BICUBIC))


def vector(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Traced by vtracer after ×2, an alpha threshold and 16 colours, rendered by resvg."""
    import io

    import resvg_py
    import vtracer

    straight = Image.fromarray(picture, "RGBa").convert("RGBA")
    straight = straight.resize((picture.shape[1] * 2, picture.shape[0] * 2), Image.Resampling.BICUBIC)
    alpha = np.asarray(straight)[..., 3] > 127
    colours = np.asarray(straight.convert("RGB").quantize(16).convert("RGB"))
    flat = np.dstack([colours, alpha.astype(np.uint8) * 255])
    data = io.BytesIO()
    Image.fromarray(flat, "RGBA").save(data, "PNG")
    svg = vtracer.convert_raw_image_to_svg(data.getvalue(), img_format="png", filter_speckle=4, color_precision=8)
    side = picture.shape[0] * SCALE
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=side, height=side))
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBa"))


def compare(net: Upscaler, count: int = 24) -> dict[str, float]:
    """Mean absolute error against the drawing at 1024 pixels (0..255), over all pixels and over edges alone.

    The small pictures were made in every way that `make_small` knows.
    """
    ways: dict[str, Enlarge] = {"bicubic": bicubic, "vector": vector, "learned": learned(net)}
    errors: dict[str, list[float]] = {f"{way} {where}": [] for way in ways for where in ("all", "edges")}
    for index in range(count):
        rng = random.Random(9_000_000 + index)
        drawing = draw(random_mascot(rng))
        large = render_premultiplied(drawing, SMALL * SCALE)
        small = make_small(drawing, large, index % WAYS, rng)
        wanted = large.astype(np.int16)
        steepness = np.abs(np.diff(wanted, axis=0, prepend=0)).sum(-1) + np.abs(np.diff(wanted, axis=1, prepend=0)).sum(
            -1
        )
        edges = steepness > 60
        for way, run in ways.items():
            difference = np.abs(run(small).astype(np.int16) - wanted).mean(-1)
            errors[f"{way} all"].append(float(difference.mean()))
            errors[f"{way} edges"].append(float(difference[edges].mean()))
    return {name: round(float(np.mean(values)), 3) for name, values in errors.items()}
