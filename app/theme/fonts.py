"""The studio's typeface: Inter in three weights, small enough to load before the first paint."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo

from app.theme.paths import FONTS
from app.theme.tokens import FONT_FAMILIES, MONO_FAMILIES, TEXT_M


def load_fonts() -> None:
    """Make Inter known to Qt; a missing file leaves the system's own face."""
    for path in sorted((FONTS / "inter").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(path))


def ui_font(size_px: int = TEXT_M, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """A font of the interface at a size in logical pixels."""
    font = QFont()
    font.setFamilies(list(FONT_FAMILIES))
    font.setPixelSize(size_px)
    font.setWeight(weight)
    return font


def mono_font(size_px: int = TEXT_M) -> QFont:
    """The system's fixed-width font, for ids, hashes and paths."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    if not QFontInfo(font).fixedPitch():
        font.setFamilies(list(MONO_FAMILIES))
    font.setPixelSize(size_px)
    return font
