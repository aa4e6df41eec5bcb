"""A logo in full colour and in the forms that print needs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pathops import Path

from engine.vector.boolean import union, without
from engine.vector.colour import lightness
from engine.vector.design import Design
from engine.vector.figure import Figure, Fill
from engine.vector.layout import Layout, lay_out, page
from engine.vector.subject import Subject
from engine.vector.tones import BLACK, WHITE, glow, ink, lines, tones


@dataclass(frozen=True)
class Forms:
    """In one colour each: `mono` black, `inverted` white for dark grounds, `outline` black lines."""

    mono: Figure
    inverted: Figure
    outline: Figure


@dataclass(frozen=True)
class Logo:
    """`full` in colour; `mark` the same without lettering, square, for icons, and `mono_mark` its black form."""

    full: Figure
    forms: Forms
    mark: Figure
    mono_mark: Figure
    background: str
    """A colour that the mark stands well on, where a ground has to be filled."""

    def variants(self) -> dict[str, Figure]:
        forms = self.forms
        return {"full": self.full, "one-colour": forms.mono, "inverted": forms.inverted, "outline": forms.outline}


def make_logo(subject: Subject, design: Design) -> Logo:
    """All of it. Raises BadInput for lettering that the font can't write."""
    layout = lay_out(subject, design)
    forms = forms_of(layout)
    if not design.lettering.strip():
        return Logo(layout.full, forms, layout.full, forms.mono, _ground(layout))
    bare = lay_out(subject, replace(design, lettering=""))
    mono = _plain(bare, ink(bare.figure, tones(bare.figure)), BLACK)
    return Logo(layout.full, forms, bare.full, mono, _ground(layout))


def forms_of(layout: Layout) -> Forms:
    """The one-colour forms. In a badge the inverted one is a white field with the black form cut out of it."""
    found = tones(layout.figure)
    black = ink(layout.figure, found)
    white = glow(layout.figure, found) if layout.field is None else without(layout.field, black)
    return Forms(
        _plain(layout, black, BLACK),
        _plain(layout, white, WHITE),
        _plain(layout, lines(layout.figure, found), BLACK),
    )


def _plain(layout: Layout, area: Path, colour: str) -> Figure:
    framed = area if layout.frame is None else union((layout.frame, area))
    return page((Fill(framed, colour),), layout.text, colour)


def _ground(layout: Layout) -> str:
    if layout.field is None:
        return layout.inks.field
    return layout.inks.pale if lightness(layout.inks.pale) > 0.9 else WHITE
