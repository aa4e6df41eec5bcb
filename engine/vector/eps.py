"""A figure as Encapsulated PostScript (EPSF-3.0), level 2: opaque paths, which is all that the format can."""

from __future__ import annotations

import math

from engine.vector.colour import bytes_of
from engine.vector.cubic import cubic_commands
from engine.vector.figure import Figure
from engine.vector.pdf import POINTS

_OPERATORS = {"M": "m", "L": "l", "C": "c", "Z": "h"}
_PROLOGUE = "/m{moveto}bind def/l{lineto}bind def/c{curveto}bind def/h{closepath}bind def/f{fill}bind def"


def eps(figure: Figure, title: str = "") -> bytes:
    """The document, `POINTS` points wide."""
    scale = POINTS / figure.width
    height = figure.height * scale
    plain = "".join(letter if 32 <= ord(letter) < 127 else "?" for letter in title)[:200]
    out = [
        "%!PS-Adobe-3.0 EPSF-3.0",
        f"%%BoundingBox: 0 0 {math.ceil(POINTS)} {math.ceil(height)}",
        f"%%HiResBoundingBox: 0 0 {POINTS:.3f} {height:.3f}",
        f"%%Title: {plain}",
        "%%Creator: MascotForge",
        "%%LanguageLevel: 2",
        "%%EndComments",
        "gsave",
        _PROLOGUE,
        f"0 {height:.4f} translate {scale:.6f} {-scale:.6f} scale",
    ]
    for fill in figure.fills:
        out.append(" ".join(f"{value / 255:.4g}" for value in bytes_of(fill.colour)) + " setrgbcolor")
        for command, points in cubic_commands(fill.path):
            out.append(" ".join([*(f"{value:.2f}" for point in points for value in point), _OPERATORS[command]]))
        out.append("f")
    out += ["grestore", "showpage", "%%EOF", ""]
    return "\n".join(out).encode("ascii")
