"""Builder drawings become flat shapes exactly, in as few colours as are asked for."""

from __future__ import annotations

import pytest

from engine.builder.draw import draw
from engine.builder.raster import render
from engine.protocol.mascot import Accessory, Colour, DrawingStyle, Mascot, Pose, Species
from engine.protocol.recipes import LogoCrop
from engine.vector.drawing import figure_of_drawing, head_of_drawing
from engine.vector.reduce import reduced
from engine.vector.render import pixels
from engine.vector.subject import subject_of_drawing
from engine.vector.svg import svg
from tests.vector.pictures import apart

CASES = [
    Mascot(species=Species.FOX, accessory=Accessory.SCARF),
    Mascot(species=Species.BEAR, accessory=Accessory.HEADPHONES, colour=Colour.BLUE),
    Mascot(species=Species.PERSON, accessory=Accessory.CAPE, pose=Pose.JUMPING),
    Mascot(species=Species.ROBOT, colour=Colour.YELLOW, pose=Pose.SITTING),
]


@pytest.mark.parametrize("mascot", CASES, ids=lambda mascot: mascot.species.value)
def test_an_outlined_drawing_keeps_its_pixels(mascot: Mascot) -> None:
    drawing = draw(mascot)

    assert apart(pixels(figure_of_drawing(drawing), 512), render(drawing, 512)) < 0.4


def test_a_shaded_drawing_loses_only_its_gradients() -> None:
    drawing = draw(Mascot(species=Species.CAT, style=DrawingStyle.FLAT, colour=Colour.ORANGE))

    assert apart(pixels(figure_of_drawing(drawing), 512), render(drawing, 512)) < 3


@pytest.mark.parametrize("mascot", CASES, ids=lambda mascot: mascot.species.value)
@pytest.mark.parametrize("colours", [3, 8, 16])
def test_a_logo_is_small(mascot: Mascot, colours: int) -> None:
    figure = reduced(figure_of_drawing(draw(mascot)), colours)

    assert len(figure.colours) <= colours
    assert len(figure.fills) < 300
    assert len(svg(figure).encode()) < 50_000


def test_many_colours_look_like_the_drawing() -> None:
    drawing = draw(CASES[0])

    figure = subject_of_drawing(drawing, LogoCrop.WHOLE, 16).figure

    assert apart(pixels(figure, 512), render(drawing, 512)) < 1.5


def test_the_head_is_cut_out_of_its_own_layers() -> None:
    drawing = draw(Mascot(accessory=Accessory.SCARF))

    head, whole = head_of_drawing(drawing).bounds, figure_of_drawing(drawing).bounds

    assert head is not None and whole is not None
    assert head[1] == pytest.approx(whole[1], abs=1)
    chin = drawing.joints["neck"][1] * 1024
    assert chin < head[3] < chin + 60


def test_what_is_worn_on_the_head_stays_on_it() -> None:
    bare, crowned = (head_of_drawing(draw(Mascot(accessory=a))) for a in (Accessory.NONE, Accessory.CROWN))
    scarfed = head_of_drawing(draw(Mascot(accessory=Accessory.SCARF)))

    assert len(crowned.fills) > len(bare.fills)
    assert len(scarfed.fills) == len(bare.fills)
