"""Where the studio's own files lie: fonts and icons."""

from __future__ import annotations

from pathlib import Path

ASSETS = Path(__file__).resolve().parents[2] / "assets"
ICONS = ASSETS / "icons"
FONTS = ASSETS / "fonts"
