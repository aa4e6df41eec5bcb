"""How much a stretch of the prompt counts, changed in its text: `fox` → `(fox:1.1)` → `(fox:1.2)` → …"""

from __future__ import annotations

import re

STEP = 0.1
LEAST, MOST = 0.1, 2.0
_WORD = re.compile(r"[\w'’-]+")
_END = re.compile(r":\s*(\d*\.?\d+)\s*\)")
_WHOLE = re.compile(r"\((.*):\s*(\d*\.?\d+)\s*\)", re.DOTALL)


def reweighed(text: str, start: int, end: int, by: float) -> tuple[str, int, int]:
    """The text with the weight of text[start:end] changed by `by`, and where that stretch is now. Without a selection
    the word at `start` is meant; where there is none nothing changes. A weight of 1 needs no brackets."""
    if start == end:
        word = next((found for found in _WORD.finditer(text) if found.start() <= start <= found.end()), None)
        if word is None:
            return text, start, end
        start, end = word.span()
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    inner, weight, first, last = _present(text, start, end)
    if not inner:
        return text, start, end
    new = round(min(MOST, max(LEAST, weight + by)), 2)
    put = inner if new == 1.0 else f"({inner}:{new:g})"
    offset = first + (0 if new == 1.0 else 1)
    return text[:first] + put + text[last:], offset, offset + len(inner)


def _present(text: str, start: int, end: int) -> tuple[str, float, int, int]:
    """The words, their weight now, and the stretch with its brackets."""
    inner = text[start:end]
    if whole := _WHOLE.fullmatch(inner):
        return whole[1], float(whole[2]), start, end
    around = _END.match(text, end)
    if around and start > 0 and text[start - 1] == "(":
        return inner, float(around[1]), start - 1, around.end()
    return inner, 1.0, start, end
