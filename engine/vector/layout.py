"""A figure put into its badge, with its lettering."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pathops import Path

from engine.protocol.recipes import Badge, LogoCrop
from engine.vector.badge import SIDE, Shape, disc, inset, shape_of
from engine.vector.boolean import union, without
from engine.vector.design import Design, Inks, inks_of
from engine.vector.figure import Figure, Fill
from engine.vector.lettering import below_centre, straight
from engine.vector.place import as_bust, as_emblem, in_circle, in_square
from engine.vector.subject import Subject

_RIM, _RING = 20.0, 24.0
"""Thickness of a badge's dark rim and of the pale ring inside it, in units of its 1024."""
_BAND = 136.0
_FILLED = 0.92
"""How much of the field's radius a figure takes."""
_MARGIN = 40.0
_TALLEST = 150.0
_BAND_LETTERS = 74.0


@dataclass(frozen=True)
class Layout:
    """`full` is the logo in colour. Its parts: `figure`, which stands in the `field` (None without a badge); `frame`,
    the badge's rim or its band with the letters cut out; `text`, the lettering below."""

    full: Figure
    figure: Figure
    inks: Inks
    field: Path | None = None
    frame: Path | None = None
    text: Path | None = None


def lay_out(subject: Subject, design: Design) -> Layout:
    """Put it together. Raises BadInput for lettering that the font can't write."""
    inks = inks_of(subject.figure, design.badge_colour)
    if design.badge is Badge.NONE:
        return _bare(subject, design, inks)
    if design.badge is Badge.CIRCLE and design.lettering.strip():
        return _banded(subject, design, inks)
    shape = shape_of(design.badge)
    badge, figure, field = _in_badge(subject, design, shape, inks, _RIM + _RING)
    rim, text = without(shape.outline, inset(shape.outline, _RIM)), _text_below(design)
    return Layout(page(badge.fills, text, inks.rim), figure, inks, field, rim, text)


def page(fills: tuple[Fill, ...], text: Path | None, colour: str) -> Figure:
    """Shapes on the square, the lettering below it with the same clear space under it as at the sides."""
    if text is None:
        return Figure(SIDE, SIDE, fills)
    return Figure(SIDE, text.bounds[3] + _MARGIN, (*fills, Fill(text, colour)))


def _bare(subject: Subject, design: Design, inks: Inks) -> Layout:
    figure = subject.figure
    if design.crop is LogoCrop.EMBLEM and subject.head is not None:
        figure = as_bust(figure, subject.head)
    figure, text = in_square(figure, _MARGIN), _text_below(design)
    return Layout(page(figure.fills, text, inks.rim), figure, inks, text=text)


def _banded(subject: Subject, design: Design, inks: Inks) -> Layout:
    """A round badge whose rim is a band that carries the lettering."""
    shape = shape_of(design.badge)
    badge, figure, field = _in_badge(subject, design, shape, inks, _BAND + _RING)
    middle = shape.radius - 8 - (_BAND - 8) / 2
    text = below_centre(design.lettering.strip(), design.font, shape.centre, middle + _BAND_LETTERS / 2, _BAND_LETTERS)
    dots = [disc(shape.centre[0] + side * middle, shape.centre[1] - 0.08 * middle, 13) for side in (-1, 1)]
    written = union((text, *dots)) if _half_angle(text, shape) < math.radians(80) else text
    band = without(without(shape.outline, inset(shape.outline, _BAND)), written)
    full = Figure(SIDE, SIDE, (*badge.fills, Fill(written, inks.pale)))
    return Layout(full, figure, inks, field, band)


def _in_badge(subject: Subject, design: Design, shape: Shape, inks: Inks, border: float) -> tuple[Figure, Figure, Path]:
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
