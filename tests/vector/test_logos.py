"""Logos: badge, lettering, forms in one colour, and where things stand."""

from __future__ import annotations

import numpy as np
import pytest

from engine.builder.draw import draw
from engine.protocol.errors import BadInput
from engine.protocol.mascot import Accessory, Colour, DrawingStyle, Mascot, Species
from engine.protocol.recipes import Badge, LogoCrop
from engine.vector.badge import inset, shape_of
from engine.vector.boolean import without
from engine.vector.colour import apart
from engine.vector.design import FIELDS, Design
from engine.vector.figure import is_empty
from engine.vector.fonts import FONTS, line_of
from engine.vector.layout import lay_out
from engine.vector.lettering import below_centre, straight
from engine.vector.logo import Logo, make_logo
from engine.vector.place import optical_circle
from engine.vector.render import pixels
from engine.vector.subject import Subject, subject_of_drawing
from tests.vector.test_booleans import painted

USUAL_COLOURS = (Colour.YELLOW, Colour.PURPLE, Colour.GREY)
"""A light one, a dark one, and one that is neither; the others are looked at with the slow tests."""


@pytest.fixture(scope="module")
def fox() -> Subject:
    return subject_of_drawing(draw(Mascot(accessory=Accessory.SCARF)), LogoCrop.EMBLEM, 8)


@pytest.fixture(scope="module")
def banded(fox: Subject) -> Logo:
    return make_logo(fox, Design(LogoCrop.EMBLEM, Badge.CIRCLE, None, "Foxy & Co", "bungee"))


def test_variants_have_one_colour_each(banded: Logo) -> None:
    forms = banded.forms

    assert forms.mono.colours == ("#000000",)
    assert forms.inverted.colours == ("#ffffff",)
    assert forms.outline.colours == ("#000000",)


def test_the_black_form_and_the_white_one_in_a_badge_complete_each_other(banded: Logo) -> None:
    """What is ink in the black form is left clear in the white one, inside the field."""
    black, white = (pixels(figure, 512)[..., 3] > 127 for figure in (banded.forms.mono, banded.forms.inverted))
    ys, xs = np.mgrid[0:512, 0:512]
    field = np.hypot(xs - 256, ys - 256) < 160

    assert (black ^ white)[field].mean() > 0.98


def test_the_mark_for_icons_has_no_lettering_and_is_square(banded: Logo) -> None:
    assert banded.mark.width == banded.mark.height
    assert len(banded.mark.fills) < len(banded.full.fills)


@pytest.mark.parametrize("badge", [badge for badge in Badge if badge is not Badge.NONE])
def test_a_figure_stays_inside_its_badge(badge: Badge) -> None:
    head = subject_of_drawing(draw(Mascot(species=Species.RABBIT)), LogoCrop.HEAD, 6)

    layout = lay_out(head, Design(LogoCrop.HEAD, badge))

    outline = inset(shape_of(badge).outline, 24)
    assert all(painted(without(fill.path, outline)) < 60 for fill in layout.figure.fills)


def test_a_figure_stands_where_it_looks_centred() -> None:
    head = subject_of_drawing(draw(Mascot(species=Species.CAT)), LogoCrop.HEAD, 6)

    layout = lay_out(head, Design(LogoCrop.HEAD, Badge.CIRCLE))

    x, y, radius = optical_circle(layout.figure)
    assert (x, y) == (pytest.approx(512, abs=4), pytest.approx(512, abs=4))
    assert 0.8 * 456 < radius < 456


@pytest.mark.parametrize(
    "colour", [pytest.param(one, marks=() if one in USUAL_COLOURS else pytest.mark.slow) for one in Colour]
)
def test_the_badge_takes_a_ground_on_which_the_mascot_shows(colour: Colour) -> None:
    head = subject_of_drawing(draw(Mascot(colour=colour, style=DrawingStyle.FLAT)), LogoCrop.HEAD, 8)
    field = lay_out(head, Design(badge=Badge.CIRCLE)).inks.field
    largest = max(head.figure.fills, key=lambda fill: painted(fill.path)).colour
    assert field in FIELDS
    assert apart(field, largest) > 0.12


def test_a_chosen_badge_colour_is_taken(fox: Subject) -> None:
    assert "#3a4a6b" in lay_out(fox, Design(badge=Badge.HEXAGON, badge_colour="#3a4a6b")).full.colours


def test_an_emblem_shows_less_than_the_whole_and_more_than_the_head(fox: Subject) -> None:
    assert fox.head is not None
    layout = lay_out(fox, Design(LogoCrop.EMBLEM))
    box = layout.figure.bounds
    assert box is not None
    assert 0.85 < (box[3] - box[1]) / (box[2] - box[0]) < 1.35


# lettering


@pytest.mark.parametrize("font", FONTS)
def test_every_font_writes(font: str) -> None:
    path, width, cap = straight("Über Fox & Co", font, 900, 120)

    left, _, right, _ = path.bounds
    assert right - left == pytest.approx(width)
    assert left == pytest.approx(-right, abs=0.5)
    assert width <= 930 and cap <= 120


def test_pairs_are_kerned() -> None:
    apart_, together = line_of("A", "fredoka").width + line_of("V", "fredoka").width, line_of("AV", "fredoka").width

    assert together < apart_ - 0.01


def test_a_letter_that_the_font_lacks_is_named() -> None:
    with pytest.raises(BadInput, match="no “Ж”"):
        line_of("Жук", "bungee")


def test_an_unknown_font_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadInput, match=r"Comic.*Fredoka"):
        line_of("a", "Comic")


def test_letters_on_an_arc_keep_to_their_band() -> None:
    path = below_centre("MASCOT FORGE STUDIO AND FRIENDS", "baloo-2", (512, 512), 470, 70)

    radii = [np.hypot(x - 512, y - 512) for _, points in path for x, y in points]
    assert min(radii) > 470 - 70 - 12 and max(radii) < 470 + 12
    assert path.bounds[1] > 512 - 120


def test_blank_lettering_is_none(fox: Subject) -> None:
    assert lay_out(fox, Design(badge=Badge.CIRCLE, lettering="   ")).text is None
    assert not is_empty(lay_out(fox, Design(badge=Badge.SHIELD, lettering="Fox")).text or fox.figure.fills[0].path)
