"""What a widget is for, said with a dynamic property that the stylesheet reads."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def _set(widget: QWidget, name: str, value: object) -> None:
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


def set_role(widget: QWidget, role: str) -> None:
    """Labels: title, section, muted, faint, error, mono; frames: card, panel, separator."""
    _set(widget, "role", role)


def set_kind(widget: QWidget, kind: str) -> None:
    """Buttons: primary, ghost, danger."""
    _set(widget, "kind", kind)


def set_invalid(widget: QWidget, invalid: bool) -> None:
    """Mark a field whose value can't be used."""
    _set(widget, "invalid", invalid)
