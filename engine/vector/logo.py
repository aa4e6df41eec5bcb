"""A logo: a figure in its badge, with its lettering, in full colour and in the forms that print needs."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

from pathops import Path

from engine.protocol.recipes import Badge, LogoCrop
from engine.vector.badge import SIDE, Shape, disc, inset, shape_of
from engine.vector.boolean import union, without
from engine.vector.colour import apart, chroma_and_hue, lightness, toned
from engine.vector.figure import Figure, Fill
from engine.vector.lettering import below_centre, straight
from engine.vector.place import as_bust, as_emblem, in_circle, in_square
from engine.vector.subject import Subject
from engine.vector.tones import BLACK, DARK_BELOW, WHITE, glow, ink, lines, tones
from engine.vector.visible import visible_shares

_RIM, _RING = 20.0, 24.0
"""Thickness of a badge's dark rim and of the pale ring inside it, in units of its 1024."""
_BAND = 136.0
_FILLED = 0.92
"""How much of the field's radius a figure takes."""
_MARGIN = 40.0
_TALLEST = 150.0
_BAND_LETTERS = 74.0


FIELDS = ("#8ecbff", "#9fe3c9", "#ffdc80", "#ffc3a3", "#cdbcff", "#ffb3cc")
"""The grounds that a badge may take by itself: sky, mint, butter, peach, lilac, rose."""


@dataclass(frozen=True)
class Design:
    """What the creator chose around the figure. `badge_colour` None lets the figure decide."""

    crop: LogoCrop = LogoCrop.HEAD
    badge: Badge = Badge.NONE
    badge_colour: str | None = None
    lettering: str = ""
    font: str = ""


@dataclass(frozen=True)
class Logo:
    """`full` in colour; `mark` the same without lettering, square, for icons, and `mono_mark` its
    black form; the others in one colour: `mono` black,
    `inverted` white for dark grounds, `outline` black lines."""

    full: Figure
    mark: Figure
    mono_mark: Figure
    mono: Figure
    inverted: Figure
    outline: Figure
    background: str
    """A colour that the mark stands well on, where a ground has to be filled."""

    def variants(self) -> dict[str, Figure]:
        return {"full": self.full, "one-colour": self.mono, "inverted": self.inverted, "outline": self.outline}


@dataclass(frozen=True)
class _Inks:
    rim: str
    pale: str
    field: str


def make_logo(subject: Subject, design: Design) -> Logo:
    """Put it together. Raises BadInput for lettering that the font can't write."""
    inks = _inks(subject.figure, design.badge_colour)
    if design.badge is Badge.NONE:
        return _bare(subject, design, inks)
    return _badged(subject, design, inks)


def _bare(subject: Subject, design: Design, inks: _Inks) -> Logo:
    figure = subject.figure
    if design.crop is LogoCrop.EMBLEM and subject.head is not None:
        figure = as_bust(figure, subject.head)
    mark = in_square(figure, _MARGIN)
    found = tones(mark)
    black = ink(mark, found)
    text = _text_below(design)
    return Logo(
        full=_page(mark.fills, text, inks.rim),
        mark=mark,
        mono_mark=_plain(black, None, BLACK),
        mono=_plain(black, text, BLACK),
        inverted=_plain(glow(mark, found), text, WHITE),
        outline=_plain(lines(mark, found), text, BLACK),
        background=inks.field,
    )


def _badged(subject: Subject, design: Design, inks: _Inks) -> Logo:
    shape = shape_of(design.badge)
    on_arc = bool(design.lettering.strip()) and design.badge is Badge.CIRCLE
    mark, figure, field = _in_badge(subject, design, shape, inks, _RIM + _RING)
    text = None if on_arc else _text_below(design)
    rim = without(shape.outline, inset(shape.outline, _RIM))
    full, banded = _page(mark.fills, text, inks.rim), rim
    mono_mark = _plain(union((rim, ink(figure, tones(figure)))), None, BLACK)
    if on_arc:
        full, figure, field, banded = _with_band(subject, design, shape, inks)
    found = tones(figure)
    black = ink(figure, found)
    return Logo(
        full=full,
        mark=mark,
        mono_mark=mono_mark,
        mono=_plain(union((banded, black)), text, BLACK),
        inverted=_plain(union((banded, without(field, black))), text, WHITE),
        outline=_plain(union((banded, lines(figure, found))), text, BLACK),
        background=inks.pale if lightness(inks.pale) > 0.9 else WHITE,
    )


def _in_badge(
    subject: Subject, design: Design, shape: Shape, inks: _Inks, border: float
) -> tuple[Figure, Figure, Path]:
    """The whole badge, the figure in it alone, and the field behind it."""
    field = inset(shape.outline, border)
    radius = shape.radius - border
    if design.crop is LogoCrop.EMBLEM and subject.head is not None:
        figure = as_emblem(subject.figure, subject.head, field, shape.centre, radius)
    else:
        figure = in_circle(subject.figure, shape.centre, _FILLED * radius)
    back = (
        Fill(shape.outline, inks.rim),
        Fill(inset(shape.outline, border - _RING), inks.pale),
        Fill(field, inks.field),
    )
    return Figure(SIDE, SIDE, (*back, *figure.fills)), figure, field


def _with_band(subject: Subject, design: Design, shape: Shape, inks: _Inks) -> tuple[Figure, Figure, Path, Path]:
    """A round badge whose rim is a band that carries the lettering: the badge, the figure in it, its field, and the
    band with the letters cut out."""
    badge, figure, field = _in_badge(subject, design, shape, inks, _BAND + _RING)
    middle = shape.radius - 8 - (_BAND - 8) / 2
    text = below_centre(design.lettering.strip(), design.font, shape.centre, middle + _BAND_LETTERS / 2, _BAND_LETTERS)
    dots = [disc(shape.centre[0] + side * middle, shape.centre[1] - 0.08 * middle, 13) for side in (-1, 1)]
    written = union((text, *dots)) if _half_angle(text, shape) < math.radians(80) else text
    band = without(shape.outline, inset(shape.outline, _BAND))
    full = Figure(SIDE, SIDE, (*badge.fills, Fill(written, inks.pale)))
    return full, figure, field, without(band, written)


def _half_angle(text: Path, shape: Shape) -> float:
    """How far a text along the lower arc reaches to either side."""
    left, top, _, _ = text.bounds
    return math.atan2(shape.centre[0] - left, top - shape.centre[1])


def _text_below(design: Design) -> Path | None:
    text = design.lettering.strip()
    if not text:
        return None
    path, _, cap = straight(text, design.font, SIDE - 2 * _MARGIN, _TALLEST)
    return path.transform(1, 0, 0, 1, SIDE / 2, SIDE + max(0.28 * cap, 18))


def _page(fills: tuple[Fill, ...], text: Path | None, colour: str) -> Figure:
    """Shapes on the square, the lettering below it with the same clear space under it as at the sides."""
    if text is None:
        return Figure(SIDE, SIDE, fills)
    return Figure(SIDE, text.bounds[3] + _MARGIN, (*fills, Fill(text, colour)))


def _plain(area: Path, text: Path | None, colour: str) -> Figure:
    return _page((Fill(area, colour),), text, colour)


def _inks(figure: Figure, chosen: str | None) -> _Inks:
    """The badge's colours: its rim as the figure's darkest, its ring as its palest, its field as one
    of FIELDS on which it stands out."""
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

    return _Inks(rim, pale, chosen or max(FIELDS, key=stands_out))
