"""Dress the application: style, palette, font and stylesheet, once, before the first window."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from app.theme.fonts import load_fonts, ui_font
from app.theme.palette import palette
from app.theme.stylesheet import stylesheet
from app.theme.tokens import DARK


def apply_theme(app: QApplication) -> None:
    """Give `app` the studio's look."""
    app.setStyle("Fusion")
    load_fonts()
    app.setFont(ui_font())
    app.setPalette(palette(DARK))
    app.setStyleSheet(stylesheet(DARK))
