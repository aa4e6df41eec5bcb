"""Qt paints the builder's drawings as resvg does."""

from __future__ import annotations

import numpy as np
import pytest

from app.builder_panel.svg_painter import paint_svg
from app.stage.drawable import pixels_of
from engine.builder.draw import draw
from engine.builder.raster import render_premultiplied
from engine.protocol.mascot import Accessory, DrawingStyle, Mascot, Pose, Species


@pytest.mark.parametrize("species", list(Species))
def test_every_species_looks_as_resvg_draws_it(species: Species) -> None:
    index = list(Species).index(species)
    mascot = Mascot(
        species=species,
        accessory=list(Accessory)[index + 1],
        pose=list(Pose)[index % len(Pose)],
        style=list(DrawingStyle)[index % 2],
        seed=index,
    )
    painted = pixels_of(paint_svg(draw(mascot).svg(), 192)).astype(int)
    expected = render_premultiplied(mascot, 192).astype(int)
    difference = np.abs(painted - expected)
    assert difference.mean() < 0.6
    assert (difference.max(axis=2) > 40).mean() < 0.005
