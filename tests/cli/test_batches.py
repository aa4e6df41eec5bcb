"""Which pictures of a command are made in one pass."""

from __future__ import annotations

from engine.cli.commands.generate import in_batches
from engine.library.again import more_like
from engine.protocol.picture_options import Batch
from engine.protocol.recipes import PictureRecipe


def recipes(*prompts: str) -> list[PictureRecipe]:
    return [PictureRecipe(prompt=prompt, seed=seed) for seed, prompt in enumerate(prompts, 10)]


def test_neighbouring_seeds_share_a_pass() -> None:
    made = in_batches(recipes(*["a fox"] * 5), 2)
    first, second = Batch(first=10, count=2), Batch(first=12, count=2)
    assert [recipe.batch for recipe in made] == [first, first, second, second, None]
    assert [recipe.seed for recipe in made] == [10, 11, 12, 13, 14]


def test_pictures_of_other_words_are_made_one_by_one() -> None:
    made = in_batches(recipes("a red fox", "a blue fox", "a fox", "a fox"), 2)
    assert [recipe.batch for recipe in made] == [None, None, Batch(first=12, count=2), Batch(first=12, count=2)]


def test_others_like_one_of_a_batch_are_no_part_of_it() -> None:
    one = in_batches(recipes("a fox", "a fox"), 2)[0]
    assert [getattr(other, "batch", 1) for other in (*more_like(one, 2), *more_like(one, 1, vary=0.2))] == [None] * 3
