"""What this program is, and whose work is in it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from PySide6.QtWidgets import QWidget

from app.widgets.labels import label
from app.window.sheet import Sheet

CREDITS = (
    "MascotForge is free software under the Apache License 2.0.",
    "Icons: Lucide (ISC). Typeface: Inter (SIL Open Font License 1.1).",
    "Built with Qt for Python, PyTorch, diffusers, resvg, Loro, SQLAlchemy and FFmpeg, each under its own licence.",
)


def product_version() -> str:
    """The installed version, or "from source"."""
    try:
        return version("mascotforge")
    except PackageNotFoundError:
        return "from source"


class AboutSheet(Sheet):
    def __init__(self, window: QWidget) -> None:
        super().__init__(window, f"MascotForge {product_version()}", width_px=520)
        self.body.addWidget(label("From a sentence to a mascot that moves, on your own machine.", "muted", wrap=True))
        for line in CREDITS:
            self.body.addWidget(label(line, "faint", wrap=True))
