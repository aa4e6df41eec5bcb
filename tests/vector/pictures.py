"""Pictures of figures and how far two of them are apart."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


def opened(data: bytes) -> Pixels:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGBA")).copy()


def on_white(rgba: Pixels) -> NDArray[np.float32]:
    """(h, w, 3) in 0..255 over a white ground."""
    values = rgba.astype(np.float32)
    alpha = values[..., 3:] / 255
    return values[..., :3] * alpha + 255 * (1 - alpha)


def apart(first: Pixels, second: Pixels) -> float:
    """The mean difference over a white ground, 0..255."""
    return float(np.abs(on_white(first) - on_white(second)).mean())


def by_qt(svg: str, width: int, height: int) -> Pixels:
    """An SVG document drawn by Qt, a renderer that shares nothing with resvg."""
    from PySide6.QtCore import QByteArray, QRectF
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(width, height, QImage.Format.Format_RGBA8888)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    assert renderer.isValid()
    renderer.render(painter, QRectF(0, 0, width, height))
    painter.end()
    return np.frombuffer(bytes(image.constBits()), np.uint8).reshape(height, width, 4).copy()


def by_pdfium(data: bytes, width: int) -> Pixels:
    import pypdfium2

    page = pypdfium2.PdfDocument(data)[0]
    bitmap = page.render(scale=width / page.get_width(), fill_color=(255, 255, 255, 255))
    return np.asarray(bitmap.to_pil().convert("RGBA")).copy()
