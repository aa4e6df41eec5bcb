"""A recipe varied over two parameters."""

from __future__ import annotations

import pytest

from engine.prompts.grids import axes, expand_grid, parse_axis
from engine.protocol.errors import BadInput
from engine.protocol.picture_options import LoraUse, Scheduler, StartPicture, Variation
from engine.protocol.recipes import PictureRecipe

FOX = PictureRecipe(prompt="a fox", loras=(LoraUse(name="Soft"),))


def test_every_pair_of_values_is_there_in_rows_and_columns() -> None:
    grid = expand_grid(FOX, parse_axis("steps=10, 20"), parse_axis("guidance=2,4,6"))
    assert [[(r.steps, r.guidance) for r in row] for row in grid.recipes] == [
        [(10, 2.0), (20, 2.0)], [(10, 4.0), (20, 4.0)], [(10, 6.0), (20, 6.0)],
    ]  # fmt: skip
    assert grid.columns.labels == ("steps 10", "steps 20")
    assert grid.row_labels[2] == "guidance 6"


def test_one_axis_is_one_row() -> None:
    grid = expand_grid(FOX, *axes(["scheduler=euler,unipc"]))
    assert [[r.scheduler for r in row] for row in grid.recipes] == [[Scheduler.EULER, Scheduler.UNIPC]]


def test_words_lora_weights_models_and_inner_values_vary_too() -> None:
    recipe = FOX.model_copy(update={"start": StartPicture(blob="0" * 64), "variation": Variation(seed=1)})

    def varied(text: str) -> tuple[PictureRecipe, ...]:
        return expand_grid(recipe, parse_axis(text)).recipes[0]

    assert [r.prompt for r in varied("words=fox,cat")] == ["a fox", "a cat"]
    assert [r.loras[0].weight for r in varied("lora:soft=0,0.5")] == [0.0, 0.5]
    assert [r.start.strength for r in varied("strength=0.2,0.9") if r.start] == [0.2, 0.9]
    assert [r.variation.strength for r in varied("variation=0.1,0.3") if r.variation] == [0.1, 0.3]
    assert [r.model.name for r in varied("model=starter,big")] == ["starter", "big"]


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (["steps"], "is no axis"),
        (["steps="], "is no axis"),
        (["colour=red"], "can't vary “colour”"),
        (["steps=10,many"], "“many” is not"),
        (["steps=10", "steps=20"], "Both axes"),
        (["words=cat,dog"], "not in the prompt"),
        (["lora:hard=1"], "doesn't use"),
        (["strength=0.5"], "start picture"),
        (["steps=1,2", "seed=" + ",".join(map(str, range(300)))], "600 pictures"),
        (["steps=1", "seed=1", "guidance=1"], "one or two axes"),
    ],
)
def test_what_can_not_be_is_one_sentence(texts: list[str], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence) as failure:
        expand_grid(FOX, *axes(texts))
    assert failure.value.sentence.endswith(".")
