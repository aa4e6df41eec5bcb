"""Prompt weights: `(word:1.3)`, `(word)` × 1.1, `[word]` ÷ 1.1, nested at will; `\\(` is a plain bracket."""

from __future__ import annotations

import re
from dataclasses import dataclass

STEP = 1.1
"""What one pair of brackets multiplies by."""
HIGHEST = 4.0
"""Beyond this an encoder's words turn into noise; what is written higher counts as this."""
_TOKEN = re.compile(r"\\[()\[\]\\]|:\s*\d*\.?\d+\s*\)|[()\[\]]|[^\\:()\[\]]+|.", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A stretch of the prompt as it is sent, and how much it counts (1 is usual)."""

    text: str
    weight: float


def parse_weights(prompt: str) -> tuple[Piece, ...]:
    """The prompt in pieces; joined they are its text without the brackets. Nothing is an error: a bracket without its
    partner, as in a smiley, is text."""
    tokens = _TOKEN.findall(prompt)
    partners = _partners(tokens)
    pieces: list[Piece] = []
    factors: list[float] = []
    for place, token in enumerate(tokens):
        if place in partners:
            if partners[place] > place:
                factors.append(_factor(token, tokens[partners[place]]))
            else:
                factors.pop()
        else:
            text = token[1:] if len(token) == 2 and token[0] == "\\" else token
            _add(pieces, text, _product(factors))
    return tuple(pieces)


def plain(prompt: str) -> str:
    """The prompt's text without its weights."""
    return "".join(piece.text for piece in parse_weights(prompt))


def escaped(text: str) -> str:
    """Text that `parse_weights` gives back as it is, brackets and all."""
    return re.sub(r"([()\[\]\\])", r"\\\1", text)


def _partners(tokens: list[str]) -> dict[int, int]:
    """Which brackets belong together, both ways."""
    partners: dict[int, int] = {}
    open_ones: list[int] = []
    for place, token in enumerate(tokens):
        if token in ("(", "["):
            open_ones.append(place)
        elif token == "]" or (token.endswith(")") and token[0] in ":)"):
            wanted = "[" if token == "]" else "("
            # One left open in between, as in "(a [b)", is text.
            at = next((n for n in reversed(range(len(open_ones))) if tokens[open_ones[n]] == wanted), None)
            if at is not None:
                partners[open_ones[at]], partners[place] = place, open_ones[at]
                del open_ones[at:]
    return partners


def _factor(opening: str, closing: str) -> float:
    if opening == "[":
        return 1 / STEP
    return STEP if closing == ")" else float(closing[1:-1].strip())


def _product(factors: list[float]) -> float:
    weight = 1.0
    for factor in factors:
        weight *= factor
    return round(min(weight, HIGHEST), 6)


def _add(pieces: list[Piece], text: str, weight: float) -> None:
    if pieces and pieces[-1].weight == weight:
        pieces[-1] = Piece(pieces[-1].text + text, weight)
    else:
        pieces.append(Piece(text, weight))
