from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.protocol.mascot import Accessory, Colour, Mascot
from engine.protocol.recipes import DrawingRecipe, PictureRecipe
from engine.runner.steps.names import slug, title_of


def test_results_are_named_after_what_was_asked_for() -> None:
    assert title_of(PictureRecipe(prompt="A happy blue fox, with a red scarf!")) == "a-happy-blue-fox-with-a-red-scarf"
    mascot = Mascot(colour=Colour.BLUE, accessory=Accessory.TOP_HAT)
    assert title_of(DrawingRecipe(mascot=mascot)) == "happy-blue-fox-red-top-hat"


@given(st.text())
def test_every_text_gives_a_usable_file_name(text: str) -> None:
    name = slug(text)
    assert 0 < len(name) <= 48
    assert not set(name) & set('/\\:*?"<>| .\0\n')
