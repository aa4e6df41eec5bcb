"""Making a result once more: its recipe with what the machine decided pinned down, and others like it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from pydantic import JsonValue

from engine.protocol.errors import BadInput
from engine.protocol.picture_options import Variation
from engine.protocol.recipes import MAX_SEED, AnyRecipe, ModelRef, PictureRecipe

if TYPE_CHECKING:
    from engine.library.entries import Entry

VARIATION_STRENGTH = 0.25
_DECIDING = (
    "model_hash",
    "device",
    "dtype",
    "storage",
    "threads",
    "scheduler",
    "vae_tiling",
    "torch",
    "diffusers",
    "upscaler",
    "faster",
    "batch",
)
"""What the machine decides that can change pixels."""


def recipe_again(entry: Entry) -> AnyRecipe:
    """The recipe that gives the entry's pixels again: by name only where it named a checkpoint, now by content too.

    Raises BadInput when the entry was imported without a recipe.
    """
    recipe = entry.recipe
    if recipe is None:
        raise BadInput(
            f"{entry.artifact.file_name} was imported without a recipe, so it can't be made again; use it as a start "
            "picture instead."
        )
    known = entry.artifact.effective.get("model_hash")
    if isinstance(recipe, PictureRecipe) and recipe.model.hash is None and isinstance(known, str) and len(known) == 64:
        return recipe.model_copy(update={"model": ModelRef(name=recipe.model.name, hash=known)})
    return recipe


def more_like(recipe: AnyRecipe | None, count: int, *, vary: float | None = None) -> list[AnyRecipe]:
    """Recipes of `count` more pictures of the same kind: with new seeds or, with `vary` (0..1), the same seed turned so
    far towards others. Raises BadInput for a recipe without a seed."""
    if not isinstance(recipe, PictureRecipe):
        raise BadInput("Only a picture that was made from a prompt has others like it; choose one of those.")
    chance = random.SystemRandom()
    seeds = [chance.randint(0, MAX_SEED) for _ in range(count)]
    if vary is None:
        return [recipe.model_copy(update={"seed": seed, "variation": None, "batch": None}) for seed in seeds]
    return [
        recipe.model_copy(update={"batch": None, "variation": Variation(seed=seed, strength=vary)}) for seed in seeds
    ]


def decided_otherwise(
    before: dict[str, JsonValue], after: dict[str, JsonValue]
) -> dict[str, tuple[JsonValue, JsonValue]]:
    """What the machine decided differently the second time, where that can change pixels."""
    return {
        name: (before[name], after[name])
        for name in _DECIDING
        if name in before and name in after and before[name] != after[name]
    }
