"""What the creator chose around a figure, and the colours that follow from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from engine.protocol.recipes import Badge, LogoCrop
from engine.vector.colour import apart, chroma_and_hue, lightness, toned
from engine.vector.figure import Figure
from engine.vector.tones import DARK_BELOW, WHITE
from engine.vector.visible import visible_shares

FIELDS = ("#8ecbff", "#9fe3c9", "#ffdc80", "#ffc3a3", "#cdbcff", "#ffb3cc")
"""The grounds that a badge may take by itself: sky, mint, butter, peach, lilac, rose."""


@dataclass(frozen=True)
class Design:
    """`badge_colour` None lets the figure decide."""

    crop: LogoCrop = LogoCrop.HEAD
    badge: Badge = Badge.NONE
    badge_colour: str | None = None
    lettering: str = ""
    font: str = ""


@dataclass(frozen=True)
class Inks:
    """The colours of a badge: its rim, the ring inside it, the field behind the figure."""

    rim: str
    pale: str
    field: str


def inks_of(figure: Figure, chosen: str | None) -> Inks:
    """The rim as the figure's darkest colour, the ring as its palest, the field as the one of FIELDS on which it
    stands out best."""
    seen: defaultdict[str, float] = defaultdict(float)
    for fill, share in zip(figure.fills, visible_shares(figure), strict=True):
        seen[fill.colour] += share
    main = max(seen, key=lambda colour: seen[colour] * (0.15 + chroma_and_hue(colour)[0]))
    darkest, palest = min(seen, key=lightness), max(seen, key=lightness)
    rim = darkest if lightness(darkest) < DARK_BELOW else toned(0.32, 0.06, chroma_and_hue(main)[1])
    pale = palest if lightness(palest) > 0.93 else WHITE
    total = sum(seen.values())

    def stands_out(field: str) -> float:
        """How well the figure shows on it: its main colour most of all, then everything by area."""
        return apart(field, main) + sum(apart(field, colour) * share for colour, share in seen.items()) / total

    return Inks(rim, pale, chosen or max(FIELDS, key=stands_out))
