"""A figure as a PDF page of true vector paths (PDF 1.4, ISO 32000), transparent where nothing is painted."""

from __future__ import annotations

import zlib

from engine.vector.colour import bytes_of
from engine.vector.cubic import cubic_commands
from engine.vector.figure import Figure

POINTS = 512.0
"""The page's width in points (1/72 inch)."""
_OPERATORS = {"M": "m", "L": "l", "C": "c", "Z": "h"}


def pdf(figure: Figure, title: str = "") -> bytes:
    """One page with the figure, nothing rasterised."""
    height = POINTS * figure.height / figure.width
    content = zlib.compress(_content(figure).encode("ascii"), 9)
    name = title.encode("utf-16-be").hex().upper()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {POINTS:g} {height:.2f}] /Contents 4 0 R /Resources << >> "
        "/Group << /S /Transparency /CS /DeviceRGB >> >>".encode(),
        f"<< /Length {len(content)} /Filter /FlateDecode >>\nstream\n".encode() + content + b"\nendstream",
        f"<< /Title <FEFF{name}> /Producer (MascotForge) >>".encode(),
    ]
    return _assembled(objects)


def _content(figure: Figure) -> str:
    scale = POINTS / figure.width
    out = [f"{scale:.6f} 0 0 {-scale:.6f} 0 {figure.height * scale:.4f} cm"]
    for fill in figure.fills:
        out.append(" ".join(f"{value / 255:.4g}" for value in bytes_of(fill.colour)) + " rg")
        for command, points in cubic_commands(fill.path):
            out.append(" ".join([*(f"{value:.2f}" for point in points for value in point), _OPERATORS[command]]))
        out.append("f")
    return "\n".join(out)


def _assembled(objects: list[bytes]) -> bytes:
    """The file: header, numbered objects, the table of where they lie, and the trailer."""
    data = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    places: list[int] = []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        len(objects),
        len(data),
    )
    return data + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + end
