"""The tokens as a QPalette, for what Fusion paints itself."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from app.theme.tokens import Colours


def palette(colours: Colours) -> QPalette:
    """A palette for the Fusion style."""
    result = QPalette()
    roles = QPalette.ColorRole
    for role, value in (
        (roles.Window, colours.window),
        (roles.WindowText, colours.text),
        (roles.Base, colours.raised),
        (roles.AlternateBase, colours.panel),
        (roles.ToolTipBase, colours.hover),
        (roles.ToolTipText, colours.text),
        (roles.PlaceholderText, colours.text_faint),
        (roles.Text, colours.text),
        (roles.Button, colours.raised),
        (roles.ButtonText, colours.text),
        (roles.BrightText, colours.danger),
        (roles.Highlight, colours.accent),
        (roles.HighlightedText, colours.on_accent),
        (roles.Link, colours.accent),
        (roles.Light, colours.hover),
        (roles.Midlight, colours.raised),
        (roles.Mid, colours.border),
        (roles.Dark, colours.canvas),
        (roles.Shadow, colours.canvas),
    ):
        result.setColor(role, QColor(value))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.text_disabled))
    return result
