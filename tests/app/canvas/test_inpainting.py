"""The whole way: a mask on the canvas, the engine, the shipped starter, a layer."""

from __future__ import annotations

import numpy as np
import pytest

from app.painting.brush import Brush
from app.painting.compose import flatten
from app.painting.tiles import pixels_of
from engine.protocol.recipes import PictureRecipe
from tests.app.canvas.conftest import Bench
from tests.app.conftest import Until
from tests.app.painting.samples import draw
from tests.app.samples import add_drawing, mascots


@pytest.mark.slow
def test_the_starter_paints_into_the_mask_and_nowhere_else(bench: Bench, until: Until) -> None:
    tab, session = bench.tab, bench.session
    session.select(add_drawing(session.library, session.project.id, mascots(3)[1], size=512))
    tab.edit_selected()
    until(lambda: tab.bench.canvas.name != "Test")
    document = tab.easel.document
    document.apply("mask", document.with_mask())
    draw(document, (220, 300), (300, 300), brush=Brush(size=70, hardness=1.0))
    before = pixels_of(flatten(document.painting)).copy()
    previews: list[object] = []
    tab.bench.commission.previewed.connect(lambda _errand, image: previews.append(image.size().toTuple()))
    bench.recipes = [PictureRecipe(prompt="a happy green cat with a red scarf", steps=6, seed=5)]
    tab.bench.strength = 0.9
    session.library.queue.resume()
    tab.generate()
    until(lambda: tab.bench.variants.reviewing)
    after = pixels_of(flatten(document.painting))
    changed = (before != after).any(axis=2)
    allowed = np.zeros_like(changed)
    allowed[300 - 35 - 19 : 300 + 35 + 19, 220 - 35 - 19 : 300 + 35 + 19] = True
    assert changed[allowed].mean() > 0.1 and not changed[~allowed].any()
    assert previews and set(previews) == {(256, 256)}
