"""Which lane a recipe runs in: pictures on the model's device, everything else beside it."""

from __future__ import annotations

from engine.protocol.recipes import AnimationRecipe, DrawingRecipe, PictureRecipe
from engine.protocol.wire import Lane


def lane_of(recipe: PictureRecipe | DrawingRecipe | AnimationRecipe) -> Lane:
    """GPU for whatever needs the checkpoint (an animation of a picture yet to be made, too); CPU for the rest."""
    source = recipe.source if isinstance(recipe, AnimationRecipe) else recipe
    return Lane.GPU if isinstance(source, PictureRecipe) else Lane.CPU
