"""Pictures side by side with what varies between them, as one picture to look at and to send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.picture.alpha import Bytes

_CELL, _SHEET = 384, 8192
_GAP = 12
_PAPER, _INK = (255, 255, 255), (40, 40, 48)
_TEXT = 18


def contact_sheet(rows: Sequence[Sequence[Bytes]], columns: Sequence[str], labels: Sequence[str]) -> Bytes:
    """`rows` of (h, w, 4) uint8 pictures under `columns`, each row behind its label → one (H, W, 4) uint8 picture.

    Cells are at most 384 pixels wide and high, smaller where the sheet would grow beyond 8192.
    """
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(_TEXT)
    across, down = len(columns), len(rows)
    margin = _GAP + max(_width(font, label) for label in labels) + (_GAP if any(labels) else 0)
    head = _TEXT + 2 * _GAP
    room = min(_CELL, (_SHEET - margin) // across - _GAP, (_SHEET - head) // down - _GAP)
    shapes = [picture.shape for row in rows for picture in row]
    scale = min(room / max(shape[1] for shape in shapes), room / max(shape[0] for shape in shapes))
    cell = (
        max(1, round(max(shape[1] for shape in shapes) * scale)),
        max(1, round(max(shape[0] for shape in shapes) * scale)),
    )
    size = (margin + across * (cell[0] + _GAP), head + down * (cell[1] + _GAP))
    sheet = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(sheet)
    for x, text in enumerate(columns):
        left = margin + x * (cell[0] + _GAP)
        draw.text((left, _GAP), _shortened(text, font, cell[0]), fill=_INK, font=font)
    for y, (row, label) in enumerate(zip(rows, labels, strict=True)):
        top = head + y * (cell[1] + _GAP)
        draw.text((_GAP, top), label, fill=_INK, font=font)
        for x, picture in enumerate(row):
            shown = Image.fromarray(picture)
            shown.thumbnail(cell, Image.Resampling.LANCZOS)
            sheet.paste(shown, (margin + x * (cell[0] + _GAP), top), shown)
    return np.asarray(sheet.convert("RGBA")).copy()


def _width(font: Any, text: str) -> int:
    return int(font.getlength(text))


def _shortened(text: str, font: Any, room: int) -> str:
    if _width(font, text) <= room:
        return text
    while text and _width(font, text + "…") > room:
        text = text[:-1]
    return text + "…"
