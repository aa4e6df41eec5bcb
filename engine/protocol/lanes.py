"""Which lane a recipe runs in: what needs a model on its device, and everything else beside it."""

from __future__ import annotations

from engine.protocol.recipes import (
    AnimationRecipe,
    AnyRecipe,
    LogoRecipe,
    LoraTrainingRecipe,
    PictureRecipe,
    UpscaleRecipe,
)
from engine.protocol.wire import Lane


def lane_of(recipe: AnyRecipe) -> Lane:
    """GPU for whatever needs a model (an animation of a picture yet to be made, too); CPU for the rest."""
    source = recipe.source if isinstance(recipe, AnimationRecipe | LogoRecipe) else recipe
    heavy = isinstance(source, PictureRecipe | UpscaleRecipe | LoraTrainingRecipe)
    return Lane.GPU if heavy else Lane.CPU
