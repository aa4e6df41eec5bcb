"""Icons from the Lucide set, drawn in a token's colour at the sizes that Qt asks for."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.theme.paths import ICONS
from app.theme.tokens import DARK

_SIZES_PX = (14, 16, 20, 24, 32, 40)


def colour(name: str) -> str:
    """A token's colour by name; a "#rrggbb" passes through."""
    return name if name.startswith("#") else str(getattr(DARK, name))


@cache
def _source(name: str) -> str:
    return (ICONS / f"{name}.svg").read_text(encoding="utf-8")


def svg_names() -> list[str]:
    """The icons that ship, by name."""
    return sorted(path.stem for path in ICONS.glob("*.svg"))


@cache
def pixmap(name: str, size_px: int, color: str = "text_muted", *, filled: bool = False, scale: float = 2.0) -> QPixmap:
    """The icon as a pixmap of `size_px` logical pixels. Raises FileNotFoundError for an icon that does not ship."""
    tint = colour(color)
    svg = _source(name).replace("currentColor", tint).replace('stroke-width="2"', 'stroke-width="1.75"')
    if filled:
        svg = svg.replace('fill="none"', f'fill="{tint}"', 1)
    image = QPixmap(round(size_px * scale), round(size_px * scale))
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, image.width(), image.height()))
    painter.end()
    image.setDevicePixelRatio(scale)
    return image


@cache
def icon(name: str, color: str = "text_muted", *, checked: str = "accent") -> QIcon:
    """The icon with its hover, checked and disabled tints."""
    result = QIcon()
    tints = (
        (QIcon.Mode.Normal, QIcon.State.Off, color),
        (QIcon.Mode.Active, QIcon.State.Off, "text" if color == "text_muted" else color),
        (QIcon.Mode.Disabled, QIcon.State.Off, "text_disabled"),
        (QIcon.Mode.Normal, QIcon.State.On, checked),
    )
    for mode, state, tint in tints:
        for size in _SIZES_PX[:3]:
            result.addPixmap(pixmap(name, size, tint), mode, state)
    return result
