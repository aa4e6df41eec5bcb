"""From a drawing's named layers to a puppet's parts: complete parts, with what lies hidden behind others."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

import numpy as np

from engine.puppet.parts import Part, PartRole, Rgba, premultiplied
from engine.puppet.puppet import Puppet, puppet_from_parts
from engine.puppet.skeleton import Point

WORN = ("accessory_back", "accessory_front")


def puppet_from_layers(layers: Iterable[tuple[str, str]], joints: Mapping[str, Point], size: int) -> Puppet:
    """A puppet of a procedural drawing.

    `layers`: from back to front, the part's name and a square SVG document that shows this layer alone; `joints` in
    shares of the canvas; `size` of the textures in pixels. Raises BadPicture when nothing is visible.
    """
    pictures = [(name, premultiplied(_drawn(svg, size))) for name, svg in layers]
    neck = joints["neck"][1] * size
    return puppet_from_parts([Part(_role(name, rgba, neck), rgba) for name, rgba in pictures], joints)


def _role(name: str, rgba: Rgba, neck: float) -> PartRole:
    """What is worn has no bones: above the neck it goes with the head, below with the body."""
    if name not in WORN:
        return PartRole(name)
    rows = rgba[..., 3].sum(axis=1, dtype=np.float64)
    middle = float((rows * np.arange(len(rows))).sum() / max(rows.sum(), 1.0))
    return PartRole.HEAD if name == "accessory_front" and middle < neck else PartRole.BODY


def _drawn(svg: str, size: int) -> Rgba:
    import resvg_py
    from PIL import Image

    png = resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size, skip_system_fonts=True)
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image.convert("RGBA")).copy()
