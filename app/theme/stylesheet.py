"""One stylesheet for the whole studio, made from the tokens."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from string import Template

from app.theme import tokens
from app.theme.paths import ICONS
from app.theme.tokens import Colours


def stylesheet(colours: Colours) -> str:
    """The Qt stylesheet for a colour ramp."""
    values: dict[str, object] = dict(asdict(colours))
    values |= {name.lower(): value for name, value in vars(tokens).items() if name.isupper() and isinstance(value, int)}
    values["icons"] = ICONS.as_posix()
    source = Path(__file__).with_name("studio.qss").read_text(encoding="utf-8")
    return Template(source).substitute(values)
